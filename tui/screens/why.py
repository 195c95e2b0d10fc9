"""Why this answer: what was found for it, what of that it was given, and what it cited.

Three states that are never mixed up: the answer names it, it was in the prompt, or it was merely found. What a model
made of something it was given and did not cite is not known, and the screen says so.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from memory.errors import NotFound
from memory.store import ConversationStore
from memory.store.feedback import FeedbackStore
from memory.text import one_line
from memory.types import ChangeSet, Conversation, Memory, Message, RecallRecord, RecallState, Status
from tui.screens.base import FrameScreen, in_thread
from tui.screens.lists import SafeList
from tui.screens.marks import Marks, marks
from tui.screens.memory_acts import edit_form
from tui.screens.memory_detail import Quote, Writer, load_quotes, percent
from tui.screens.place import Place, Without
from tui.screens.prose import describe_act, muted, plain, quoted
from tui.screens.times import ago, minute

if TYPE_CHECKING:
    from assistant.runtime import Runtime

MOST_SHOWN = 4_000
"""Characters of a message that are shown here; the source has the rest."""

STATES: tuple[RecallState, ...] = ("cited", "given", "found")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One hit with what it is today: a memory or a message, or neither if it is gone."""

    record: RecallRecord
    memory: Memory | None = None
    message: Message | None = None
    conversation: Conversation | None = None
    aside: bool = False
    """Whether the user said that it does not bear on the question."""
    quotes: tuple[Quote, ...] = ()

    @property
    def text(self) -> str:
        if self.memory is not None:
            return self.memory.text
        return self.message.content if self.message is not None else "no longer there"

    @property
    def source(self) -> Message | None:
        """The message it comes from, or is."""
        return self.message or next((quote.message for quote in self.quotes if quote.message), None)


def load_rows(runtime: "Runtime", store: ConversationStore, message: Message) -> tuple[Row, ...]:
    """What became of each hit of an answer, best first."""
    aside = _feedback(runtime).of_question(message.parent_id) if message.parent_id else frozenset()
    rows = (_row(runtime, record) for record in store.recall_of(message.id))
    return tuple(replace(row, aside=row.record.hit_id in aside) for row in rows)


def _feedback(runtime: "Runtime") -> FeedbackStore:
    return FeedbackStore(runtime.database, runtime.clock)


def _row(runtime: "Runtime", record: RecallRecord) -> Row:
    try:
        if record.hit_id.startswith("m"):
            memory = runtime.memories.get(record.hit_id)
            return Row(record=record, memory=memory, quotes=load_quotes(runtime, memory))
        message = runtime.conversations.message(record.hit_id)
        return Row(record=record, message=message, conversation=runtime.conversations.get(message.conversation_id))
    except NotFound:
        return Row(record=record)


def verdict(rows: Sequence[Row]) -> str:
    """In a sentence, what is known about the part that memory had in the answer."""
    counted = Counter(row.record.state for row in rows)
    if not rows:
        return "Nothing was found in memory for this answer, so it was given nothing."
    if counted["cited"]:
        return ""
    if counted["given"]:
        return "Not cited: the answer names none of these. What it made of those it was given is not known."
    return "Nothing was given: what was found was not close enough, or did not fit."


class WhyList(SafeList):
    """The hits, best first. Letters are commands here."""

    BINDINGS = [Binding("enter", "screen.read", "Read", id="why.read")]


class WhyScreen(FrameScreen[Place | Without | None]):
    """Dismissed with the message that a hit comes from, with what to answer again without, or None.

    `store` is where the answer itself is kept; a temporary chat has one of its own.
    """

    TITLE = "Why this answer"

    BINDINGS = [
        Binding("escape", "back", "Back", id="why.back"),
        Binding("s", "source", "Source", id="why.source"),
        Binding("e", "edit", "Edit", id="why.edit"),
        Binding("d", "retire", "Retire", id="why.retire"),
        Binding("n", "without", "Ask without", id="why.without", tooltip="Answer again without this"),
        Binding(
            "i", "irrelevant", "Not relevant", id="why.irrelevant", tooltip="It does not bear on this, or does again"
        ),
        Binding("u", "undo", "Undo", id="why.undo"),
    ]
    AUTO_FOCUS = "WhyList"

    DEFAULT_CSS = """
    WhyScreen {
        #legend { height: auto; padding: 0 2; color: $foreground-muted; }
        #body { height: 1fr; margin: 1 1 0 1; }
        WhyList {
            border: none; padding: 0; background: $background; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            &:focus { border: none; background-tint: $foreground 0%; }
        }
        #detail { padding: 0 1 0 2; scrollbar-size-vertical: 1; }
        #detail Static { height: auto; }
        &.-wide {
            #body { layout: horizontal; }
            WhyList { width: 1fr; height: 1fr; }
            #detail { width: 46; height: 1fr; margin: 0 0 0 1; border-left: solid $panel; }
            #detail:focus { border-left: solid $primary; }
        }
        &.-narrow {
            WhyList { width: 1fr; height: auto; max-height: 45%; }
            #detail { width: 1fr; height: 1fr; border-top: solid $panel; padding: 0 1; }
            #detail:focus { border-top: solid $primary; }
        }
        &.-short {
            #legend { padding: 0 1; }
            #body { margin: 0; }
        }
        &.-bare { WhyList, #detail { display: none; } }
    }
    """

    def __init__(self, runtime: "Runtime", message: Message, store: ConversationStore | None = None) -> None:
        super().__init__()
        self._runtime = runtime
        self._message = message
        self._store = store or runtime.conversations
        self._rows: tuple[Row, ...] = ()

    def compose_body(self) -> ComposeResult:
        yield Static(id="legend", markup=False)
        yield Static(classes="empty", markup=False)
        with Container(id="body"):
            yield WhyList(markup=False)
            with VerticalScroll(id="detail"):
                yield Static()

    def on_mount(self) -> None:
        """Read what was kept about the answer."""
        self._load()

    @property
    def _marks(self) -> Marks:
        return marks(self._runtime.settings.screen.ascii)

    def _load(self) -> None:
        in_thread(self, lambda: load_rows(self._runtime, self._store, self._message), self._loaded, latest=True)

    def _loaded(self, rows: tuple[Row, ...]) -> None:
        self._rows = rows
        signs = self._marks
        counted = Counter(row.record.state for row in rows)
        said = [f"{signs.of(state)} {counted[state]} {state}" for state in STATES if counted[state]]
        self.head("Why this answer", "   ".join(said))
        told = verdict(rows)
        legend = f"{signs.cited} the answer names it   {signs.given} it was given   {signs.found} only found, not given"
        self.query_one("#legend", Static).update(Content(told or legend) if rows else Content(""))
        self.say_empty("" if rows else told)
        self.set_class(not rows, "-bare")
        chooser = self.query_one(WhyList)
        place = chooser.highlighted or 0
        chooser.set_options(Option(self._line(row), id=row.record.hit_id) for row in rows)
        chooser.highlighted = min(place, len(rows) - 1) if rows else None
        self._show()

    def _line(self, row: Row) -> Content:
        record = row.record
        style = "bold" if record.state == "cited" else ""
        state = Content.styled(f"{self._marks.of(record.state)} {record.state:<6}", style)
        faint = row.aside or record.state == "found"
        text = plain(one_line(row.text, 200)).stylize("$foreground-muted" if faint else "")
        if row.aside:
            text = muted("not relevant: ") + text
        return state + muted(f" {record.hit_id:<6} {percent(record.score):>5}  ") + text

    @on(OptionList.OptionHighlighted)
    def _show(self) -> None:
        self.refresh_bindings()
        row = self._chosen
        if row is not None:
            self.query_one("#detail Static", Static).update(self._page(row))
            self.query_one("#detail").scroll_home(animate=False)

    @property
    def _chosen(self) -> Row | None:
        place = self.query_one(WhyList).highlighted
        return self._rows[place] if place is not None and place < len(self._rows) else None

    # -- the page on one hit

    def _page(self, row: Row) -> Content:
        clock = self._runtime.clock
        writer = Writer(now=clock.now(), zone=clock.zone, marks=self._marks)
        aside = [plain("You said that it does not bear on this question."), Content("")] if row.aside else []
        return Content("\n").join([*self._what(row, writer), *aside, *_found_by(row.record)])

    def _what(self, row: Row, writer: Writer) -> list[Content]:
        if row.memory is not None:
            return self._memory(row, row.memory, writer)
        if row.message is not None:
            who = "you" if row.message.role == "user" else row.message.role
            title = quoted(row.conversation.title if row.conversation else "", self._marks)
            when = minute(row.message.said_at, writer.now, writer.zone)
            head = Content.styled(row.message.short_id, "bold $primary") + muted(
                "  " + f" {self._marks.dot} ".join((who, when, title))
            )
            return [head, plain(row.message.content[:MOST_SHOWN]), Content("")]
        return [muted(f"{row.record.hit_id} is no longer there: it was purged, or its making was undone."), Content("")]

    def _memory(self, row: Row, memory: Memory, writer: Writer) -> list[Content]:
        lines = [writer.title(memory), plain(memory.text).stylize("bold")]
        if memory.updated_at > self._message.said_at:
            when = ago(memory.updated_at, writer.now, writer.zone)
            lines.append(muted(f"changed since this answer ({when}); this is what it says now"))
        lines.append(Content(""))
        for quote in row.quotes:
            lines.extend(writer.quote(quote))
        if not row.quotes:
            lines.append(muted("nothing is quoted for it"))
        return [*lines, Content("")]

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the hit under the cursor."""
        if action in ("edit", "retire", "source", "without", "irrelevant"):
            row = self._chosen
            if row is None:
                return False
            if action == "source":
                return row.source is not None
            if action == "irrelevant" and self._store is not self._runtime.conversations:
                return False
            if action in ("without", "irrelevant"):
                return row.memory is not None or row.message is not None
            return row.memory is not None and (action == "edit" or row.memory.status is not Status.RETIRED)
        return True

    def action_read(self) -> None:
        """To the page on the hit, to scroll in it."""
        self.query_one("#detail").focus()

    def action_back(self) -> None:
        """From the page to the list, or close."""
        chooser = self.query_one(WhyList)
        if self.query_one("#detail").has_focus and chooser.display:
            chooser.focus()
        else:
            self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_read()

    def action_source(self) -> None:
        """Close, and go to the message that the hit is, or was drawn from."""
        source = self._chosen.source if self._chosen else None
        if source is not None:
            self.dismiss(Place(source.conversation_id, source.id))

    def action_without(self) -> None:
        """Close, and answer again without the hit under the cursor."""
        if self._chosen is not None:
            self.dismiss(Without(self._chosen.record.hit_id))

    def action_irrelevant(self) -> None:
        """Say that the hit under the cursor does not bear on the question, or take that back."""
        row = self._chosen
        if row is not None and self._message.parent_id:
            asked, hit = self._message.parent_id, row.record.hit_id

            def act() -> bool:
                return _feedback(self._runtime).toggle(self._store.message(asked), hit)

            in_thread(self, act, lambda aside: self._set_aside(hit, aside))

    def _set_aside(self, hit: str, aside: bool) -> None:
        what = "no longer comes up for this question, and less for the like of it" if aside else "comes up again"
        self.app.notify(f"{hit} {what} · i {'undo' if aside else 'not relevant'}", markup=False)
        self._load()

    def action_edit(self) -> None:
        """Change the memory under the cursor."""
        memory = self._chosen.memory if self._chosen else None
        if memory is not None:
            self.app.push_screen(edit_form(self._runtime, memory), lambda changed: self._changed("edited", changed))

    def action_retire(self) -> None:
        """Put the memory under the cursor into the trash."""
        memory = self._chosen.memory if self._chosen else None
        if memory is not None:
            in_thread(
                self,
                lambda: self._runtime.memories.retire(memory.id),
                lambda changed: self._changed("retired", changed),
            )

    def _changed(self, verb: str, memory: Memory | None) -> None:
        if memory is not None:
            self.app.notify(f"{verb} {memory.short_id} {quoted(memory.text)} · u undo", markup=False)
            self._load()

    def action_undo(self) -> None:
        """Take the last change of any memory back."""
        in_thread(self, self._runtime.memories.undo, self._undone)

    def _undone(self, act: ChangeSet) -> None:
        self.app.notify(f"undone: {describe_act(act)}", markup=False)
        self._load()


def _found_by(record: RecallRecord) -> list[Content]:
    lines = [Content.styled("Found by", "bold $text-primary")]
    lines.extend(
        Content(f"{channel.channel}: {_place(channel.rank)}") + muted(f"  (score {channel.score:.2f})")
        for channel in record.channels
    )
    lines.append(muted(f"together: {_place(record.rank)}, {percent(record.score)}"))
    lines.extend(plain(one_line(reason, 200)) for reason in record.reasons)
    return lines


def _place(rank: int) -> str:
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"
