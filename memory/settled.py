"""Messages that memories stand for: what sleep made of them is told in their place, and what was overtaken says so.

A message all of whose words went into memories has nothing to add to them. It gives way to those that count; where
none does any more, what took their place comes in its stead, and the message is history: still found, further down.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.schema import MemoryRow, SourceRow
from memory.types import Hit, Message, Status

COVERED = 0.6
"""The share of a message's letters that quotes must cover, so that memories stand for all of it."""
OVERTAKEN_FACTOR = 0.5
"""What the score of an overtaken message is multiplied by."""
SHORTEST = 400
"""Longer messages are read as they are: no memory stands for a whole page."""

MOST_STEPS = 8
"""From one value to the next that took its place."""

LoadMemories = Callable[[dict[int, Hit]], dict[int, Hit]]
"""From numbers of memories, with the message's hit that each stands for, their own hits; those that do not count,
or are not there yet at that time, are left out."""


@dataclass(frozen=True, slots=True)
class _Citing:
    """A memory that cites a message."""

    number: int
    status: str
    superseded_by: str | None
    muted: bool
    start: int
    end: int

    @property
    def counting(self) -> int:
        """Its number, if it may be told; else 0."""
        return self.number if self.status == Status.ACTIVE and not self.muted else 0


def settle(session: Session, hits: Sequence[Hit], load: LoadMemories) -> list[Hit]:
    """The hits with each message that memories stand for replaced by them, or marked as overtaken."""
    messages = {h.message.id: h.message for h in hits if h.message is not None and _may_settle(h.message)}
    citing = _citing(session, list(messages)) if messages else {}
    standing = {i: found for i, found in citing.items() if _covered(messages[i], found)}
    if not standing:
        return list(hits)
    successors = _successors(session, {c.superseded_by for found in standing.values() for c in found})
    wanted: dict[int, Hit] = {}
    for hit in hits:
        for memory in standing.get(hit.message.id, ()) if hit.message is not None else ():
            number = memory.counting or successors.get(memory.superseded_by or "", 0)
            if number and (number not in wanted or wanted[number].score < hit.score):
                wanted[number] = hit
    return _joined(hits, standing, load(wanted) if wanted else {}, successors)


def _may_settle(message: Message) -> bool:
    return message.role == "user" and len(message.content) <= SHORTEST


def _citing(session: Session, messages: list[str]) -> dict[str, list[_Citing]]:
    query = (
        select(SourceRow.message_id, SourceRow.start, SourceRow.end, MemoryRow.number, MemoryRow.status,
               MemoryRow.superseded_by, MemoryRow.muted)
        .join(MemoryRow, MemoryRow.id == SourceRow.memory_id)
        .where(SourceRow.message_id.in_(messages))
    )  # fmt: skip
    found: dict[str, list[_Citing]] = {}
    for message, start, end, number, status, by, muted in session.execute(query):
        found.setdefault(message, []).append(_Citing(number, status, by, muted, start, end))
    return found


def _covered(message: Message, citing: Sequence[_Citing]) -> bool:
    """Whether the quotes leave next to nothing of a message."""
    told = {at for c in citing for at in range(c.start, c.end)}
    letters = [at for at, sign in enumerate(message.content) if sign.isalnum()]
    return bool(letters) and sum(at in told for at in letters) >= COVERED * len(letters)


def _successors(session: Session, ids: set[str | None]) -> dict[str, int]:
    """The numbers of what holds now in the place of memories that gave way to these, by id."""
    steps = {memory_id: memory_id for memory_id in ids if memory_id}
    found: dict[str, int] = {}
    for _ in range(MOST_STEPS):
        query = select(MemoryRow.id, MemoryRow.number, MemoryRow.status, MemoryRow.superseded_by)
        rows = {row.id: row for row in session.execute(query.where(MemoryRow.id.in_(set(steps.values()))))}
        now = {first: rows[at] for first, at in steps.items() if at in rows}
        found |= {first: row.number for first, row in now.items() if row.status == Status.ACTIVE}
        steps = {first: row.superseded_by for first, row in now.items() if first not in found and row.superseded_by}
        if not steps:
            break
    return found


def _joined(
    hits: Sequence[Hit], standing: dict[str, list[_Citing]], loaded: dict[int, Hit], successors: dict[str, int]
) -> list[Hit]:
    """The best of a memory and the messages that it stands for, at the place of the better one."""
    best: dict[str, Hit] = {}
    by_number = dict(loaded)
    for hit in hits:
        if hit.memory is not None and (n := hit.memory.number) in loaded and loaded[n].score < hit.score:
            by_number[n] = hit
    for hit in hits:
        citing = standing.get(hit.message.id, []) if hit.message is not None else []
        counting = [by_number[c.counting] for c in citing if c.counting in by_number]
        after = [by_number[n] for c in citing if (n := successors.get(c.superseded_by or "", 0)) in by_number]
        for memory in counting or after:
            _raise(best, memory)
        if counting:
            continue
        if citing and all(c.status in (Status.SUPERSEDED, Status.RETIRED) for c in citing):
            reason = f"overtaken by {after[0].id}" if after else "no longer so"
            hit = replace(hit, score=hit.score * OVERTAKEN_FACTOR, reasons=(*hit.reasons, reason), overtaken=True)
        _raise(best, hit)
    return sorted(best.values(), key=lambda h: -h.score)


def _raise(best: dict[str, Hit], hit: Hit) -> None:
    if hit.id not in best or best[hit.id].score < hit.score:
        best[hit.id] = hit
