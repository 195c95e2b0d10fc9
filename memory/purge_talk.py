"""Taking messages out of everything that they reached, in the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from memory.passages import remove_passages
from memory.schema import (
    ConversationRow,
    MessageRow,
    RecallRow,
)
from memory.store.feedback import forget_feedback

AT_ONCE = 500
"""Rows named in one statement; SQLite takes no more than some thousands."""


def remove_messages(
    session: Session, numbers: Sequence[int], whole: frozenset[str] = frozenset()
) -> dict[str, int]:  # fmt: skip
    """Remove messages with their passages, quotes and recall records.

    What hung below one hangs below what it answered; conversations (ids) that are `whole` go with all that is in them.
    Returns how many of what were removed.
    """
    rows = [row for some in lots(numbers) for row in session.scalars(_by_number(some))]
    passages = sum(len(remove_passages(session, "message", row.number)) for row in rows)
    for some in lots(numbers):
        session.execute(delete(RecallRow).where(RecallRow.hit_type == "message", RecallRow.hit_number.in_(some)))
    marks = forget_feedback(session, "message", list(numbers))
    session.execute(delete(ConversationRow).where(ConversationRow.id.in_(whole)))
    for row in sorted(rows, key=lambda row: -row.number):
        if row.conversation_id not in whole:
            _unhang(session, row)
    return {"messages": len(rows), "passages": passages, "relevance marks": marks}


def lots(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Numbers in lists of a size that one statement takes."""
    found = list(numbers)
    yield from (found[at : at + AT_ONCE] for at in range(0, len(found), AT_ONCE))


def _by_number(numbers: Sequence[int]) -> Select[MessageRow]:
    return select(MessageRow).where(MessageRow.number.in_(numbers))


def _unhang(session: Session, row: MessageRow) -> None:
    session.execute(update(MessageRow).where(MessageRow.parent_id == row.id).values(parent_id=row.parent_id))
    session.execute(
        update(ConversationRow).where(ConversationRow.head_message_id == row.id).values(head_message_id=row.parent_id)
    )
    session.delete(row)
    session.flush()
