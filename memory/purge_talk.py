"""Taking messages out of everything that they reached, in the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from memory.passages import remove_passages
from memory.purge_nights import Said, purge_messages, without_quotes
from memory.schema import (
    ConversationRow,
    EmbeddingRow,
    MessageRow,
    PassageRow,
    RecallRow,
    RevisionRow,
    SourceRow,
)
from memory.store.feedback import forget_feedback
from memory.text import one_line

AT_ONCE = 500
"""Rows named in one statement; SQLite takes no more than some thousands."""


def remove_messages(
    session: Session, numbers: Sequence[int], whole: frozenset[str] = frozenset()
) -> dict[str, int]:  # fmt: skip
    """Remove messages with their vectors, quotes, recall records and what nights made of them.

    What hung below one hangs below what it answered; conversations (ids) that are `whole` go with all that is in them.
    Returns how many of what were removed.
    """
    rows = [row for some in lots(numbers) for row in session.scalars(_by_number(some))]
    hashes = {one for row in rows for one in remove_passages(session, "message", row.number)}
    vectors = _remove_vectors(session, hashes)
    for some in lots(numbers):
        session.execute(delete(RecallRow).where(RecallRow.hit_type == "message", RecallRow.hit_number.in_(some)))
    ids = {row.id for row in rows}
    names = ids | {f"t{row.number}" for row in rows}
    derived: dict[str, int] = {}
    for conversation in {row.conversation_id for row in rows}:
        for what, count in purge_messages(session, conversation, names).items():
            derived[what] = derived.get(what, 0) + count
    derived["relevance marks"] = forget_feedback(session, "message", list(numbers))
    _unquote(session, ids)
    session.execute(delete(ConversationRow).where(ConversationRow.id.in_(whole)))
    for row in sorted(rows, key=lambda row: -row.number):
        if row.conversation_id not in whole:
            _unhang(session, row)
    return {"messages": len(rows), "vectors": vectors, **{what: count for what, count in derived.items() if count}}


def lots(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Numbers in lists of a size that one statement takes."""
    found = list(numbers)
    yield from (found[at : at + AT_ONCE] for at in range(0, len(found), AT_ONCE))


def _by_number(numbers: Sequence[int]) -> Select[MessageRow]:
    return select(MessageRow).where(MessageRow.number.in_(numbers))


def _remove_vectors(session: Session, hashes: set[str]) -> int:
    """Of texts that nothing else says."""
    wanted = sorted(hashes)
    removed = 0
    for at in range(0, len(wanted), AT_ONCE):
        some = set(wanted[at : at + AT_ONCE])
        some -= set(session.scalars(select(PassageRow.text_hash).where(PassageRow.text_hash.in_(some))))
        session.execute(delete(EmbeddingRow).where(EmbeddingRow.text_hash.in_(some)))
        removed += len(some)
    return removed


def _unquote(session: Session, ids: set[str]) -> None:
    """What memories quoted of these messages, also in their revisions."""
    quoting = set(session.scalars(select(SourceRow.memory_id).where(SourceRow.message_id.in_(ids))))
    for revision in session.scalars(select(RevisionRow).where(RevisionRow.memory_id.in_(quoting))):
        revision.before, revision.after = without_quotes(revision.before, ids), without_quotes(revision.after, ids)
    session.flush()


def _unhang(session: Session, row: MessageRow) -> None:
    session.execute(update(MessageRow).where(MessageRow.parent_id == row.id).values(parent_id=row.parent_id))
    session.execute(
        update(ConversationRow).where(ConversationRow.head_message_id == row.id).values(head_message_id=row.parent_id)
    )
    session.delete(row)
    session.flush()


def scrub(session: Session, said: Said) -> int:
    """Titles and drafts that say what was purged: a title is made anew from what is left. Returns how many."""
    changed = 0
    for row in session.scalars(select(ConversationRow)):
        if row.draft and said.by(row.draft):
            row.draft, changed = said.without(row.draft), changed + 1
        if row.title and said.by_beginning(row.title):
            first = session.scalar(
                select(MessageRow.content)
                .where(MessageRow.conversation_id == row.id, MessageRow.role == "user")
                .order_by(MessageRow.number)
                .limit(1)
            )
            row.title, changed = one_line(first or "", 120), changed + 1
    session.flush()
    return changed
