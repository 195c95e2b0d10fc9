"""A nap in the history: a line that tells of it, and below it, unfolded, the notes with where they are from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from memory.naps import Nap
from memory.text import display
from memory.types import Message
from tui.chat.messages import Block, CitationClicked, Entry
from tui.napping import notes_of, told
from tui.screens.marks import spelled


@dataclass(eq=False, kw_only=True)
class Rested(Entry):
    """A nap that was taken here."""

    nap: Nap
    unfolded: bool = False

    @property
    def source(self) -> str:
        return "\n".join([told(self.nap), *notes_of(self.nap)])

    def make(self) -> Block:
        return RestedBlock(self)


class RestedBlock(Block):
    """The line, and the notes where it is unfolded."""

    ACTS = frozenset({"copy_source", "think"})

    def __init__(self, entry: Rested) -> None:
        super().__init__(entry)
        self.rested = entry

    def compose(self) -> ComposeResult:
        yield Static(self._words(), classes="words")

    def action_think(self) -> None:
        """Fold or unfold it."""
        self.rested.unfolded = not self.rested.unfolded
        self.show()

    def show(self) -> None:
        """The nap as it is now."""
        self.query_one(Static).update(self._words())

    def action_follow(self, reference: str) -> None:
        """Show the message that a note is from."""
        self.post_message(CitationClicked(self.rested, reference))

    def _words(self) -> Content:
        nap = self.rested.nap
        if not self.rested.unfolded:
            return Content(spelled(f"▸ {told(nap)} · t shows them", self))
        lines = [Content(spelled(f"▾ {told(nap)}", self))]
        for note in nap.notes:
            mark = Content.from_markup(f"[@click=follow('{note.message}')]\\[{note.message}][/]")
            lines.append(Content("  ") + mark + Content(f" {display(note.text)}"))
        return Content("\n").join(lines)


def with_naps(entries: Sequence[Entry], naps: Iterable[Nap]) -> list[Entry]:
    """Entries of a conversation, and each nap below what was said until then."""
    placed = list(entries)
    for nap in naps:
        said = [at for at, entry in enumerate(placed) if _said_by(entry, nap)]
        if said:
            placed.insert(said[-1] + 1, Rested(nap=nap))
    return placed


def _said_by(entry: Entry, nap: Nap) -> bool:
    message = getattr(entry, "message", None)
    return isinstance(message, Message) and message.said_at <= nap.at
