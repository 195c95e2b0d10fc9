"""One night, change by change: what it did and why, and any of it taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content

from memory.nights import Change, Run
from memory.text import counted
from memory.types import Memory, Message
from tui.screens.browse import BrowseScreen, Row, act
from tui.screens.changes import Sources, change_page, headline, read_sources
from tui.screens.dialogs import Confirm
from tui.screens.nights import STATUS
from tui.screens.place import Goal, Place, Reference
from tui.screens.prose import muted

if TYPE_CHECKING:
    from assistant.runtime import Runtime

DECISIONS = {"applied": "  ", "declined": "x ", "dropped": "! ", "skipped": "? ", "planned": "  "}


@dataclass(frozen=True)
class Found:
    """A night with its changes, as they are stored now."""

    run: Run
    changes: tuple[Change, ...]
    sources: Sources


@dataclass(frozen=True)
class Step:
    """One change, and its place in the night."""

    position: int
    change: Change


class NightScreen(BrowseScreen[Step, Goal | None]):
    """Dismissed with where to go, or None."""

    TITLE = "A night"

    BINDINGS = [
        Binding("u", "undo_one", "Undo change", id="night.undo_one", tooltip="Take this change back, and only this"),
        Binding("U", "undo_all", "Undo night", id="night.undo", tooltip="Take the whole night back"),
        Binding("s", "source", "Source", id="night.source", tooltip="Go to the message it comes from"),
        Binding("m", "memory", "Memory", id="night.memory", tooltip="Show the memory among the others"),
    ]

    def __init__(self, runtime: "Runtime", run: Run) -> None:
        super().__init__(runtime)
        self._run = run
        self._sources: Sources | None = None

    def read(self) -> Found:
        from memory.store.nights import NightStore

        store = NightStore(self._runtime.database)
        run = store.get(self._run.short_id)
        changes = store.changes(run)
        return Found(run, changes, read_sources(self._runtime, changes))

    def rows(self, found: Found) -> Sequence[Row[Step]]:
        self._run, self._sources = found.run, found.sources
        applied = sum(change.decision == "applied" for change in found.changes)
        status = STATUS.get(found.run.status, found.run.status)
        self.head(
            f"Night {found.run.short_id}", status, f"{applied} of {counted(len(found.changes), 'change')} applied"
        )
        self.say_empty("" if found.changes else "This night changed nothing.")
        rows: list[Row[Step]] = []
        stages = dict.fromkeys(change.stage for change in found.changes)
        for stage in stages:
            rows.append(Row(key=f"h:{stage}", line=muted(stage)))
            for position, change in enumerate(found.changes):
                if change.stage == stage:
                    rows.append(self._row(position, change, found.sources))
        return rows

    def _row(self, position: int, change: Change, sources: Sources) -> Row[Step]:
        line = Content.styled(DECISIONS[change.decision], "bold") + headline(change, sources.names, self.marks)
        if change.decision not in ("applied", "planned"):
            line = line.stylize("$foreground-muted") + muted(f"  {change.decision}: {change.note}")
        return Row(key=f"s{position}", line=line, item=Step(position, change))

    def page(self, item: Step) -> Content:
        assert self._sources is not None
        return change_page((item.change,), self._sources, self.writer)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the change under the cursor."""
        step = self.chosen if self.is_mounted else None
        if action == "undo_one":
            return self._run.status == "applied" and step is not None and step.change.decision == "applied"
        if action == "undo_all":
            return self._run.status == "applied"
        if action in ("source", "memory"):
            return step is not None and isinstance(step.change.payload, Memory)
        return True

    def action_undo_one(self) -> None:
        """Take the change under the cursor back, with what rests on it."""
        from assistant.nights import undo_change

        step, run = self.chosen, self._run
        if step is None:
            return

        def said(done: object) -> str:
            restored = getattr(done, "restored", 0)
            rest = f" ({restored} in all: what rests on it goes with it)" if restored > 1 else ""
            return f"taken back: {step.change.payload.text}{rest}"

        act(self, lambda: undo_change(self._runtime, run, [step.position]), said)

    def action_undo_all(self) -> None:
        """Take the whole night back, after a yes."""
        from tui.sleeping.beside import take_back

        name = self._run.short_id
        body = "Memories, summaries, your page and dreams return to what they were. What you changed since stays."
        self.app.push_screen(
            Confirm(f"Take {name} back?", body),
            lambda sure: act(self, lambda: take_back(self._runtime, name), lambda said: said) if sure else None,
        )

    def action_memory(self) -> None:
        """Close, and show the memory among the others."""
        name = self._sources.names.own(self.chosen.change) if self._sources and self.chosen else ""
        if name:
            self.dismiss(Reference(name))
        else:
            self.toast("That memory is not there (any more).")

    def action_source(self) -> None:
        """Close, and go to the message that the change rests on."""
        message = self._source()
        if message is None:
            self.toast("Its message is not there any more.")
        else:
            self.dismiss(Place(message.conversation_id, message.id))

    def _source(self) -> Message | None:
        step = self.chosen
        if step is None or self._sources is None or not isinstance(step.change.payload, Memory):
            return None
        found = (self._sources.messages.get(s.message_id) for s in step.change.payload.sources)
        return next((message for message in found if message is not None), None)
