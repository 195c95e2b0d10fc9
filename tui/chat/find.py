"""Find words in the open conversation, however far back they are."""

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message as TextualMessage
from textual.timer import Timer
from textual.widgets import Input, Static

from memory.types import Message

FIND_PAUSE = 0.15
"""Seconds without a key before the chat is searched."""


class FindInput(Input):
    """The words. The arrows go from hit to hit."""

    BINDINGS = [
        Binding("enter,up", "step(-1)", "Earlier hit", id="find.earlier"),
        Binding("down", "step(1)", "Later hit", id="find.later"),
        Binding("escape", "close", "Close", id="find.close"),
    ]

    def action_step(self, by: int) -> None:
        """To the next hit, upwards first: what is looked for is mostly older."""
        self.post_message(FindBar.Step(by))

    def action_close(self) -> None:
        """Back to the input."""
        self.post_message(FindBar.Closed())


class FindBar(Horizontal):
    """One line above the input, while something is looked for. `read` gives the whole chat, `show` brings one of its
    messages into view, by its id; both may wait."""

    DEFAULT_CSS = """
    FindBar {
        display: none; height: 1; padding: 0 2;
        &.-open { display: block; }
        FindInput { width: 1fr; border: none; height: 1; padding: 0 1; background: $surface; &:focus { border: none; } }
        Static { width: auto; padding: 0 1; color: $text-muted; }
    }
    """

    @dataclass
    class Step(TextualMessage):
        by: int

    class Closed(TextualMessage):
        """The search is over."""

    def __init__(
        self,
        read: Callable[[], Awaitable[Sequence[Message]]],
        show: Callable[[str], Awaitable[None]],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._read = read
        self._show = show
        self._hits = Hits()
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield FindInput(placeholder="find in this chat", select_on_focus=False)
        yield Static("", markup=False)

    def open(self, words: str) -> None:
        """Show the bar; with words, look for them."""
        self.add_class("-open")
        field = self.query_one(FindInput)
        field.value = words or field.value
        field.focus()

    @on(Closed)
    def _hide(self) -> None:
        self.remove_class("-open")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        words = event.value.strip()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(FIND_PAUSE, lambda: self._work(self._find(words)))

    @on(Step)
    def _step(self, event: Step) -> None:
        event.stop()
        if (wanted := self._hits.step(event.by)) is not None:
            self._work(self._show_hit(wanted))

    def _work(self, search: Coroutine[Any, Any, None]) -> None:
        """What goes wrong is shown by the app, and ends nothing."""
        self.app.run_worker(search, group="find", exit_on_error=False)

    async def _find(self, words: str) -> None:
        if not words:
            self._hits = Hits()
            self._say("")
            return
        thread = await self._read()
        ids = await asyncio.to_thread(lambda: [m.id for m in thread if holds(m.content, words)])
        self._hits = Hits(words, ids, max(0, len(ids) - 1))
        self._say(self._hits.told())
        if ids:
            await self._show_hit(ids[-1])

    async def _show_hit(self, message_id: str) -> None:
        self._say(self._hits.told())
        await self._show(message_id)

    def _say(self, text: str) -> None:
        """How many hits there are, and which one is shown."""
        self.query_one(Static).update(text)


@dataclass
class Hits:
    """Ids of the messages that hold the words, oldest first, and the one that is shown."""

    words: str = ""
    ids: Sequence[str] = ()
    place: int = 0

    def step(self, by: int) -> str | None:
        """The next one in a direction, going round."""
        if not self.ids:
            return None
        self.place = (self.place + by) % len(self.ids)
        return self.ids[self.place]

    def told(self) -> str:
        """`3 of 17`."""
        if not self.words:
            return ""
        return f"{self.place + 1} of {len(self.ids)}" if self.ids else "nothing holds these words"


def holds(text: str, words: str) -> bool:
    """Whether a text holds what is looked for, accents and case aside."""
    return _bare(words) in _bare(text)


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
