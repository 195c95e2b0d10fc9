"""What became of all memories, change by change; and what was known, or true, on another day."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content

from memory.store.insight import Insight
from memory.text import counted, one_line
from memory.types import ChangeSet, Memory, Revision
from tui.screens.browse import BrowseScreen, Row, act
from tui.screens.dialogs import Prompt
from tui.screens.moments import parse_moment
from tui.screens.place import Goal, Reference
from tui.screens.prose import describe_act, muted, plain, word_diff
from tui.screens.times import ago, day, minute

if TYPE_CHECKING:
    from assistant.runtime import Runtime

MOST_SHOWN = 1_000


class HistoryScreen(BrowseScreen[Revision, Goal | None]):
    """Dismissed with the memory to show, or None."""

    TITLE = "History"

    BINDINGS = [
        Binding("u", "undo", "Undo", id="history.undo", tooltip="Take the last change of any memory back"),
        Binding("ctrl+y", "redo", "Redo", id="history.redo", tooltip="Do again what was undone"),
        Binding("s", "source", "Memory", id="history.source", tooltip="Show the memory among the others"),
    ]

    def __init__(self, runtime: "Runtime", memory: str = "") -> None:
        super().__init__(runtime)
        self._memory = memory

    def read(self) -> Sequence[Revision]:
        if self._memory:
            return self._runtime.memories.history(self._memory, limit=MOST_SHOWN)
        return Insight(self._runtime.database).revisions(MOST_SHOWN)

    def rows(self, found: Sequence[Revision]) -> Sequence[Row[Revision]]:
        self.head(f"History of {self._memory or 'all memories'}", counted(len(found), "change"))
        self.say_empty("" if found else "Nothing was ever changed here.")
        return [Row(key=f"v{r.number}", line=self._line(r), item=r) for r in found]

    def _line(self, revision: Revision) -> Content:
        when = ago(revision.at, self.writer.now, self.writer.zone)
        return muted(f"{when:<13}{one_line(revision.actor, 10):<11}m{revision.memory_number:<6}") + self._change(
            revision
        )

    def _change(self, revision: Revision) -> Content:
        before, after = revision.before, revision.after
        if before is not None and after is not None and before.text != after.text:
            return word_diff(one_line(before.text, 200), one_line(after.text, 200), self.marks)
        memory = after or before
        if memory is None:
            return muted("nothing")
        sign = self.marks.added if before is None else self.marks.removed if after is None else "~"
        return Content(f"{sign} ") + plain(one_line(memory.text, 200)) + muted(f"  {one_line(revision.reason, 40)}")

    def page(self, item: Revision) -> Content:
        when = minute(item.at, self.writer.now, self.writer.zone)
        lines = [
            Content.styled(f"m{item.memory_number}", "bold $primary")
            + muted(f"  {when}, by {one_line(item.actor, 30)}"),
            self._change(item),
            plain(item.reason),
        ]
        for word, state in (("before", item.before), ("after", item.after)):
            said = plain(state.text) + muted(f"  {state.status}") if state is not None else muted("not there")
            lines.append(muted(f"{word:<8}") + said)
        return Content("\n").join(lines)

    def action_undo(self) -> None:
        """Take the last change of any memory back."""
        act(self, self._runtime.memories.undo, _undone)

    def action_redo(self) -> None:
        """Do again what was undone."""
        act(self, self._runtime.memories.redo, lambda done: f"redone: {describe_act(done)}")

    def action_source(self) -> None:
        """Close, and show the memory among the others."""
        if self.chosen is not None:
            self.dismiss(Reference(f"m{self.chosen.memory_number}"))


def _undone(done: ChangeSet) -> str:
    return f"undone: {describe_act(done)} · ctrl+y redo"


class TimeScreen(BrowseScreen[Memory, Goal | None]):
    """The memories as of another day, in two senses: what was known then, and what (as is known today) was so then."""

    TITLE = "As of another day"

    BINDINGS = [
        Binding("v", "other", "Known/true then", id="time.other", tooltip="What was known then, or what was so then"),
        Binding("T", "day", "Another day", id="time.day"),
        Binding("s", "source", "Memory", id="time.source", tooltip="Show the memory as it is now"),
    ]

    def __init__(self, runtime: "Runtime", moment: datetime) -> None:
        super().__init__(runtime)
        self._moment = moment
        self._true = False

    def read(self) -> Sequence[Memory]:
        insight = Insight(self._runtime.database)
        return insight.true_at(self._moment) if self._true else insight.known_at(self._moment)

    def rows(self, found: Sequence[Memory]) -> Sequence[Row[Memory]]:
        when = day(self._moment, self.writer.now, self.writer.zone)
        sense = "what was so then, as is known today" if self._true else "what was known then, in its words of then"
        self.head(f"As of {when}", counted(len(found), "memory", "memories"), sense)
        empty = f"Nothing that is known was so on {when}." if self._true else f"Nothing was remembered yet on {when}."
        self.say_empty("" if found else f"{empty}  T takes another day, v the other sense.")
        return [Row(key=m.id, line=self._line(m), item=m) for m in found]

    def _line(self, memory: Memory) -> Content:
        return muted(f"{memory.short_id:<6}{memory.kind.value:<13}") + plain(one_line(memory.text, 300))

    def page(self, item: Memory) -> Content:
        writer = self.writer
        lines = [writer.title(item), plain(item.text).stylize("bold"), Content("")]
        for word, at in (("said", item.said_at), ("so from", item.valid_from), ("so until", item.valid_to)):
            if at is not None:
                lines.append(muted(f"{word} {day(at, writer.now, writer.zone)}"))
        lines += [
            plain(f"{writer.marks.quote[0]}{s.quote}{writer.marks.quote[1]}").stylize("italic") for s in item.sources
        ]
        return Content("\n").join(lines)

    def action_other(self) -> None:
        """The other sense of that day."""
        self._true = not self._true
        self.load()

    def action_day(self) -> None:
        """Ask for another day."""
        ask_day(self, self._runtime, self._go)

    def _go(self, moment: datetime) -> None:
        self._moment = moment
        self.load()

    def action_source(self) -> None:
        """Close, and show the memory as it is now."""
        if self.chosen is not None:
            self.dismiss(Reference(self.chosen.short_id))


def ask_day(screen: object, runtime: "Runtime", then: object) -> None:
    """Ask for a day, and hand its end to `then`."""
    from textual.screen import Screen

    assert isinstance(screen, Screen) and callable(then)
    clock = runtime.clock
    found: list[datetime] = []

    def save(text: str) -> None:
        found.append(parse_moment(text, clock.now(), clock.zone))

    dialog = Prompt("As of which day?", "", save, "3 May, 3 May 2025, 2025-05-03, yesterday, 30d (days ago)")
    screen.app.push_screen(dialog, lambda text: then(found[-1]) if text is not None and found else None)
