"""Everything a home holds that is not derived, as records in a fixed order. Vectors, passages and indexes are not."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from memory.schema import (
    ConversationRow,
    MemoryRow,
    MessageRow,
    MetaRow,
    RevisionRow,
    SourceRow,
)
from memory.transfer.records import NUMBERED, VERSION, Record, table_of, to_record

DERIVED_META = ("index_",)
"""Prefixes of stored values that belong to what is derived."""

_CHUNK = 500
_SEQUENCES = text("SELECT name, seq FROM sqlite_sequence")
_KINDS = {"c": "conversation", "t": "message", "m": "memory"}


def manifest(session: Session, format: str) -> Record:
    """What stands at the head of an export: its layout, the last numbers given, and the single stored values."""
    sequences: dict[str, int] = {name: last for name, last in session.execute(_SEQUENCES)}
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
    if name == "ledger":
        return (("call", {**r, "ids": _named(session, r)}) for r in _rows(session, "call"))
    return (("tombstone", r) for r in _rows(session, "tombstone", "fingerprint"))


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
    table: Table = table_of("revision")
    query = select(table).where(RevisionRow.changeset == changeset).order_by(table.c.number)
    return [to_record("revision", dict(row)) for row in session.connection().execute(query).mappings()]


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
