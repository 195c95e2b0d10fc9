"""The chat: history, composer, status line, and a sidebar where there is room."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static, TextArea

from memory.errors import NotFound, ReverieError
from memory.text import display, one_line
from memory.types import RecallRecord
from tui.chat.acts import MessageActs
from tui.chat.away import AwayLine
from tui.chat.composer import Completion, Composer
from tui.chat.drafts import Drafts
from tui.chat.editing import Editing
from tui.chat.find import FindBar
from tui.chat.history import History
from tui.chat.leaving import Leaving
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


class ChatScreen(Screen[None]):
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
        self.drafts = Drafts(self)
        self.editing = Editing(self)
        self.leaving = Leaving(self)
        self.away = AwayLine(id="away")
        self.thinking = False
        """Whether what a model thinks aloud is shown."""
        self._conversation = conversation
        self.night = Work(runtime)

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
                yield self.away
                yield Static("", id="queue", markup=False)
                yield FindBar(self.talks.read_all, self._show_message, id="find")
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
        self.drafts.opened()
        self.memory_changed()
        if line := await self.talks.at_desk(self.desk.away):
            self.away.tell(f"{line} · f4 shows it, /sleep undo takes it back, esc hides this")

    @property
    def composer(self) -> Composer:
        return self.query_one(Composer)

    @property
    def history(self) -> History:
        return self.query_one(History)

    @property
    def status(self) -> StatusLine:
        return self.query_one(StatusLine)

    @property
    def find_bar(self) -> FindBar:
        return self.query_one(FindBar)

    def work(self, coroutine: object, *, group: str = "chat") -> None:
        """Run something that waits. What it raises is shown by the app, and ends nothing."""
        self.app.run_worker(coroutine, group=group, exit_on_error=False)  # type: ignore[arg-type]

    # -- what is typed

    def on_composer_sent(self, event: Composer.Sent) -> None:
        self.drafts.sent(event.text)

    def take_line(self, line: str) -> None:
        """Carry out a line: a command, something to be said, or an empty one."""
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
        self.away.hide()
        if self.editing.message is not None:
            self.work(self.editing.send(text))
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
        self.drafts.typed()

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
        self.drafts.put(draft)
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

    async def say(self, text: str) -> None:
        """A line of the program's own in the flow."""
        await self.add_entry(Remark(text=text))

    def show_thinking(self, shown: bool) -> None:
        """Show all that a model thinks aloud, or fold it all."""
        self.thinking = shown
        self.history.fold_thoughts()

    def toast(self, text: str) -> None:
        """Something that passes."""
        self.notify(display(text), markup=False)

    def show_hits(self, recall: Sequence[RecallRecord], texts: dict[str, str]) -> None:
        self.query_one(Sidebar).show_hits(recall, texts)

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
        """What is going on: the answer in the status line, the night above the input."""
        self.away.watch_night(self.night.look, in_front=self.is_current)
        if self.is_mounted:
            turn = self.talks.talk.turn
            self.status.answering(turn.started if turn else None)

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
        elif not (self.talks.cancel() or self.editing.end() or self.away.hide()):
            self.composer.focus()

    async def action_interrupt(self) -> None:
        await self.leaving.interrupt()

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

    async def _show_message(self, message_id: str) -> None:
        """Bring a message into view, and leave the keys where they are."""
        self.history.quiet = True
        try:
            await self.talks.show_message(message_id)
        except ReverieError as error:
            await self.say(str(error))

    @on(FindBar.Closed)
    def _find_closed(self) -> None:
        self.history.quiet = False
        self.composer.focus()

    @on(MessageAct)
    def _act_on_message(self, event: MessageAct) -> None:
        self.work(self.acts.run(event.act, event.entry))

    @on(CitationClicked)
    @on(Sidebar.HitChosen)
    def _follow(self, event: CitationClicked | Sidebar.HitChosen) -> None:
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
