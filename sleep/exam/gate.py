"""The gate: what of a plan passes the exam. A stage that makes a class worse loses the changes to blame, then all."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from memory.nights import Change, ExamItem, ItemKind
from memory.types import Memory
from sleep.errors import ModelFailed
from sleep.events import Event, Examined, Note
from sleep.exam.answers import answered, answered_after, asked_of, spoilt
from sleep.exam.faithful import faults
from sleep.exam.grade import Sitting, compare
from sleep.exam.sit import Examiner
from sleep.home import Model
from sleep.registry import Stage
from sleep.view import View

MOST_ROUNDS = 3
"""How often the changes to blame are dropped before a whole stage is: what was behind them may show only then."""


class Gate:
    """Examines one night's plan, stage by stage. The first sitting is before any of them."""

    def __init__(
        self, examiner: Examiner, stages: Sequence[Stage], model: Model | None, tell: Callable[[Event], None]
    ) -> None:
        self._examiner = examiner
        self._stages = stages
        self._model = model
        self._tell = tell
        self.before = examiner.sit()
        tell(Examined(when="before", classes=self.before.classes()))

    def examine(self, view: View, changes: tuple[Change, ...]) -> "tuple[tuple[Change, ...], Exam]":
        """Drop what fails, stage by stage: the changes that are left, and how the exam went."""
        changes, notes = self._drop_faults(view, changes)
        last = self.before
        for stage in self._stages:
            if not stage.examined or not any(c.stage == stage.name and c.decision == "planned" for c in changes):
                continue
            for attempt in (*["the changes to blame"] * MOST_ROUNDS, "the whole stage"):
                sitting = self._examiner.sit(_until(changes, stage.name, self._stages))
                if not stage.settled:
                    sitting = sitting.keeping(ItemKind.LATEST, last)
                worse = compare(last, sitting)
                if not worse:
                    break
                blamed = {m for w in worse for m in w.blame} if attempt == "the changes to blame" else set()
                changes = _without(changes, stage.name, blamed, worse[0].line)
                notes.append(f"{stage.name}: {attempt} dropped; {worse[0].line}")
                self._tell(Note(text=notes[-1]))
            if worse and stage.settled:
                changes = _without_slots(changes, {(w.item.subject, w.item.slot) for w in worse}, worse[0].line)
                sitting = self._examiner.sit(_until(changes, stage.name, self._stages))
                worse = compare(last, sitting)
            last = sitting if not worse else last
        changes, last, answers = self._ask_model(last, changes, notes)
        self._tell(Examined(when="after", classes=last.classes()))
        return changes, Exam(self.before, last, tuple(notes), answers)

    def _ask_model(
        self, last: Sitting, changes: tuple[Change, ...], notes: list[str]
    ) -> "tuple[tuple[Change, ...], Sitting, dict[str, dict[str, int]]]":
        """A model's own answers: what spoils one is dropped. A model that fails to answer is no reason to."""
        items = asked_of(self.before.items)
        if self._model is None or not items:
            return changes, last, {}
        try:
            first = answered(self._model, items, self.before.given)
            after = answered_after(self._model, items, self.before.given, last.given, first)
        except ModelFailed as failure:
            self._tell(Note(text=f"The exam of the model's own answers was not taken: {failure.message}"))
            return changes, last, {}
        table = {"before": first.counts(), "after": after.counts()}
        for item in (i for i in items if i.id in spoilt(first, after)):
            hits = (*self.before.given[item.id], *last.given[item.id])
            blamed = {hit.memory.id for hit in hits if hit.memory is not None}
            line = f'the model answered "{item.question}" right before, and not after'
            for stage in self._stages:
                changes = _without(changes, stage.name, blamed or {"-"}, line)
            notes.append(line)
            self._tell(Note(text=line))
        return changes, self._examiner.sit(changes) if spoilt(first, after) else last, table

    def _drop_faults(self, view: View, changes: tuple[Change, ...]) -> tuple[tuple[Change, ...], list[str]]:
        """Changes that say what their sources do not never get as far as the exam."""
        notes: list[str] = []
        while found := faults(view, changes):
            for position, why in found:
                change = changes[position]
                notes.append(f"{change.stage}: dropped, {why}: {text_of(change)}")
                self._tell(Note(text=notes[-1]))
            positions = dict(found)
            changes = tuple(
                replace(c, decision="dropped", note=positions[i]) if i in positions else c
                for i, c in enumerate(changes)
            )
            changes = closure(changes)
        return changes, notes


@dataclass(frozen=True, slots=True)
class Exam:
    """How the exam went, and what was dropped for it."""

    before: Sitting
    after: Sitting
    notes: tuple[str, ...]
    answers: dict[str, dict[str, int]]
    """A model's own answers, before and after; empty without one."""

    def results(self) -> list[tuple[ExamItem, int, int | None, str]]:
        """Each item with its marks on memories alone, before and after."""
        marks = [(item, self.before.grades[item.id], self.after.grades[item.id]) for item in self.after.items]
        return [(item, b.alone, a.alone, a.detail) for item, b, a in marks]


def text_of(change: Change) -> str:
    return change.payload.text


def _until(changes: Sequence[Change], stage: str, stages: Sequence[Stage]) -> list[Change]:
    """The changes of all stages up to this one."""
    names = [s.name for s in stages]
    return [c for c in changes if names.index(c.stage) <= names.index(stage)]


def _without(changes: tuple[Change, ...], stage: str, blamed: set[str], why: str) -> tuple[Change, ...]:
    """Without a stage's changes to the blamed memories (to all, if none is blamed), and without what leans on them."""
    left = []
    for change in changes:
        to_blame = change.stage == stage and change.decision == "planned" and (not blamed or _touches(change, blamed))
        left.append(replace(change, decision="dropped", note=why) if to_blame else change)
    return closure(tuple(left))


def _without_slots(changes: tuple[Change, ...], slots: set[tuple[str, str | None]], why: str) -> tuple[Change, ...]:
    """Without new memories in slots that hold one value and could not be settled: the old ones stay alone."""

    def unsettled(change: Change) -> bool:
        after = change.after
        new = change.decision == "planned" and change.before is None
        return new and isinstance(after, Memory) and after.slot is not None and (after.subject, after.slot) in slots

    return closure(tuple(replace(c, decision="dropped", note=why) if unsettled(c) else c for c in changes))


def _touches(change: Change, memories: set[str]) -> bool:
    after = change.after
    return change.key[1] in memories or (isinstance(after, Memory) and after.superseded_by in memories)


def closure(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """What changes, or points at, a memory that is not made after all is dropped, too."""
    made = {c.key[1] for c in changes if c.decision == "planned" and c.before is None}
    left = [c for c in changes if c.decision in ("dropped", "declined")]
    gone = {c.key[1] for c in left if c.before is None} - made
    as_it_was = {c.key[1] for c in left if c.target == "memory"}

    def leans(change: Change) -> bool:
        """A line or a dream was made from memories as they would have become."""
        derived = change.target in ("line", "dream") and as_it_was & set(getattr(change.payload, "memories", ()))
        return change.decision == "planned" and (bool(derived) or any(i in gone for i in _leans_on(change)))

    return tuple(replace(c, decision="dropped", note="rests on what is left out") if leans(c) else c for c in changes)


def _leans_on(change: Change) -> Iterator[str]:
    after = change.after
    if change.target == "memory" and change.before is not None:
        yield change.key[1]
        if isinstance(after, Memory) and after.superseded_by:
            yield after.superseded_by
    yield from getattr(after, "memories", ())
