"""Find words in the open conversation, however far back they are."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message as TextualMessage
from textual.widgets import Input, Static


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
    """One line above the input, while something is looked for."""

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

    @dataclass
    class Typed(TextualMessage):
        words: str

    def compose(self) -> ComposeResult:
        yield FindInput(placeholder="find in this chat", select_on_focus=False)
        yield Static("", markup=False)

    def open(self, words: str) -> None:
        """Show the bar; with words, look for them."""
        self.add_class("-open")
        field = self.query_one(FindInput)
        field.value = words or field.value
        field.focus()

    def close(self) -> None:
        """Take the bar away."""
        self.remove_class("-open")

    def say(self, text: str) -> None:
        """How many hits there are, and which one is shown."""
        self.query_one(Static).update(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value.strip()))


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
