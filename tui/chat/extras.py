"""What the chat can do beside talking: find words in it, edit what was said, and tell of nights."""

import asyncio
from typing import TYPE_CHECKING, Any

from textual import on
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from memory.errors import ReverieError
from memory.types import Message
from tui.chat.find import FindBar, Hits, holds
from tui.chat.messages import Answer, Reply, Said
from tui.commands import Command, find_command
from tui.screens.marks import spelled
from tui.sleeping.terminal import TerminalProgress

if TYPE_CHECKING:
    from tui.chat.composer import Composer
    from tui.chat.history import History
    from tui.chat.status import StatusLine
    from tui.chat.talks import Talks
    from tui.desk import Desk
    from tui.sleeping.work import Work


FIND_PAUSE = 0.15
"""Seconds without a key before the chat is searched."""


class Extras(Screen[None]):
    """The lesser half of the chat screen. What it works with is there in the other half."""

    desk: "Desk"
    talks: "Talks"
    night: "Work"

    def __init__(self) -> None:
        super().__init__()
        self.editing: Message | None = None
        """The message in whose place the next one will stand."""
        self.thinking = False
        """Whether what a model thinks aloud is shown."""
        self._hits = Hits()
        self._find_timer: Timer | None = None
        self._night_state = "idle"
        self.progress: TerminalProgress | None = None
        """The terminal's own progress bar, where it has one."""

    @property
    def composer(self) -> "Composer":
        raise NotImplementedError

    @property
    def history(self) -> "History":
        raise NotImplementedError

    @property
    def status(self) -> "StatusLine":
        raise NotImplementedError

    def work(self, coroutine: Any, *, group: str = "chat") -> None:
        raise NotImplementedError

    def toast(self, text: str) -> None:
        raise NotImplementedError

    def show_model(self) -> None:
        raise NotImplementedError

    async def say(self, text: str) -> None:
        raise NotImplementedError

    async def open_chat(self, reference: str, *, message_id: str | None = None, leaf: str | None = None) -> None:
        raise NotImplementedError

    # -- from the palette

    def begin_command(self, command: Command) -> None:
        """Put a command into the input, for its argument."""
        self.composer.put(f"/{command.name} ")
        self.composer.focus()

    async def choose_command(self) -> None:
        """The list of commands with their letters; what is chosen runs as from the palette."""
        from tui.screens.leader import LeaderScreen

        name = await self.app.push_screen_wait(LeaderScreen())
        if name and (command := find_command(name)) is not None:
            (self.begin_command if command.fills else self.run_command)(command)

    def run_command(self, command: Command, argument: str = "") -> None:
        raise NotImplementedError

    # -- what a model thinks aloud

    def show_thinking(self, shown: bool) -> None:
        """Show all thoughts, or fold them all."""
        self.thinking = shown
        for entry in self.history.entries:
            if isinstance(entry, Answer):
                entry.unfolded = None
                if isinstance(entry.widget, Reply):
                    entry.widget.show_thought()

    # -- editing what was said

    def edit(self, message: Message) -> None:
        """Take a message into the input; sent again it stands beside the old one, with a branch of its own."""
        self.editing = message
        self.composer.put(message.content)
        self.composer.border_title = f"in the place of {message.short_id}; esc leaves it as it is"
        self.composer.add_class("-editing")
        self.composer.focus()

    def end_edit(self) -> bool:
        """Stop editing. False if nothing was edited."""
        if self.editing is None:
            return False
        self.editing = None
        self.composer.remove_class("-editing")
        self.composer.clear_all()
        self.show_model()
        return True

    async def send_edited(self, text: str) -> None:
        """Say it in the place of the message that was edited."""
        message = self.editing
        if message is None or self.talks.talk.busy:
            self.composer.put(text)
            self.toast("An answer is being written; esc stops it.")
            return
        self.editing = None
        self.composer.remove_class("-editing")
        self.show_model()
        history = self.history
        old = next((e for e in history.entries if isinstance(e, Said) and e.message == message), None)
        try:
            await self.talks.at_desk(lambda: self.desk.go_back_to(message))
        except ReverieError as error:
            self.composer.put(text)
            await self.say(str(error))
            return
        if old is not None:
            for entry in history.entries[history.entries.index(old) :]:
                await history.remove_entry(entry)
        self.talks.send(text)
        await history.to_end()

    # -- finding

    def open_find(self, words: str) -> None:
        """Show the search line."""
        self.query_one(FindBar).open(words)

    @on(FindBar.Typed)
    def _find_typed(self, event: FindBar.Typed) -> None:
        if self._find_timer is not None:
            self._find_timer.stop()
        self._find_timer = self.set_timer(FIND_PAUSE, lambda: self.work(self._find(event.words), group="find"))

    @on(FindBar.Closed)
    def _find_closed(self) -> None:
        self.query_one(FindBar).close()
        self.history.quiet = False
        self.composer.focus()

    @on(FindBar.Step)
    def _find_step(self, event: FindBar.Step) -> None:
        if (wanted := self._hits.step(event.by)) is not None:
            self.work(self._show_hit(wanted), group="find")

    async def _find(self, words: str) -> None:
        bar = self.query_one(FindBar)
        if not words:
            self._hits = Hits()
            bar.say("")
            return
        thread = await self.talks.at_desk(lambda: self.desk.read_plain())
        ids = await asyncio.to_thread(lambda: [m.id for m in thread if holds(m.content, words)])
        self._hits = Hits(words, ids, max(0, len(ids) - 1))
        bar.say(self._hits.told())
        if ids:
            await self._show_hit(ids[-1])

    async def _show_hit(self, message_id: str) -> None:
        """Bring a message into view, and leave the keys with the search line."""
        self.query_one(FindBar).say(self._hits.told())
        self.history.quiet = True
        entries = self.history.entries
        at = next((i for i, e in enumerate(entries) if _id(e) == message_id), None)
        if at is not None:
            await self.history.show(
                entries, load_older=self.talks.read_older if self.talks.more_in_store else None, at=at
            )
        elif self.desk.conversation_id is not None and not self.desk.temporary:
            await self.open_chat(self.desk.conversation_id, message_id=message_id)

    # -- nights

    async def say_away(self) -> None:
        """What a night did since the last time, above the input."""
        if line := await self.talks.at_desk(self.desk.away):
            self._show_away(f"{line} · f4 shows it, /sleep undo takes it back, esc hides this")

    def _show_away(self, text: str) -> None:
        away = self.query_one("#away", Static)
        away.display = True
        away.update(spelled(text, self))

    def hide_away(self) -> bool:
        """Take the line away. False if there was none."""
        away = self.query_one("#away", Static)
        shown, away.display = away.display, False
        return bool(shown)

    def on_unmount(self) -> None:
        """Leave no progress behind in the terminal."""
        if self.progress is not None:
            self.progress.clear()

    def watch_night(self) -> None:
        """Tell here of a night whose screen was left."""
        look = self.night.look
        if self.progress is not None:
            self.progress.show(look)
        if look.state == self._night_state:
            return
        before, self._night_state = self._night_state, look.state
        if not self.is_current:
            return
        if look.state == "reviewing":
            self._show_away("The plan of the night waits for you · f4 opens it")
        elif look.state in ("done", "failed") and before != "idle":
            self._show_away(f"{look.outcome} · f4 shows it")


def _id(entry: object) -> str | None:
    message = entry.message if isinstance(entry, Said | Answer) else None
    return message.id if message is not None else None
