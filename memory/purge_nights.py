"""What a purge takes out of the tables of sleep: everything that says the memory, or was made from it."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from memory.nights import Level
from memory.schema_nights import ChangeRow, DreamRow, ExamItemRow, ProfileLineRow, RunRow, SummaryRow

PURGED = "[purged]"

Row = TypeVar("Row", SummaryRow, ProfileLineRow, DreamRow, ExamItemRow)


def purge_from_nights(session: Session, memory_id: str, texts: set[str], messages: Sequence[str]) -> dict[str, int]:
    """Remove a memory, known by all wordings it ever had, from what nights keep.

    `messages` are the ids of those it was drawn from, and their short ids. Returns the number of rows by what they are.
    """
    said = Said(texts)
    return {
        "night changes": _steps(session, memory_id, said),
        "profile lines": _remove(
            session, ProfileLineRow, lambda line: memory_id in line.memories or said.by(line.text)
        ),
        "dreams": _remove(session, DreamRow, lambda dream: memory_id in dream.memories or said.by(dream.text)),
        "summaries": _summaries(session, set(messages), said),
        "exam questions": _remove(session, ExamItemRow, lambda item: _asks_for(item, memory_id, set(messages), said)),
    }


def purge_messages(session: Session, conversation: str, messages: set[str]) -> dict[str, int]:
    """Remove from what nights keep everything that was made of messages which go, known by their ids and short ids."""
    nothing = Said(())
    removed = _remove(session, SummaryRow, lambda s: s.level == Level.CONVERSATION and s.period == conversation)
    for row in session.scalars(select(ChangeRow)):
        row.before, row.after = without_quotes(row.before, messages), without_quotes(row.after, messages)
    return {
        "summaries": removed + _summaries(session, messages, nothing),
        "exam questions": _remove(session, ExamItemRow, lambda item: bool(messages & set(item.evidence))),
    }


def without_quotes(state: dict[str, Any] | None, messages: set[str]) -> dict[str, Any] | None:
    """The stored state of a memory without the quotes of some messages; anything else as it is."""
    sources = (state or {}).get("sources")
    if not sources or not all(isinstance(source, dict) for source in sources):
        return state
    kept = [source for source in sources if source.get("message_id") not in messages]
    return state if len(kept) == len(sources) else {**(state or {}), "sources": kept}


class Said:
    """Whether a text says what was purged, in any of its wordings."""

    def __init__(self, texts: Iterable[str]) -> None:
        words = sorted((text.strip().rstrip(".") for text in texts if text.strip(". ")), key=len, reverse=True)
        self._texts = words
        self._pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None

    def by(self, text: str) -> bool:
        return bool(self._pattern and self._pattern.search(text))

    def by_beginning(self, line: str) -> bool:
        """Whether a line, which may be the shortened beginning of what was purged, says it."""
        start = line.rstrip("….").strip().lower()
        return self.by(line) or (
            bool(start) and any(" ".join(text.split()).lower().startswith(start) for text in self._texts)
        )

    def without(self, value: Any) -> Any:
        """A JSON value with the purged words replaced."""
        if isinstance(value, str):
            return self._pattern.sub(PURGED, value) if self._pattern else value
        if isinstance(value, list):
            return [self.without(item) for item in value]
        if isinstance(value, dict):
            return {name: self.without(item) for name, item in value.items()}
        return value


def _steps(session: Session, memory_id: str, said: Said) -> int:
    """The changes of the memory; and its words in the reasons and reports of others."""
    removed = session.execute(delete(ChangeRow).where(ChangeRow.target == "memory", ChangeRow.target_id == memory_id))
    derived = [row for row in session.scalars(select(ChangeRow)) if _mentions(row, memory_id, said)]
    for row in derived:
        session.delete(row)
    for row in session.scalars(select(ChangeRow)):
        row.reason, row.note = said.without(row.reason), said.without(row.note)
    for run in session.scalars(select(RunRow)):
        run.report = said.without(run.report)
    session.flush()
    return int(getattr(removed, "rowcount", 0)) + len(derived)


def _mentions(step: ChangeRow, memory_id: str, said: Said) -> bool:
    """Whether a change of something else carries the memory: a line or dream that cites it, words that say it."""
    states = [state for state in (step.before, step.after) if state]
    return any(memory_id in (state.get("memories") or ()) or said.by(str(state.get("text"))) for state in states)


def _remove(session: Session, kind: type[Row], goes: Any) -> int:
    gone = [row for row in session.scalars(select(kind)) if goes(row)]
    for row in gone:
        session.delete(row)
    session.flush()
    return len(gone)


def _asks_for(item: ExamItemRow, memory_id: str, messages: set[str], said: Said) -> bool:
    return item.expected.get("memory") == memory_id or bool(messages & set(item.evidence)) or said.by(item.question)


def _summaries(session: Session, messages: set[str], said: Said) -> int:
    """Those of conversations that cite its messages, and from there those above."""
    gone = 0
    sources = set(messages)
    for level in (Level.CONVERSATION, Level.DAY, Level.WEEK, Level.MONTH):
        for row in session.scalars(select(SummaryRow).where(SummaryRow.level == level)).all():
            if sources & set(row.sources) or said.by(row.text):
                sources.add(row.period)
                session.delete(row)
                gone += 1
    session.flush()
    return gone
