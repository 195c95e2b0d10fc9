"""Everything a home holds that is not derived, as records in a fixed order. Vectors, passages and indexes are not."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from memory.dialects import dialect_of
from memory.schema import (
    ConversationRow,
    MemoryRow,
    MessageRow,
    MetaRow,
    RevisionRow,
    SourceRow,
)
from memory.schema_nights import ChangeRow, ExamResultRow
from memory.transfer.records import NUMBERED, VERSION, Record, table_of, to_record

DERIVED_META = ("index_",)
"""Prefixes of stored values that belong to what is derived."""

_CHUNK = 500
_KINDS = {"c": "conversation", "t": "message", "m": "memory"}


def manifest(session: Session, format: str) -> Record:
    """What stands at the head of an export: its layout, the last numbers given, and the single stored values."""
    sequences = dialect_of(session).last_numbers(session)
    stored = session.execute(select(MetaRow.key, MetaRow.value).order_by(MetaRow.key))
    return {
        "reverie_export": {"version": VERSION, "format": format},
        "sequences": {name: sequences[name] for name in NUMBERED if sequences.get(name)},
        "meta": {key: value for key, value in stored if not key.startswith(DERIVED_META)},
    }


def count(session: Session, table: type[ConversationRow | MessageRow | MemoryRow]) -> int:
    """Rows of a table."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def conversations(session: Session) -> Iterator[Record]:
    """Conversations by number."""
    yield from _rows(session, "conversation")


def messages(session: Session, conversation_id: str) -> Iterator[Record]:
    """The messages of a conversation by number, which puts every message after its parent."""
    table = table_of("message")
    query = select(table).where(table.c.conversation_id == conversation_id).order_by(table.c.number)
    for row in session.connection().execute(query).yield_per(_CHUNK).mappings():
        yield to_record("message", dict(row))


def section(session: Session, name: str) -> Iterator[tuple[str, Record]]:
    """The records, with their kind, of one of records.SECTIONS."""
    if name == "memories":
        return (("memory", {**r, "sources": _sources(session, r["id"])}) for r in _rows(session, "memory"))
    if name == "history":
        return (("change", {**r, "revisions": _revisions(session, r["number"])}) for r in _rows(session, "change"))
    if name == "recall":
        return (("recall", {**r, "hit": _hit(session, r)}) for r in _rows(session, "recall", "message_id", "rank"))
    if name == "feedback":
        order = ("question_id", "hit_type", "hit_number")
        return (("feedback", {**r, "hit": _hit(session, r)}) for r in _rows(session, "feedback", *order))
    if name == "ledger":
        return (("call", {**r, "ids": _named(session, r)}) for r in _rows(session, "call"))
    if name == "nights":
        return _nights(session)
    return (("tombstone", r) for r in _rows(session, "tombstone", "fingerprint"))


def _nights(session: Session) -> Iterator[tuple[str, Record]]:
    """Nights with what they changed, and what sleep derives beside memories."""
    for night in _rows(session, "night"):
        yield "night", {**night, "steps": _steps(session, night["number"])}
    for kind in ("summary", "line", "dream", "preference"):
        for record in _rows(session, kind):
            yield kind, record
    for item in _rows(session, "exam"):
        yield "exam", {**item, "results": _results(session, item["number"])}
    for record in _rows(session, "waiting", "message"):
        yield "waiting", record


def _of(session: Session, kind: str, condition: ColumnElement[bool], order: str) -> list[Record]:
    """The rows that belong to another one, in their order."""
    table = table_of(kind)
    query = select(table).where(condition).order_by(table.c[order])
    return [to_record(kind, dict(row)) for row in session.connection().execute(query).mappings()]


def _steps(session: Session, run: int) -> list[Record]:
    rows = _of(session, "step", ChangeRow.run == run, "position")
    return [{name: value for name, value in row.items() if name not in ("number", "run")} for row in rows]


def _results(session: Session, item: int) -> list[Record]:
    query = select(ExamResultRow).where(ExamResultRow.item == item).order_by(ExamResultRow.run)
    return [{"run": r.run, "before": r.before, "after": r.after, "detail": r.detail} for r in session.scalars(query)]


def _rows(session: Session, kind: str, *order: str) -> Iterator[Record]:
    table = table_of(kind)
    query = select(table).order_by(*(table.c[name] for name in order or ("number",)))
    for row in session.connection().execute(query).yield_per(_CHUNK).mappings():
        yield to_record(kind, dict(row))


def _sources(session: Session, memory_id: str) -> list[Record]:
    query = select(SourceRow).where(SourceRow.memory_id == memory_id).order_by(SourceRow.number)
    return [
        {"message_id": s.message_id, "quote": s.quote, "start": s.start, "end": s.end} for s in session.scalars(query)
    ]


def _revisions(session: Session, changeset: int) -> list[Record]:
    return _of(session, "revision", RevisionRow.changeset == changeset, "number")


def _hit(session: Session, recall: Record) -> str | None:
    """The ULID behind a number, since numbers may change where the export is read."""
    return _ulid(session, "m" if recall["hit_type"] == "memory" else "t", recall["hit_number"])


def _named(session: Session, call: Record) -> dict[str, str]:
    """The ULIDs behind the short ids in a row of the ledger."""
    found = {short: _of_short_id(session, short) for short in [*call["sent"], call["conversation"]]}
    return {short: ulid for short, ulid in found.items() if ulid is not None}


def _of_short_id(session: Session, short: Any) -> str | None:
    if not isinstance(short, str) or not short[1:].isdecimal() or len(short) > 13:
        return None
    return _ulid(session, short[0], int(short[1:]))


def _ulid(session: Session, letter: str, number: int) -> str | None:
    if letter not in _KINDS:
        return None
    table = table_of(_KINDS[letter])
    return session.scalar(select(table.c.id).where(table.c.number == number))
