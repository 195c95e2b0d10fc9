"""The rows of the memory browser, with as many columns as the width has room for."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.widgets import DataTable

from memory.text import one_line
from memory.types import Memory, Status
from tui.screens.memory_detail import percent, state_of
from tui.screens.times import day

PADDING = 1
LONGEST_CELL = 400


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column: shown where the table is at least `least` cells wide. Width 0 takes what the others leave."""

    title: str
    width: int
    least: int
    cell: Callable[[Memory, datetime, str], str]


def _said(memory: Memory, now: datetime, zone: str) -> str:
    return day(memory.said_at or memory.created_at, now, zone)


FIELDS = (
    Field(title="", width=6, least=0, cell=lambda m, now, zone: m.short_id),
    Field(title="kind", width=12, least=56, cell=lambda m, now, zone: m.kind.value),
    Field(title="text", width=0, least=0, cell=lambda m, now, zone: one_line(m.text, LONGEST_CELL)),
    Field(title="sure", width=5, least=100, cell=lambda m, now, zone: percent(m.confidence)),
    Field(title="used", width=5, least=86, cell=lambda m, now, zone: ""),
    Field(title="said", width=11, least=72, cell=_said),
    Field(title="state", width=8, least=40, cell=lambda m, now, zone: state_of(m)),
)


class MemoryTable(DataTable[Text]):
    """The memories. The screen has the letters; this widget only has enter."""

    BINDINGS = [Binding("enter", "screen.read", "Read", id="memory.read")]

    DEFAULT_CSS = """
    MemoryTable {
        background: $background; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; overflow-x: hidden;
        &:focus { background-tint: $foreground 0%; }
        & > .datatable--header { background: $background; color: $foreground-muted; text-style: none; }
        & > .datatable--hover { background: $surface; }
        & > .datatable--cursor { background: $primary 15%; color: $foreground; text-style: none; }
        &:focus > .datatable--cursor { background: $primary 35%; color: $foreground; text-style: bold; }
        &:ansi > .datatable--header { background: $background; color: $foreground; text-style: dim; }
        &:ansi > .datatable--cursor { background: $background; color: $foreground; text-style: underline; }
        &:ansi:focus > .datatable--cursor { background: $background; color: $foreground; text-style: reverse; }
    }
    """

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cell_padding=PADDING, zebra_stripes=False)
        self._memories: tuple[Memory, ...] = ()
        self._moment: tuple[datetime, str] | None = None
        self._laid_out = 0
        self._uses: Mapping[str, int] = {}
        self._marked: AbstractSet[str] = frozenset()

    def fill(
        self,
        memories: Sequence[Memory],
        now: datetime,
        zone: str,
        *,
        uses: Mapping[str, int] | None = None,
        marked: AbstractSet[str] = frozenset(),
    ) -> None:
        """Show these memories; the cursor stays on the memory it was on, or else on the same row.

        `uses` are how often answers cited each, by short id; `marked` are the ids of those that are marked.
        """
        chosen, place = self.chosen, self.cursor_row
        self._uses, self._marked = uses or {}, marked
        self._memories, self._moment = tuple(memories), (now, zone)
        self._build()
        numbers = [memory.id for memory in self._memories]
        if chosen is not None and chosen.id in numbers:
            place = numbers.index(chosen.id)
        self.move_cursor(row=min(place, max(0, len(numbers) - 1)))

    def select(self, short_id: str) -> None:
        """Move the cursor to a memory, if it is among the rows."""
        numbers = [memory.short_id for memory in self._memories]
        if short_id in numbers:
            self.move_cursor(row=numbers.index(short_id))

    @property
    def chosen(self) -> Memory | None:
        """The memory under the cursor."""
        return self._memories[self.cursor_row] if 0 <= self.cursor_row < len(self._memories) else None

    def on_resize(self, event: events.Resize) -> None:
        """Give the columns the new width."""
        if event.size.width != self._laid_out and self._moment is not None:
            row = self.cursor_row
            self._build()
            self.move_cursor(row=row)

    def _build(self) -> None:
        self._laid_out = self.size.width
        if self._moment is None or not self._laid_out:
            return
        fields = [field for field in FIELDS if self._laid_out >= field.least]
        taken = sum(field.width for field in fields) + 2 * PADDING * len(fields)
        rest = max(10, self._laid_out - taken - self.scrollbar_size_vertical)
        self.clear(columns=True)
        for field in fields:
            self.add_column(Text(field.title), width=field.width or rest)
        for memory in self._memories:
            style = "" if memory.status is Status.ACTIVE and not memory.muted else "dim"
            cells = (self._cell(field, memory, *self._moment) for field in fields)
            self.add_row(*(Text(cell, style, no_wrap=True, overflow="ellipsis") for cell in cells), key=memory.id)

    def _cell(self, field: Field, memory: Memory, now: datetime, zone: str) -> str:
        if field.title == "used":
            number = self._uses.get(memory.short_id, 0)
            return f"{number}x" if number else ""
        said = field.cell(memory, now, zone)
        return f"*{said}" if field.title == "" and memory.id in self._marked else said
