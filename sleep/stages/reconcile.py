"""reconcile: a slot that holds one value at a time keeps the value that was said last; the others become history.

Only the same subject and the same functional slot supersede, in the order in which things were said: an old chat that
is imported never overrules what was said after it. "No longer" closes without a new value. What the user wrote or
pinned is not overruled by a weaker source, and what only may be a conflict is not decided: both become questions.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from memory.extraction import is_functional
from memory.nights import Change, ChangeKind
from memory.types import Kind, Memory, Status, Trust
from sleep.conflicts import doubtful
from sleep.endings import PARTNERS, contrary, ended_value, ends, said, spoken, value_of
from sleep.stages.base import Tools
from sleep.view import View

NAME = "reconcile"
STRENGTH = {Trust.DREAM: 0, Trust.INFERRED: 1, Trust.IMPORTED: 2, Trust.USER: 3}
_BACK = re.compile(r"\bback in\b", re.IGNORECASE)


def plan(view: View, tools: Tools) -> Iterable[Change]:
    """Close what was overtaken or ended: the slots that this night touches, then what else it contradicts."""
    new = sorted(view.new_memories(), key=spoken)
    slots = {(m.subject, slot) for m in new if (slot := (m.slot or "").removeprefix("former_")) and is_functional(slot)}
    closed: set[str] = set()
    for subject, slot in sorted(slots):
        changes = list(_settle(view, subject, slot))
        closed |= _closed(changes)
        yield from changes
    asked: set[frozenset[str]] = set()
    for memory in new:
        changes = list(_confront(view, memory, closed, asked))
        closed |= _closed(changes)
        yield from changes
    if tools.model is not None:
        yield from (_question(*pair) for pair in doubtful(tools.model, view, new, closed, asked))


def _closed(changes: Iterable[Change]) -> set[str]:
    return {c.key[1] for c in changes if c.kind is not ChangeKind.ASK}


# -- slots with one value


def _settle(view: View, subject: str, slot: str) -> Iterator[Change]:
    """Close each value of a slot at the next one, or where it was said to have ended."""
    history = _own(view.history(subject, slot))
    endings = [*view.in_slot(subject, f"former_{slot}"), *(m for m in history if ended_value(m) is not None)]
    values = [m for m in history if ended_value(m) is None]
    for memory in values:
        if memory.status is Status.ACTIVE:
            yield from _overtake(memory, _later(memory, values), [e for e in endings if ends(e, memory)], history)
    for ending in endings:
        back = next((m for m in values if m.status is Status.ACTIVE and ends(m, ending)), None)
        if ending.status is Status.ACTIVE and back is not None and not _outranked(ending, back):
            yield _close(ending, back, ChangeKind.CLOSE)


def _own(history: Sequence[Memory]) -> list[Memory]:
    """Without those that were merged into another of the same value."""
    values = {m.id: value_of(m) for m in history}
    own = [m for m in history if m.superseded_by is None or values.get(m.superseded_by) != value_of(m)]
    return sorted(own, key=spoken)


def _later(memory: Memory, values: Sequence[Memory]) -> list[Memory]:
    """What was said after a memory, gives the slot another value, and is not about an earlier time."""
    return [
        m
        for m in values
        if spoken(m) > spoken(memory)
        and value_of(m) != value_of(memory)
        and not (m.valid_to is not None and m.status is Status.ACTIVE and m.valid_to <= said(memory))
    ]


def _overtake(
    memory: Memory, later: Sequence[Memory], endings: Sequence[Memory], history: Sequence[Memory]
) -> Iterator[Change]:
    """Close a memory at the first statement that may close it; ask where only weaker ones would."""
    candidates = sorted((*later, *endings), key=spoken)
    for other in candidates:
        if not _outranked(memory, other) and not _visiting(other, history):
            yield _close(memory, other, ChangeKind.CLOSE if other in endings else ChangeKind.SUPERSEDE)
            return
    for other in candidates[-1:]:
        if 0 in (memory.number, other.number):
            yield _question(memory, other)


def _outranked(older: Memory, later: Memory) -> bool:
    """Whether the older statement is the user's own word against a weaker source."""
    return older.pinned or STRENGTH[older.trust] > STRENGTH[later.trust]


def _visiting(memory: Memory, history: Sequence[Memory]) -> bool:
    """Whether "I'm back in Oslo" may be about a journey: nobody lived there before."""
    known = {value_of(m) for m in history if m.id != memory.id and spoken(m) < spoken(memory)}
    return bool(_BACK.search(memory.text)) and memory.confidence < 0.7 and value_of(memory) not in known


# -- everything else coexists, unless one says that the other has ended


def _confront(view: View, memory: Memory, closed: set[str], asked: set[frozenset[str]]) -> Iterator[Change]:
    """What a new statement ends, what has ended it already, and what it hardly goes together with.

    Pairs that become a question are added to `asked`: two new statements meet each other twice.
    """
    for other in _facing(view, memory):
        if closed & {memory.id, other.id} or memory.status is not Status.ACTIVE:
            continue
        first, last = sorted((memory, other), key=spoken)
        over = _other_than_slot(first, last) and ends(last, first)
        if over and not _outranked(first, last):
            yield _close(first, last, ChangeKind.CLOSE)
            closed.add(first.id)
        elif (over or contrary(first, last)) and (pair := frozenset((first.id, last.id))) not in asked:
            asked.add(pair)
            yield _question(first, last)


def _facing(view: View, memory: Memory) -> list[Memory]:
    """The active memories that a statement may contradict: those with its value; what is close to a rejection."""
    if memory.value is None:
        return []
    if memory.slot == "relationship_status":
        return sorted((m for slot in PARTNERS for m in view.in_slot(memory.subject, slot)), key=spoken)
    if (slot := memory.slot or "") and memory.kind not in (Kind.REJECTION, Kind.PREFERENCE):
        twin = slot.removeprefix("former_") if slot.startswith("former_") else f"former_{slot}"
        return [] if is_functional(slot) else view.in_slot(memory.subject, twin, memory.value)
    found = {m.id: m for m, _ in view.neighbours(memory)} if memory.kind is Kind.REJECTION else {}
    values = (memory.value, " to ".join(reversed(memory.value.split(" to "))))
    for slot in ("likes", "dislikes", "avoids", "uses"):
        found |= {m.id: m for value in values for m in view.in_slot(memory.subject, slot, value)}
    if memory.slot == "avoids":
        found |= {m.id: m for m in view.in_slot(memory.subject, "diet")}
    found.pop(memory.id, None)
    return sorted(found.values(), key=spoken)


def _other_than_slot(one: Memory, other: Memory) -> bool:
    """Whether the pair is not of one functional slot: that is settled by then."""
    slots = {(m.slot or "").removeprefix("former_") for m in (one, other)}
    return len(slots) > 1 or not is_functional(next(iter(slots)) or "-")


# -- changes


def _close(older: Memory, later: Memory, kind: ChangeKind) -> Change:
    closed = replace(
        older, status=Status.SUPERSEDED, superseded_by=later.id, valid_to=older.valid_to or _until(older, later)
    )
    return Change(
        stage=NAME,
        kind=kind,
        before=older,
        after=closed,
        reason=f"later you said: {later.text}",
        confidence=min(older.confidence, later.confidence),
    )


def _until(older: Memory, later: Memory) -> datetime:
    """When the older statement ceased to hold: as the later one began, and not before it was said itself."""
    began = later.valid_from or said(later)
    return max(began, older.valid_from) if older.valid_from else began


def _question(older: Memory, later: Memory) -> Change:
    return Change(
        stage=NAME,
        kind=ChangeKind.ASK,
        before=older,
        after=older,
        reason=f'Is "{older.text}" still so? Later you said: "{later.text}"',
        confidence=0.5,
        safe=False,
    )
