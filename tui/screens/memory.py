"""The memory browser: everything that is remembered, where it comes from, and what became of it.

Every change goes through the store, is a revision, and can be undone here. The one exception is the purge, which
asks for the memory's number to be typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from memory.errors import InvalidInput
from memory.store import MemoryFilter
from memory.store.insight import Insight
from memory.text import counted
from memory.types import Hit, Memory, Status
from tui.screens.base import ErrorLine, in_thread
from tui.screens.dialogs import Choose, Prompt
from tui.screens.history import HistoryScreen, TimeScreen, ask_day
from tui.screens.marks import marks
from tui.screens.memory_acts import MemoryActs
from tui.screens.memory_detail import Detail, Quote, Writer, load_detail, load_quotes, percent
from tui.screens.memory_filter import parse_filter
from tui.screens.memory_table import MemoryTable
from tui.screens.memory_views import save_view, views
from tui.screens.place import Goal, Place, Reference
from tui.screens.prose import muted, plain, quoted

if TYPE_CHECKING:
    from assistant.runtime import Runtime

ACTIVE = MemoryFilter()
TRASH = MemoryFilter(statuses=(Status.RETIRED,))
NEAR = 12
"""Hits that are looked through for near memories."""


@dataclass(frozen=True)
class Listing:
    """What matches the filter, and how much there is in all."""

    memories: tuple[Memory, ...]
    matching: int
    active: int
    retired: int
    uses: dict[str, int] = field(default_factory=dict)


class Filter(Input):
    """The filter above the table."""

    BINDINGS = [Binding("enter,down", "screen.to_table", "To the list", id="memory.list", key_display="↓")]


class MemoryScreen(MemoryActs):
    """Dismissed with where to go, or None."""

    TITLE = "Memory"

    BINDINGS = [
        Binding("escape", "back", "Back", id="memory.back"),
        Binding(
            "slash",
            "filter",
            "Filter",
            id="memory.filter",
            tooltip="Filter by words, or kind:fact state:retired pinned:yes",
            key_display="/",
        ),
        Binding("s", "source", "Source", id="memory.source", tooltip="Go to the message it comes from"),
        Binding("t", "trash", "Trash", id="memory.trash", tooltip="Show the trash, or leave it"),
        Binding("v", "view", "Views", id="memory.view", tooltip="Choose a view: pinned, never used, trash ..."),
        Binding("V", "save_view", "Keep view", id="memory.save_view", tooltip="Keep the filter as a view", show=False),
        Binding("h", "history", "History", id="memory.history", tooltip="Every change of every memory", show=False),
        Binding("T", "time", "Time travel", id="memory.time", tooltip="The memories as of another day", show=False),
        Binding("n", "near", "Near", id="memory.near", tooltip="Show what is nearest in meaning", show=False),
        Binding("c", "cited", "Cited in", id="memory.cited", tooltip="Go to the last answer that cited it", show=False),
    ]
    AUTO_FOCUS = "MemoryTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]

    DEFAULT_CSS = """
    MemoryScreen {
        #body { height: 1fr; margin: 1 1 0 1; }
        MemoryTable { width: 1fr; height: 1fr; }
        #detail {
            width: 46; height: 1fr; padding: 0 1 0 2; margin: 0 0 0 1; border-left: solid $panel;
            scrollbar-size-vertical: 1; &:focus { border-left: solid $primary; }
        }
        #detail Static { height: auto; }
        &.-wide #body { layout: horizontal; }
        &.-narrow #detail {
            width: 1fr; height: 45%; margin: 0; padding: 0 1; border: none; border-top: solid $panel;
            &:focus { border-top: solid $primary; }
        }
        &.-narrow.-short {
            #body { margin: 0; }
            #detail { display: none; border: none; height: 1fr; }
        }
        &.-narrow.-short.-reading {
            MemoryTable { display: none; }
            #detail { display: block; }
        }
        &.-bare { MemoryTable, #detail { display: none; } }
    }
    """

    def __init__(self, runtime: "Runtime", text: str = "", *, select: str = "") -> None:
        super().__init__(runtime)
        self._start = text
        self._select = select
        self._trash = False

    def compose_body(self) -> ComposeResult:
        hint = "words, or kind:fact  state:retired  used:0  since:7d  source:sleep"
        yield Filter(self._start, placeholder=hint, classes="filter")
        yield Static(classes="empty", markup=False)
        with Container(id="body"):
            yield MemoryTable()
            with VerticalScroll(id="detail"):
                yield Static()

    def on_mount(self) -> None:
        """Read the memories."""
        self._load()

    # -- reading

    @on(Input.Changed)
    def _typed(self) -> None:
        self._load()

    def _load(self) -> None:
        """Read what matches the filter and show it. A filter that cannot be understood leaves the rows as they are."""
        store, clock = self._runtime.memories, self._runtime.clock
        try:
            base = TRASH if self._trash else ACTIVE
            wanted = parse_filter(self.query_one(Input).value, base, clock.now(), clock.zone)
        except InvalidInput as error:
            self.query_one(ErrorLine).show(error)
            return
        in_thread(
            self,
            lambda: Listing(
                store.list(wanted),
                store.count(wanted),
                store.count(ACTIVE),
                store.count(TRASH),
                {name: use.cited for name, use in Insight(self._runtime.database).uses().items()},
            ),
            self._loaded,
            group="list",
            latest=True,
        )

    def _loaded(self, listing: Listing) -> None:
        clock = self._runtime.clock
        table = self.query_one(MemoryTable)
        table.fill(listing.memories, clock.now(), clock.zone, uses=listing.uses, marked=self._marked.keys())
        if self._select:
            table.select(self._select)
            self._select = ""
        self.set_class(not listing.memories, "-bare")
        if not listing.memories:
            self.remove_class("-reading")
        self._say(listing)
        self._load_detail()

    def _say(self, listing: Listing) -> None:
        shown = len(listing.memories)
        chosen = f"{len(self._marked)} marked" if self._marked else ""
        part = f"the first {shown:,} of {listing.matching:,}" if shown < listing.matching else ""
        if self._trash:
            self.head(
                "Trash", counted(listing.retired, "memory", "memories"), part, chosen, "R restores", "P purges for good"
            )
        else:
            trash = f"{listing.retired:,} in the trash" if listing.retired else ""
            self.head("Memory", counted(listing.active, "memory", "memories"), part, trash, chosen)
        typed = self.query_one(Input).value.strip()
        if listing.memories:
            self.say_empty("")
        elif typed:
            self.say_empty(f"No memory matches {quoted(typed)}.  esc clears the filter.")
        elif self._trash:
            self.say_empty("The trash is empty.  t goes back.")
        else:
            self.say_empty("Nothing remembered yet.  Say “remember that …” in the chat, press a, or import.")

    @on(DataTable.RowHighlighted)
    def _moved(self) -> None:
        self._load_detail()

    def _load_detail(self) -> None:
        self.refresh_bindings()
        memory = self._chosen
        if memory is not None:
            in_thread(self, lambda: load_detail(self._runtime, memory), self._show, group="detail", latest=True)

    def _show(self, detail: Detail) -> None:
        clock = self._runtime.clock
        writer = Writer(now=clock.now(), zone=clock.zone, marks=marks(self._runtime.settings.screen.ascii))
        self.query_one("#detail Static", Static).update(writer.detail(detail))
        self.query_one("#detail").scroll_home(animate=False)

    @property
    def _chosen(self) -> Memory | None:
        return self.query_one(MemoryTable).chosen

    # -- moving about

    def action_filter(self) -> None:
        """From the table into the filter."""
        self.query_one(Input).focus()

    def action_to_table(self) -> None:
        """From the filter into the table."""
        self.query_one(MemoryTable).focus()

    def action_read(self) -> None:
        """To the page on the memory; where there is no room beside the table, in its place."""
        self.add_class("-reading")
        self.query_one("#detail").focus()

    def action_back(self) -> None:
        """Leave the page, clear the filter, leave the trash, or close: whatever is innermost."""
        field, table = self.query_one(Input), self.query_one(MemoryTable)
        if self.has_class("-reading"):
            self.remove_class("-reading")
            table.focus()
        elif self._marked:
            self._marked.clear()
            self._load()
        elif field.value:
            field.value = ""
            table.focus()
        elif field.has_focus:
            table.focus()
        elif self._trash:
            self.action_trash()
        else:
            self.dismiss(None)

    def action_trash(self) -> None:
        """Switch between the memories and the trash."""
        self._trash = not self._trash
        self.remove_class("-reading")
        self._load()

    def action_source(self) -> None:
        """Close, and go to the message that the memory was drawn from."""
        memory = self._chosen
        if memory is not None:  # read anew: its page may not have come up yet
            in_thread(self, lambda: load_quotes(self._runtime, memory), partial(self._go_to_source, memory))

    def _go_to_source(self, memory: Memory, quotes: Sequence[Quote]) -> None:
        message = next((quote.message for quote in quotes if quote.message), None)
        if message is None:
            self.app.notify(f"{memory.short_id} has no source message.", markup=False)
        else:
            self.dismiss(Place(message.conversation_id, message.id))

    # -- looking further

    def action_cited(self) -> None:
        """Close, and go to the last answer that cited the memory."""
        memory = self._chosen
        if memory is not None:
            in_thread(self, lambda: self._runtime.conversations.cited_in(memory.short_id), self._go_to_answer)

    def _go_to_answer(self, answers: Sequence[object]) -> None:
        from memory.types import Message

        answer = next((a for a in answers if isinstance(a, Message)), None)
        if answer is None:
            self._toast("No answer cited it yet.")
        else:
            self.dismiss(Place(answer.conversation_id, answer.id))

    def action_near(self) -> None:
        """Show the memories that are nearest in meaning, below the page on this one."""
        memory = self._chosen
        if memory is None:
            return
        self.action_read()
        search = self._runtime.retriever.search
        in_thread(
            self,
            lambda: search(memory.text, NEAR, leave_out=frozenset({memory.short_id})).hits,
            partial(self._show_near, memory),
            group="detail",
        )

    def _show_near(self, memory: Memory, hits: Sequence[Hit]) -> None:
        if self._chosen is None or self._chosen.id != memory.id:
            return
        lines = [Content.styled(f"Nearest to {memory.short_id} in meaning and words", "bold $text-primary")]
        lines += [
            Content.styled(f"{hit.id:<6}", "$primary") + muted(f"{percent(hit.score):>5}  ") + plain(hit.text[:300])
            for hit in hits
            if hit.memory is not None
        ]
        if len(lines) == 1:
            lines.append(muted("nothing is near"))
        self.query_one("#detail Static", Static).update(Content("\n").join(lines))

    def action_view(self) -> None:
        """Choose a view."""
        in_thread(self, lambda: views(self._runtime.database), self._choose_view)

    def _choose_view(self, found: dict[str, str]) -> None:
        choices = [(name, words) for name, words in found.items()]
        current = next((n for n, words in found.items() if words == self.query_one(Input).value.strip()), "All")

        def chosen(name: str | None) -> None:
            if name is not None:
                self._trash = False
                self.query_one(Input).value = found[name]
                self.query_one(MemoryTable).focus()
                self._load()

        self.app.push_screen(Choose("Views", choices, current, lambda name: None), chosen)

    def action_save_view(self) -> None:
        """Keep the filter as a view."""
        words = self.query_one(Input).value.strip()
        body = f"{quoted(words)} under this name; v chooses it." if words else "An empty filter takes the view away."
        dialog = Prompt("Keep as a view", "", lambda name: save_view(self._runtime.database, name, words), body)
        self.app.push_screen(dialog, lambda name: self._toast(f"v shows {quoted(name)}") if name else None)

    def action_history(self) -> None:
        """Every change of every memory."""
        self.app.push_screen(HistoryScreen(self._runtime), self._returned)

    def action_time(self) -> None:
        """The memories as of another day."""
        ask_day(
            self,
            self._runtime,
            lambda moment: self.app.push_screen(TimeScreen(self._runtime, moment), self._returned),
        )

    def _returned(self, goal: Goal | None) -> None:
        if isinstance(goal, Reference):
            self._select = goal.short_id
            self.query_one(Input).value = "state:all"
        self._load()
