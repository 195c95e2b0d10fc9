"""Grading: 1 right, 0 silent, -1 wrong, for each item, on what the chat would be given and on memories alone.

Raw messages are always among what is retrieved, so a damaged memory seldom costs an answer; it makes a wrong one
possible. Memories are therefore graded by themselves, too, and becoming wrong is worse than staying silent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from memory.fulltext import words_of
from memory.nights import ExamItem, ItemKind
from memory.text import normalise
from memory.types import Hit, Memory
from sleep.guard import differences, numbers
from sleep.home import Taker

RIGHT, SILENT, WRONG = 1, 0, -1


@dataclass(frozen=True, kw_only=True)
class Grade:
    """How one item went. `blame` names the memories that made it wrong, `by` those that made it right."""

    given: int
    alone: int
    """On memories alone."""
    blame: tuple[str, ...] = ()
    detail: str = ""
    by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """All grades of one sitting, by item id."""

    items: tuple[ExamItem, ...]
    grades: dict[str, Grade] = field(default_factory=dict)
    given: dict[str, tuple[Hit, ...]] = field(default_factory=dict)
    """What the chat would be given."""

    def classes(self) -> dict[str, dict[str, int]]:
        """Right, silent and wrong answers of each class."""
        table: dict[str, dict[str, int]] = {}
        for item in self.items:
            grade = self.grades[item.id]
            for name, mark in ((str(item.kind), grade.given), (f"{item.kind}, memories alone", grade.alone)):
                row = table.setdefault(name, {"right": 0, "silent": 0, "wrong": 0})
                row[{RIGHT: "right", SILENT: "silent", WRONG: "wrong"}[mark]] += 1
        return table

    def keeping(self, kind: ItemKind, other: "Sitting") -> "Sitting":
        """This sitting, with the grades of one kind as they were in another."""
        kept = {item.id: other.grades[item.id] for item in self.items if item.kind is kind}
        return replace(self, grades={**self.grades, **kept})


@dataclass(frozen=True, kw_only=True)
class Worse:
    """An item that a change made worse."""

    item: ExamItem
    before: Grade
    after: Grade

    @property
    def blame(self) -> tuple[str, ...]:
        """The memories that a change has spoilt: those that are wrong now, or those that were right before."""
        return self.after.blame or self.before.by

    @property
    def line(self) -> str:
        names = {RIGHT: "right", SILENT: "not answered", WRONG: "wrong"}
        pair = (self.before.alone, self.after.alone)
        if self.after.given < self.before.given:
            pair = (self.before.given, self.after.given)
        detail = f" ({self.after.detail})" if self.after.detail else ""
        return f'{self.item.kind}: "{self.item.question}" was {names[pair[0]]}, would be {names[pair[1]]}{detail}'


def compare(before: Sitting, after: Sitting) -> tuple[Worse, ...]:
    """The items of classes that fell, or in which something became wrong; empty: no class is worse."""
    first, then = before.classes(), after.classes()
    fallen = {
        name for name, row in first.items() if then[name]["right"] < row["right"] or then[name]["wrong"] > row["wrong"]
    }
    return tuple(
        Worse(item=item, before=old, after=new)
        for item in before.items
        if (old := before.grades[item.id]) and (new := after.grades[item.id])
        and ((new.given < old.given and str(item.kind) in fallen)
             or (new.alone < old.alone and f"{item.kind}, memories alone" in fallen))
    )  # fmt: skip


def grade(item: ExamItem, hits: Sequence[Hit], taker: Taker) -> Grade:
    """One item, on the hits of its question."""
    if item.kind is ItemKind.NEVER:
        return _grade_never(item, hits, taker)
    memories = [hit.memory for hit in hits if hit.memory is not None]
    alone, blame, detail, by = _grade_memories(item, memories)
    given = taker.given(item.question, hits)
    said = any(hit.message is not None and hit.message.id in item.evidence for hit in given)
    among, _, _, _ = _grade_memories(item, [hit.memory for hit in given if hit.memory is not None])
    return Grade(given=RIGHT if said and among != WRONG else among, alone=alone, blame=blame, detail=detail, by=by)


def _grade_never(item: ExamItem, hits: Sequence[Hit], taker: Taker) -> Grade:
    """Right where nothing is taken for an answer, but what the user said in these very words: a message or a faithful
    memory that is mistaken for an answer is no damage that a night has done."""
    memories = [hit for hit in hits if hit.memory is not None]
    given, alone = (_made_up(taker.answers(item.question, some)) for some in (hits, memories))
    blame = tuple(dict.fromkeys(hit.memory.id for hit in (*given, *alone) if hit.memory is not None))
    return Grade(given=WRONG if given else RIGHT, alone=WRONG if alone else RIGHT, blame=blame)


def _made_up(hits: Sequence[Hit]) -> list[Hit]:
    """The memories whose telling words are not nearly all in their quotes."""
    found = []
    for hit in hits:
        if hit.memory is None:
            continue
        quotes = " ".join(source.quote for source in hit.memory.sources)
        told, said = ({word[:4] for word in words_of(text)} for text in (hit.text, quotes))
        if len(told & said) < 0.6 * len(told):
            found.append(hit)
    return found


def _grade_memories(item: ExamItem, memories: Iterable[Memory]) -> tuple[int, tuple[str, ...], str, tuple[str, ...]]:
    """The mark, who is to blame for a wrong one, why, and whose merit a right one is."""
    right: list[str] = []
    wrong: list[str] = []
    detail = ""
    for memory in memories:
        mark, why = _grade_memory(item, memory)
        if mark == RIGHT:
            right.append(memory.id)
        if mark == WRONG:
            wrong.append(memory.id)
            detail = detail or f"{memory.text} ({why})"
    if wrong:
        return WRONG, tuple(wrong), detail, tuple(right)
    return (RIGHT if right else SILENT), (), "", tuple(right)


def _grade_memory(item: ExamItem, memory: Memory) -> tuple[int, str]:
    """What one memory makes of an item."""
    cites = any(source.message_id in item.evidence for source in memory.sources)
    if item.kind is ItemKind.DATE:
        return _grade_date(item, memory) if cites else (SILENT, "")
    if item.kind is ItemKind.UNCHANGED:
        return _grade_unchanged(item, memory, cites=cites)
    same_slot = item.slot is not None and (memory.subject, memory.slot) == (item.subject, item.slot)
    if _says(memory, item.value) and (same_slot or cites):
        return RIGHT, ""
    if item.kind is ItemKind.LATEST and same_slot and any(_says(memory, v) for v in item.older):
        return WRONG, f"{item.value} was said later"
    if cites and item.slot is None and item.value is None:
        return RIGHT, ""
    return SILENT, ""


def _grade_date(item: ExamItem, memory: Memory) -> tuple[int, str]:
    if memory.event_from is None or memory.subject != item.subject:
        return SILENT, ""
    if memory.event_from.isoformat() == item.value:
        return RIGHT, ""
    # Another event of the same message has a date of its own.
    return (WRONG, "another date") if len(memory.sources) == 1 and _close(memory, item) else (SILENT, "")


def _close(memory: Memory, item: ExamItem) -> bool:
    """Whether the memory is about the item's event: nearly all its words are in the question."""
    asked, told = set(normalise(item.question).split()), set(normalise(memory.text).split())
    return len(told & asked) >= 0.6 * len(told)


def _grade_unchanged(item: ExamItem, memory: Memory, *, cites: bool) -> tuple[int, str]:
    if memory.id == item.memory or (cites and (memory.subject, memory.slot) == (item.subject, item.slot)):
        if _says(memory, item.value):
            return RIGHT, ""
        found = differences(memory.text, item.value or "")
        if memory.id == item.memory and item.slot is None and found:
            return WRONG, "; ".join(found)
    return SILENT, ""


def _says(memory: Memory, value: str | None) -> bool:
    """Whether a memory states the value: as its own, or in its text."""
    if value is None:
        return False
    wanted = normalise(value)
    if memory.value is not None and normalise(memory.value) == wanted:
        return True
    text = normalise(memory.text)
    return wanted in text and not (numbers(value) - numbers(memory.text))
