"""The memory browser: everything that is remembered, where it comes from, and what became of it.

Every change goes through the store, is a revision, and can be undone here. The one exception is the purge, which
asks for the memory's number to be typed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from memory.errors import InvalidInput
from memory.purge import purge_memory
from memory.store import MemoryFilter, Update
from memory.types import ChangeSet, Kind, Memory, NewMemory, Receipt, Status
from tui.screens.base import ErrorLine, FrameScreen, in_thread
from tui.screens.dialogs import Confirm, Notice
from tui.screens.marks import marks
from tui.screens.memory_detail import Detail, Quote, Writer, load_detail, load_quotes
from tui.screens.memory_filter import parse_filter
from tui.screens.memory_form import MemoryForm
from tui.screens.memory_table import MemoryTable
from tui.screens.place import Place
from tui.screens.prose import count, describe_act, quoted

if TYPE_CHECKING:
    from assistant.runtime import Runtime

ACTIVE = MemoryFilter()
TRASH = MemoryFilter(statuses=(Status.RETIRED,))


@dataclass(frozen=True)
class Listing:
    """What matches the filter, and how much there is in all."""

    memories: tuple[Memory, ...]
    matching: int
    active: int
    retired: int


class Filter(Input):
    """The filter above the table."""

    BINDINGS = [Binding("enter,down", "screen.to_table", "To the list", id="memory.list", key_display="↓")]


class MemoryScreen(FrameScreen[Place | None]):
    """Dismissed with the message that a memory comes from, or None."""

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
        Binding("a", "add", "Add", id="memory.add", tooltip="Write a memory by hand"),
        Binding("e", "edit", "Edit", id="memory.edit", tooltip="Change the text or the kind"),
        Binding("p", "pin", "Pin", id="memory.pin", tooltip="Pin or unpin: pinned ones come first and never fade"),
        Binding(
            "space",
            "mute",
            "Mute",
            id="memory.on-off",
            tooltip="Mute or unmute: muted ones are kept and not brought up",
        ),
        Binding("d", "retire", "Retire", id="memory.retire", tooltip="Put into the trash"),
        Binding("R", "restore", "Restore", id="memory.restore", tooltip="Take out of the trash"),
        Binding("u", "undo", "Undo", id="memory.undo", tooltip="Undo the last change of any memory"),
        Binding("ctrl+y", "redo", "Redo", id="memory.redo", tooltip="Do again what was undone", show=False),
        Binding("s", "source", "Source", id="memory.source", tooltip="Go to the message it comes from"),
        Binding("t", "trash", "Trash", id="memory.trash", tooltip="Show the trash, or leave it"),
        Binding(
            "P", "purge", "Purge", id="memory.purge", tooltip="Remove for good, after typing its number", show=False
        ),
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
        super().__init__()
        self._runtime = runtime
        self._start = text
        self._select = select
        self._trash = False
        self._listing = Listing((), 0, 0, 0)

    def compose_body(self) -> ComposeResult:
        hint = "words, or kind:fact  state:retired  pinned:yes"
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
        store = self._runtime.memories
        try:
            wanted = parse_filter(self.query_one(Input).value, TRASH if self._trash else ACTIVE)
        except InvalidInput as error:
            self.query_one(ErrorLine).show(error)
            return
        in_thread(
            self,
            lambda: Listing(store.list(wanted), store.count(wanted), store.count(ACTIVE), store.count(TRASH)),
            self._loaded,
            group="list",
            latest=True,
        )

    def _loaded(self, listing: Listing) -> None:
        self._listing = listing
        clock = self._runtime.clock
        table = self.query_one(MemoryTable)
        table.fill(listing.memories, clock.now(), clock.zone)
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
        part = f"the first {shown:,} of {listing.matching:,}" if shown < listing.matching else ""
        if self._trash:
            self.head("Trash", count(listing.retired, "memory", "memories"), part, "R restores", "P purges for good")
        else:
            trash = f"{listing.retired:,} in the trash" if listing.retired else ""
            self.head("Memory", count(listing.active, "memory", "memories"), part, trash)
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

    # -- changing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the memory under the cursor."""
        if action in ("edit", "pin", "mute", "retire", "restore", "source", "purge"):
            memory = self._chosen
            if memory is None:
                return False
            if action in ("retire", "restore"):
                return (memory.status is Status.RETIRED) == (action == "restore") or (
                    memory.status is Status.SUPERSEDED
                )
        return True

    def action_add(self) -> None:
        """Write a memory by hand."""
        runtime = self._runtime

        def save(text: str, kind: Kind) -> Memory:
            new = NewMemory(text=text, kind=kind, said_at=runtime.clock.now())
            return runtime.memories.add(new, reason="written by hand")

        self.app.push_screen(MemoryForm("Remember", save), self._changed_to("added"))

    def action_edit(self) -> None:
        """Change the text or the kind."""
        memory = self._chosen
        if memory is not None:
            form = edit_form(self._runtime, memory)
            self.app.push_screen(form, self._changed_to("edited"))

    def action_pin(self) -> None:
        """Pin or unpin."""
        memory = self._chosen
        if memory is not None:
            verb = "unpinned" if memory.pinned else "pinned"
            self._act(lambda: self._runtime.memories.pin(memory.id, not memory.pinned), verb)

    def action_mute(self) -> None:
        """Keep a memory without bringing it up, or bring it up again."""
        memory = self._chosen
        if memory is not None:
            verb = "unmuted" if memory.muted else "muted"
            self._act(lambda: self._runtime.memories.mute(memory.id, not memory.muted), verb)

    def action_retire(self) -> None:
        """Put the memory into the trash."""
        memory = self._chosen
        if memory is not None:
            self._act(lambda: self._runtime.memories.retire(memory.id), "retired")

    def action_restore(self) -> None:
        """Take the memory out of the trash, or bring a replaced one back."""
        memory = self._chosen
        if memory is not None:
            self._act(lambda: self._runtime.memories.restore(memory.id), "restored")

    def _act(self, act: Callable[[], Memory], verb: str) -> None:
        in_thread(self, act, self._changed_to(verb))

    def _changed_to(self, verb: str) -> Callable[[Memory | None], None]:
        def told(memory: Memory | None) -> None:
            if memory is not None:
                self._toast(f"{verb} {memory.short_id} {quoted(memory.text)} · u undo")
                self._load()

        return told

    def action_undo(self) -> None:
        """Take the last change of any memory back."""
        in_thread(self, self._runtime.memories.undo, self._undone)

    def action_redo(self) -> None:
        """Do again what was undone."""
        in_thread(self, self._runtime.memories.redo, self._redone)

    def _undone(self, act: ChangeSet) -> None:
        self._toast(f"undone: {describe_act(act)} · ctrl+y redo")
        self._load()

    def _redone(self, act: ChangeSet) -> None:
        self._toast(f"redone: {describe_act(act)} · u undo")
        self._load()

    def _toast(self, text: str) -> None:
        self.app.notify(text, markup=False)

    # -- for good

    def action_purge(self) -> None:
        """Remove the memory for good, once its number is typed."""
        memory = self._chosen
        if memory is None:
            return
        body = (
            f"{quoted(memory.text, limit=300)}\n\n"
            "This removes its text, its history, its quotes and its vectors. It cannot be undone. "
            "What you said in the conversation stays there."
        )
        dialog = Confirm(f"Purge {memory.short_id} for good?", body, typed=memory.short_id)
        self.app.push_screen(dialog, lambda sure: self._purge(memory) if sure else None)

    def _purge(self, memory: Memory) -> None:
        database, clock = self._runtime.database, self._runtime.clock
        in_thread(self, lambda: purge_memory(database, memory.id, clock), self._purged)

    def _purged(self, receipt: Receipt) -> None:
        self._load()
        self.app.push_screen(Notice(f"{receipt.memory} is gone", receipt_text(receipt)))


def edit_form(runtime: "Runtime", memory: Memory) -> MemoryForm:
    """The form that changes a memory, refusing if somebody else changed it meanwhile."""

    def save(text: str, kind: Kind) -> Memory:
        values = {"text": text, "kind": kind}
        act = runtime.memories.apply(
            [Update(memory=memory.id, values=values, base=memory.revision)], actor="you", reason="edit"
        )
        return act.revisions[0].after or replace(memory, text=text, kind=kind)

    return MemoryForm(f"Edit {memory.short_id}", save, memory.text, memory.kind)


def receipt_text(receipt: Receipt) -> Content:
    """What a purge removed, and where the same words still are."""
    nouns = {what: "memory" if what == "memories" else what.removesuffix("s") for what in receipt.removed}
    removed = [count(number, nouns[what], what) for what, number in receipt.removed.items() if number]
    text = "Removed: " + ", ".join(removed) + "."
    if receipt.also_said_in:
        text += f"\n\nYou said it in {', '.join(receipt.also_said_in)}; the conversation keeps your words."
    return Content(f"{text}\n\nFingerprint {receipt.fingerprint[:16]} keeps it from being learnt again.")
