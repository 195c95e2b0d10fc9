"""What a purge takes out of the tables of sleep: everything that says it, or was made from it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.nights import Level
from memory.purge_words import PURGED, Said
from memory.schema import MemoryRow
from memory.schema_nights import (
    ChangeRow,
    DreamRow,
    ExamItemRow,
    ExamResultRow,
    ProfileLineRow,
    RunRow,
    SummaryRow,
    WaitingRow,
)
from memory.store.nights import UNFINISHED

_TURN = re.compile(r"\bt\d+\b")

Row = TypeVar("Row", SummaryRow, ProfileLineRow, DreamRow, ExamItemRow)


@dataclass(frozen=True, kw_only=True)
class Gone:
    """What goes: ids, what it is called, and its words."""

    memories: frozenset[str]
    """Ids."""
    messages: frozenset[str]
    """Ids and short ids."""
    conversations: frozenset[str]
    """Ids of those that go whole, or lose messages."""
    cited: frozenset[str]
    """Ids and short ids of the messages that the memories were drawn from; they may stay."""
    said: Said


def purge_from_nights(session: Session, gone: Gone, now: datetime) -> dict[str, int]:
    """Remove it from what nights keep, and end the night that is under way: it would bring back what it read before.

    Returns the number of rows by what they are.
    """
    said = gone.said
    summaries, sources = _summaries(session, gone)
    removed = {
        "profile lines": _remove(
            session, ProfileLineRow, lambda line: gone.memories & set(line.memories) or said.by(line.text)
        ),
        "dreams": _remove(session, DreamRow, lambda dream: _dreamt_of(dream, gone)),
        "summaries": len(summaries),
        "exam questions": _remove(session, ExamItemRow, lambda item: _asks_for(item, gone)),
        "night changes": _steps(session, gone, summaries, sources),
    }
    _wording(session, said, now)
    return removed


def without_quotes(state: dict[str, Any] | None, messages: Iterable[str]) -> dict[str, Any] | None:
    """The stored state of a memory without the quotes of some messages; anything else as it is."""
    sources = (state or {}).get("sources")
    if not sources or not all(isinstance(source, dict) for source in sources):
        return state
    names = frozenset(messages)
    kept = [source for source in sources if source.get("message_id") not in names]
    return state if len(kept) == len(sources) else {**(state or {}), "sources": kept}


def _steps(session: Session, gone: Gone, summaries: set[str], sources: set[str]) -> int:
    """The changes of what goes; and its words in the reasons of others. A night under way plans anew."""
    overtaken = set(session.scalars(select(RunRow.number).where(RunRow.status.in_(UNFINISHED))))
    left = set(session.scalars(select(MemoryRow.id)))
    removed = 0
    for step in session.scalars(select(ChangeRow)).all():
        if step.run in overtaken or _goes(step, gone, summaries, sources, left):
            session.delete(step)
            removed += step.run not in overtaken
            continue
        step.before = gone.said.without(without_quotes(step.before, gone.messages))
        step.after = gone.said.without(without_quotes(step.after, gone.messages))
        step.reason, step.note = _told(step.reason, gone), _told(step.note, gone)
    session.flush()
    return removed


def _goes(step: ChangeRow, gone: Gone, summaries: set[str], sources: set[str], left: set[str]) -> bool:
    states = [state for state in (step.before, step.after) if state]
    if step.target == "memory":
        stays = step.target_id in left and step.target_id not in gone.memories
        return not stays and (
            step.target_id in gone.memories or any(rests_on(s, gone) or gone.said.anywhere(s) for s in states)
        )
    return step.target_id in summaries or any(
        gone.memories & set(s.get("memories") or ())
        or sources & set(s.get("sources") or ())
        or s.get("period") in gone.conversations
        or gone.said.anywhere(s)
        for s in states
    )


def rests_on(state: dict[str, Any], gone: Gone) -> bool:
    """Whether every quote of a memory that was never made is from what goes."""
    sources = state.get("sources") or ()
    return bool(sources) and all(source.get("message_id") in gone.messages for source in sources)


def _told(line: str, gone: Gone) -> str:
    """A reason or a note, which may quote what goes."""
    if gone.messages and not gone.messages.isdisjoint(_TURN.findall(line)):
        return PURGED
    return str(gone.said.without(line))


def _wording(session: Session, said: Said, now: datetime) -> None:
    """Its words in what nights report."""
    for run in session.scalars(select(RunRow)):
        if run.status in UNFINISHED:
            run.status, run.stage, run.ended_at = "refused", "", now
        if said.anywhere(run.report):
            run.report = said.without(run.report)
    for result in session.scalars(select(ExamResultRow).where(ExamResultRow.detail != "")):
        if said.by(result.detail):
            result.detail = said.without(result.detail)
    for waiting in session.scalars(select(WaitingRow)):
        waiting.reason = said.without(waiting.reason)
    session.flush()


def _remove(session: Session, kind: type[Row], goes: Callable[[Any], object]) -> int:
    found = [row for row in session.scalars(select(kind)) if goes(row)]
    for row in found:
        session.delete(row)
    session.flush()
    return len(found)


def _dreamt_of(dream: DreamRow, gone: Gone) -> bool:
    named = gone.memories & set(dream.memories) or dream.kept_as in gone.memories
    return bool(named) or gone.said.by(dream.text) or gone.said.by(dream.question) or gone.said.by(dream.motive)


def _asks_for(item: ExamItemRow, gone: Gone) -> bool:
    drawn = gone.messages | gone.cited
    return (
        item.expected.get("memory") in gone.memories
        or not drawn.isdisjoint(item.evidence)
        or gone.said.by(item.question)
        or gone.said.anywhere(item.expected)
    )


def _summaries(session: Session, gone: Gone) -> tuple[set[str], set[str]]:
    """Remove those that cite what goes, and from there those above: their ids, and all that must not be cited."""
    removed: set[str] = set()
    sources = {*gone.messages, *gone.cited}
    for level in (Level.CONVERSATION, Level.DAY, Level.WEEK, Level.MONTH):
        for row in session.scalars(select(SummaryRow).where(SummaryRow.level == level)).all():
            of_it = level == Level.CONVERSATION and row.period in gone.conversations
            if of_it or sources & set(row.sources) or gone.said.by(row.text):
                sources.add(row.period)
                removed.add(row.id)
                session.delete(row)
    session.flush()
    return removed, sources
