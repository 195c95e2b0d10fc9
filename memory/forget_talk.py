"""Deleting a conversation for good: its messages, their vectors, and what was derived from them.

What became memories is the user's to decide: they stay without their quotes, or go into the trash first.
"""

from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from memory.database import Database
from memory.purge_talk import remove_messages
from memory.purge_weights import remove_cartridges
from memory.schema import ConversationRow, MessageRow
from memory.store.conversations import conversation_row
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
        row = conversation_row(session, reference)
        ids = frozenset(session.scalars(select(MessageRow.id).where(MessageRow.conversation_id == row.id)))
        deleted = Deleted(conversation=f"c{row.number}", title=one_line(row.title, 80), removed=_remove(session, row))
    database.compact()
    remove_cartridges(database.path.parent, ids)
    return deleted


def _remove(session: Session, row: ConversationRow) -> dict[str, int]:
    numbers = session.scalars(select(MessageRow.number).where(MessageRow.conversation_id == row.id)).all()
    removed = remove_messages(session, numbers, frozenset({row.id}))
    for table in FULL_TEXT_TABLES:
        session.execute(text(f"INSERT INTO {table}({table}) VALUES ('optimize')"))
    return removed
