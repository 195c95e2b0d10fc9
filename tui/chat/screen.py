"""The chat: history, composer, status line, and a sidebar where there is room."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static, TextArea

from assistant.events import Usage
from memory.errors import NotFound, ReverieError
from memory.text import display, one_line
from memory.types import RecallRecord
from tui.chat.acts import MessageActs
from tui.chat.composer import Completion, Composer
from tui.chat.extras import Extras
from tui.chat.find import FindBar
from tui.chat.history import History
from tui.chat.messages import Answer, CitationClicked, Entry, MessageAct, Remark, Said
from tui.chat.sidebar import Sidebar
from tui.chat.slash import ChatCommands
from tui.chat.status import StatusLine
from tui.chat.talks import Talks
from tui.chat.welcome import Welcome
from tui.commands import Command, bindings, parse_line, unknown_line
from tui.desk import Desk
from tui.screens.marks import spelled, wants_ascii
from tui.sleeping.work import Work

if TYPE_CHECKING:
    from assistant.runtime import Runtime

DRAFT_PAUSE = 0.6
"""Seconds without a key before the draft is saved."""
QUIT_SECONDS = 2.0
"""How soon the second ctrl+c must follow the first."""


class ChatScreen(Extras):
    """The screen that the program starts with and returns to."""

    class SettingsChanged(Message):
        """The settings may be other ones now."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("chat")]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (60, "-medium"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-short"), (16, "-tall")]
    AUTO_FOCUS = "Composer"

    def __init__(self, runtime: "Runtime", desk: Desk, *, conversation: str | None = None) -> None:
        super().__init__()
        self.runtime = runtime
        self.desk = desk
        self.talks = Talks(self, desk)
        self.timestamps = runtime.settings.screen.timestamps
        self._ascii = runtime.settings.screen.ascii
        self._commands = ChatCommands(self)
        self.acts = MessageActs(self)
        self._conversation = conversation
        self._early: list[str] | None = []
        """What was sent before the chat was open; None once it is."""
        self._saved_draft = ""
        self._draft_timer: object = None
        self._interrupted = 0.0
        self.night = Work(runtime)
        self._warned = False
        """Whether the user knows that what is typed would be lost on leaving."""

    def compose(self) -> ComposeResult:
        completion = Completion(id="completion")
        with Horizontal(id="body"):
            yield Sidebar(id="sidebar")
            with Vertical(id="main"):
                with Vertical(id="stream"):
                    yield History(id="history")
                    yield Welcome(id="welcome")
                    yield completion
                yield Static("", id="badge", markup=False)
                yield Static("", id="away", markup=False)
                yield Static("", id="queue", markup=False)
                yield FindBar(id="find")
                yield Composer(completion, id="composer")
        yield StatusLine(id="status")
        yield Static("", id="too-small", markup=False)

    # -- start

    def apply_settings(self) -> None:
        """Look as the settings have it now; does nothing before the screen is there."""
        if not self.is_mounted:
            return
        screen = self.runtime.settings.screen
        self.set_class(not screen.sidebar, "-no-sidebar")
        self.composer.cursor_blink = screen.animations
        if (screen.timestamps, wants_ascii(self)) != (self.timestamps, self._ascii):
            self.timestamps, self._ascii = screen.timestamps, wants_ascii(self)
            self.work(self._look_again())
        self.show_model()

    def on_mount(self) -> None:
        self.apply_settings()
        self.set_interval(1.0, self.show_activity)
        self.work(self._start())

    async def _start(self) -> None:
        """Open the first chat. What is typed and sent meanwhile is not lost."""
        conversation = self._conversation or await self.talks.at_desk(self.desk.left_off)
        await (self.talks.open(conversation) if conversation else self.talks.begin())
        early, self._early = self._early or [], None
        for line in early:
            self._take_line(line)
        self.memory_changed()
        await self.say_away()

    @property
    def composer(self) -> Composer:
        return self.query_one(Composer)

    @property
    def history(self) -> History:
        return self.query_one(History)

    @property
    def status(self) -> StatusLine:
        return self.query_one(StatusLine)

    def work(self, coroutine: object, *, group: str = "chat") -> None:
        """Run something that waits. What it raises is shown by the app, and ends nothing."""
        self.app.run_worker(coroutine, group=group, exit_on_error=False)  # type: ignore[arg-type]

    # -- what is typed

    def on_composer_sent(self, event: Composer.Sent) -> None:
        if self._early is None:
            self._take_line(event.text)
        else:
            self._early.append(event.text)

    def _take_line(self, line: str) -> None:
        typed = parse_line(line)
        if typed.command is not None:
            self.run_command(typed.command, typed.argument)
        elif typed.unknown:
            self.composer.put(line)
            self.work(self.say(unknown_line(typed.unknown)))
        elif typed.text.strip():
            self.composer.remember(line)
            self.send(typed.text)
        else:
            self.talks.send_waiting()

    def send(self, text: str) -> None:
        """Say something in the open chat, or in the place of the message that is being edited."""
        self.hide_away()
        if self.editing is not None:
            self.work(self.send_edited(text))
            return
        self.talks.send(text)
        self.work(self.history.to_end())

    def run_command(self, command: Command, argument: str = "") -> None:
        """Carry a command out, unless an answer is in its way."""
        if command.while_busy == "refused" and self.talks.talk.busy:
            self.toast(f"/{command.name} has to wait for the answer; esc stops it.")
        else:
            self.work(self._commands.run(command, argument))

    @on(TextArea.Changed)
    def _typed(self) -> None:
        timer = self._draft_timer
        if timer is not None:
            timer.stop()  # type: ignore[attr-defined]
        self._draft_timer = self.set_timer(DRAFT_PAUSE, lambda: self.work(self.talks.save_draft(), group="draft"))

    def take_draft(self) -> str | None:
        """What is typed, if it is not what was saved last and belongs to a chat that is open."""
        if self._early is not None:
            return None
        draft = self.composer.full_text
        if draft == self._saved_draft:
            return None
        self._saved_draft = draft
        return draft

    def give_back(self, text: str) -> None:
        """Words that could not be stored return to the composer."""
        self.composer.add(text)

    @on(Composer.TakeBack)
    def _take_back(self) -> None:
        self.composer.add(self.talks.take_back())

    @on(OptionList.OptionSelected, "#completion")
    def _completed(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.composer.take(event.option_id or "")

    @on(Welcome.Chosen)
    def _example(self, event: Welcome.Chosen) -> None:
        self.composer.put(event.text)
        self.composer.focus()

    # -- what is shown

    async def show_talk(self, entries: Sequence[Entry], *, draft: str, at: int | None = None) -> None:
        """Another conversation is open: show it, with its draft."""
        load_older = self.talks.read_older if self.talks.more_in_store else None
        await self.history.show(entries, load_older=load_older, at=at)
        self._show_welcome(not entries)
        typed = self.composer.full_text if self._early is not None else ""
        self._saved_draft = draft
        self.composer.put(draft + typed)
        self.composer.past = [e.text for e in entries if isinstance(e, Said)][-200:]
        self.status.set(usage=None)
        self.show_queue()
        self.show_model()
        self.show_activity()
        last = next((e for e in reversed(entries) if isinstance(e, Answer)), None)
        recall = last.recall if last else ()
        self.show_hits(recall, await self.talks.at_desk(lambda: self.desk.texts_of(recall)))
        await self.show_chats()

    async def show_chats(self) -> None:
        """Fill the list of chats in the sidebar."""
        chats = await self.talks.at_desk(lambda: self.runtime.conversations.list(limit=60))
        self.query_one(Sidebar).show_chats(chats, self.desk.conversation_id)
        title = self.desk.conversation.title if self.desk.conversation else ""
        self.app.title = f"Reverie: {one_line(title, 60)}" if title else "Reverie"

    def _show_welcome(self, empty: bool) -> None:
        self.query_one(Welcome).display = empty
        self.history.display = not empty

    async def add_entry(self, entry: Entry) -> None:
        self._show_welcome(False)
        await self.history.add(entry)

    async def remove_entry(self, entry: Entry) -> None:
        await self.history.remove_entry(entry)

    async def say(self, text: str) -> None:
        """A line of the program's own in the flow."""
        await self.add_entry(Remark(text=text))

    def toast(self, text: str) -> None:
        """Something that passes."""
        self.notify(display(text), markup=False)

    def show_hits(self, recall: Sequence[RecallRecord], texts: dict[str, str]) -> None:
        self.query_one(Sidebar).show_hits(recall, texts)

    def show_usage(self, usage: Usage) -> None:
        self.status.set(usage=usage)

    def show_model(self) -> None:
        """Who answers, and whether this chat leaves a trace."""
        self.desk.follow_model()
        temporary = self.desk.temporary
        self.status.set(model=self.runtime.settings.model, temporary=temporary)
        self.composer.set_class(temporary, "-temporary")
        self.composer.border_title = "temporary chat: nothing is kept" if temporary else None

    def settings_changed(self) -> None:
        """The settings screen was open."""
        self.post_message(self.SettingsChanged())

    def memory_changed(self) -> None:
        """Count the memories again, and let those that are new or other be embedded."""
        self.runtime.embed_soon()
        self.work(self._count_memories(), group="count")

    async def _count_memories(self) -> None:
        self.status.set(memories=await self.talks.at_desk(self.desk.memory_count))

    def show_activity(self) -> None:
        """What is going on, in the status line: "answering 3 s"."""
        self.watch_night()
        turn = self.talks.talk.turn
        seconds = f" {time.monotonic() - turn.started:.0f} s" if turn else ""
        activity = f"answering{seconds}" if turn else ""
        if self.is_mounted and self.status.figures.activity != activity:
            self.status.set(activity=activity)

    def show_queue(self) -> None:
        """What waits to be said, dimmed above the composer."""
        queue = self.talks.talk.queue
        self.composer.waiting = bool(queue)
        line = self.query_one("#queue", Static)
        line.display = bool(queue)
        line.update(Content("\n").join([Content(f"waits: {one_line(text, 70)}") for text in queue[-3:]]))

    @on(History.Moved)
    def _moved(self, event: History.Moved) -> None:
        badge = self.query_one("#badge", Static)
        badge.display = event.unseen > 0
        badge.update(spelled(f"↓ {event.unseen} new", self))

    async def turn_over(self, *, shown: bool, answer: Answer) -> None:
        """A turn has ended, here or in a chat that is not on the screen."""
        if not shown and answer.message is not None:
            self.toast("An answer is ready in another chat.")
        await self.talks.at_desk(self.desk.refresh)
        if shown:
            await self.talks.find_versions(answer)
        await self.show_chats()
        self.memory_changed()

    # -- keys

    def action_cancel(self) -> None:
        """Stop the answer; what waits comes back first. Otherwise go back to the composer."""
        if self.talks.talk.queue:
            self.composer.add(self.talks.take_back())
        elif not (self.talks.cancel() or self.end_edit() or self.hide_away()):
            self.composer.focus()

    async def action_interrupt(self) -> None:
        """ctrl+c: the nearest thing that it may mean, and only twice in a row to quit."""
        selected = self.get_selected_text() or self.composer.selected_text
        if selected:
            self.clear_selection()
            await self.copy_text(selected)
        elif self.composer.text:
            self.composer.remember(self.composer.full_text)
            self.composer.clear_all()
        elif self.talks.talk.queue:
            self.composer.remember(self.talks.take_back())
            self.toast("What was waiting is dropped; up brings it back.")
        elif not self.talks.cancel():
            await self._quit_on_second()

    async def _quit_on_second(self) -> None:
        now = time.monotonic()
        if now - self._interrupted < QUIT_SECONDS:
            await self.leave()
            return
        self._interrupted = now
        self.notify("ctrl+c again to quit", timeout=QUIT_SECONDS, markup=False)

    async def leave(self, *, whatever: bool = False) -> None:
        """Keep what is typed and what was answered so far, and go.

        Where the typed words cannot be kept this says so, once; the next time, or `whatever` happens, they are lost.
        """
        await self.talks.stop_all()
        try:
            await self.talks.save_draft()
        except ReverieError as error:
            if not (whatever or self._warned):
                self._warned = True
                await self.say(f"What is typed cannot be kept. {error} Leave once more to go without it.")
                return
        self.app.exit(0)

    def action_message(self, step: int) -> None:
        """To the message above or below; below the last one is the composer."""
        blocks = self.history.blocks
        here = next((i for i, block in enumerate(blocks) if block.has_focus), len(blocks))
        place = max(0, here + step)
        if place < len(blocks):
            blocks[place].focus()
        else:
            self.composer.focus()
            self.action_bottom()

    def action_page(self, step: int) -> None:
        self.history.page(step)

    def action_bottom(self) -> None:
        self.work(self.history.to_end())

    @on(events.Click, "#badge")
    def _badge_clicked(self) -> None:
        self.action_bottom()

    def toggle_sidebar(self) -> None:
        self.toggle_class("-no-sidebar")
        if self.size.width < 100:
            self.toast("The sidebar needs 100 columns.")

    async def toggle_timestamps(self) -> None:
        self.timestamps = not self.timestamps
        await self.talks.reopen()

    async def _look_again(self) -> None:
        """Write again what is written with signs or times that are other ones now."""
        self.status.refresh()
        await self.query_one(Welcome).recompose()
        await self.talks.reopen()
        await self.show_chats()

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        line = f"Terminal too small ({width}×{height}); Reverie needs 40×10."
        self.query_one("#too-small", Static).update(spelled(line, self))
        if self.focused is None:  # what is not displayed loses the focus, and does not get it back by itself
            self.call_after_refresh(self.composer.focus)

    # -- messages and marks

    async def copy_text(self, text: str) -> None:
        await self.acts.copy(text)

    @on(MessageAct)
    def _act_on_message(self, event: MessageAct) -> None:
        self.work(self.acts.run(event.act, event.entry))

    @on(CitationClicked)
    def _citation_clicked(self, event: CitationClicked) -> None:
        self.work(self.acts.follow(event.reference))

    @on(Sidebar.HitChosen)
    def _hit_chosen(self, event: Sidebar.HitChosen) -> None:
        self.work(self.acts.follow(event.reference))

    @on(Sidebar.ChatChosen)
    def _chat_chosen(self, event: Sidebar.ChatChosen) -> None:
        self.work(self.open_chat(event.conversation_id))

    # -- for commands

    async def begin_chat(self, *, temporary: bool | None = None) -> None:
        await self.talks.begin(temporary=temporary)
        self.composer.focus()

    async def open_chat(self, reference: str, *, message_id: str | None = None, leaf: str | None = None) -> None:
        try:
            await self.talks.open(reference, message_id=message_id, leaf=leaf)
        except ReverieError as error:
            await self.say(str(error))
        if message_id is None:
            self.composer.focus()

    async def forget_deleted(self) -> None:
        """Begin a new chat if the open one was deleted."""
        if self.desk.conversation_id is not None and not self.desk.temporary:
            try:
                await self.talks.at_desk(self.desk.refresh)
            except NotFound:
                await self.begin_chat()
