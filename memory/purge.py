"""Purge: the one act that cannot be undone.

Takes a memory out of every table it reached (revisions, sources, recall records, full text, passages, vectors, nights
and what they derived) and leaves a tombstone, a hash that blocks extracting the same statement again. The messages it
was drawn from are the user's own words and stay; the receipt names them.
"""

from dataclasses import replace

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.database import Database
from memory.passages import remove_passages
from memory.purge_nights import purge_from_nights
from memory.purge_weights import purge_from_adapters, remove_files
from memory.schema import (
    ChangeSetRow,
    EmbeddingRow,
    MemoryRow,
    MessageRow,
    PassageRow,
    RecallRow,
    RevisionRow,
    SourceRow,
    TombstoneRow,
)
from memory.store.feedback import forget_feedback
from memory.store.memories import memory_row
from memory.text import fingerprint
from memory.types import Receipt

FULL_TEXT_TABLES = ("memory_words", "memory_trigrams")


def purge_memory(database: Database, reference: str, clock: Clock, *, reason: str = "") -> Receipt:
    """Remove a memory for good. Raises NotFound or InvalidInput.

    SQLite overwrites deleted rows (`secure_delete`); full-text tables and the file itself are compacted afterwards,
    since both keep deleted words in pages that are merely free.
    """
    with database.write() as session:
        row = memory_row(session, reference)
        receipt = _receipt(session, row)
        texts = _every_text(session, row)
        removed = purge_from_nights(session, row.id, texts, _drawn_from(session, row))
        tainted, items = purge_from_adapters(session, row.id, texts)
        removed |= {"adapters, to be trained anew without it": len(tainted), "rehearsed items": items}
        removed |= {"relevance marks": forget_feedback(session, "memory", [row.number])}
        receipt = replace(receipt, removed=receipt.removed | {what: n for what, n in removed.items() if n})
        for statement in texts:
            slot = f"{row.subject}:{row.slot}" if row.slot else None
            session.merge(
                TombstoneRow(fingerprint=fingerprint(statement), slot_key=slot, reason=reason, at=clock.now())
            )
        _remove(session, row)
        for table in FULL_TEXT_TABLES:
            session.execute(text(f"INSERT INTO {table}({table}) VALUES ('optimize')"))
    database.compact()
    remove_files(database.path.parent, tainted)
    return receipt


def _every_text(session: Session, row: MemoryRow) -> set[str]:
    """The memory's text now and in every earlier revision: none of them may come back."""
    revisions = session.scalars(select(RevisionRow).where(RevisionRow.memory_id == row.id))
    states = [state for r in revisions for state in (r.before, r.after) if state]
    return {row.text, *(str(state["text"]) for state in states)}


def _drawn_from(session: Session, row: MemoryRow) -> list[str]:
    """Ids and short ids of the messages that the memory cites."""
    cited = select(MessageRow.id, MessageRow.number).join(SourceRow).where(SourceRow.memory_id == row.id)
    return [name for id_, number in session.execute(cited) for name in (id_, f"t{number}")]


def _receipt(session: Session, row: MemoryRow) -> Receipt:
    quoted = select(MessageRow.number).join(SourceRow).where(SourceRow.memory_id == row.id).distinct()
    return Receipt(
        memory=f"m{row.number}",
        fingerprint=fingerprint(row.text),
        removed={
            "memories": 1,
            "revisions": _count(session, RevisionRow.memory_id == row.id),
            "quotes": _count(session, SourceRow.memory_id == row.id),
            "recall records": _count(session, *_recalled(row)),
            "passages": _count(session, *_passages(row)),
        },
        also_said_in=tuple(f"t{number}" for number in session.scalars(quoted)),
    )


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def _recalled(row: MemoryRow) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return RecallRow.hit_type == "memory", RecallRow.hit_number == row.number


def _passages(row: MemoryRow) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return PassageRow.owner_type == "memory", PassageRow.owner_number == row.number


def _remove(session: Session, row: MemoryRow) -> None:
    hashes = remove_passages(session, "memory", row.number)
    shared = set(session.scalars(select(PassageRow.text_hash).where(PassageRow.text_hash.in_(hashes))))
    session.execute(delete(EmbeddingRow).where(EmbeddingRow.text_hash.in_(set(hashes) - shared)))
    session.execute(delete(RecallRow).where(*_recalled(row)))
    session.execute(delete(RevisionRow).where(RevisionRow.memory_id == row.id))
    _forget_acts(session)
    session.execute(update(MemoryRow).where(MemoryRow.superseded_by == row.id).values(superseded_by=None))
    session.delete(row)
    session.flush()


def _forget_acts(session: Session) -> None:
    """Acts that have no revision left can neither be undone nor say anything."""
    kept = select(RevisionRow.changeset)
    session.execute(delete(ChangeSetRow).where(ChangeSetRow.number.not_in(kept)))
