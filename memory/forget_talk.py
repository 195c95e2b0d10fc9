"""Deleting a conversation for good: its messages, their vectors, and what was derived from them.

What became memories is the user's to decide: they stay without their quotes, or go into the trash first.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from memory.database import Database
from memory.passages import remove_passages
from memory.purge_nights import purge_messages, without_quotes
from memory.schema import ConversationRow, EmbeddingRow, MessageRow, PassageRow, RecallRow, RevisionRow, SourceRow
from memory.store.conversations import _conversation
from memory.store.feedback import forget_feedback
from memory.text import one_line

FULL_TEXT_TABLES = ("message_words", "message_trigrams")


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """What a deletion removed: counts, and the title it was known by."""

    conversation: str
    title: str
    removed: dict[str, int]


def delete_conversation(database: Database, reference: str) -> Deleted:
    """Remove a conversation for good. Memories that quote it stay, without those quotes. Raises NotFound."""
    with database.write() as session:
        row = _conversation(session, reference)
        deleted = Deleted(conversation=f"c{row.number}", title=one_line(row.title, 80), removed=_remove(session, row))
    database.compact()
    return deleted


def _remove(session: Session, row: ConversationRow) -> dict[str, int]:
    messages = session.execute(
        select(MessageRow.id, MessageRow.number).where(MessageRow.conversation_id == row.id)
    ).all()
    numbers = [number for _, number in messages]
    hashes: set[str] = set()
    for number in numbers:
        hashes |= set(remove_passages(session, "message", number))
    shared = set(session.scalars(select(PassageRow.text_hash).where(PassageRow.text_hash.in_(hashes))))
    session.execute(delete(EmbeddingRow).where(EmbeddingRow.text_hash.in_(hashes - shared)))
    session.execute(delete(RecallRow).where(RecallRow.hit_type == "message", RecallRow.hit_number.in_(numbers)))
    ids = {id_ for id_, _ in messages}
    derived = purge_messages(session, row.id, ids | {f"t{n}" for n in numbers})
    derived |= {"relevance marks": forget_feedback(session, "message", numbers)}
    quoting = select(SourceRow.memory_id).where(SourceRow.message_id.in_(ids))
    for revision in session.scalars(select(RevisionRow).where(RevisionRow.memory_id.in_(quoting))):
        revision.before, revision.after = without_quotes(revision.before, ids), without_quotes(revision.after, ids)
    session.flush()
    session.execute(delete(ConversationRow).where(ConversationRow.id == row.id))
    session.flush()
    for table in FULL_TEXT_TABLES:
        session.execute(text(f"INSERT INTO {table}({table}) VALUES ('optimize')"))
    return {"messages": len(messages), "vectors": len(hashes - shared), **{k: n for k, n in derived.items() if n}}
