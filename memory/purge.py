"""Purge: the one act that cannot be undone.

Takes memories and messages out of every table they reached (revisions, sources, recall records, full text, passages,
vectors, nights and what they derived, what weights learned), and leaves tombstones: hashes that block a statement from
being extracted again, and a message from being imported again. A memory's messages are the user's own words and stay
unless they are purged themselves; the receipt names them, and whatever else says the same.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.database import Database
from memory.passages import remove_passages
from memory.purge_nights import Said, purge_from_nights
from memory.purge_scope import Scope, scope_of
from memory.purge_talk import AT_ONCE, lots, remove_messages, scrub
from memory.purge_weights import purge_from_adapters, remove_cartridges, remove_files
from memory.schema import (
    ChangeSetRow,
    ConversationRow,
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
from memory.text import fingerprint
from memory.tombstones import prints_of
from memory.types import Receipt

FULL_TEXT_TABLES = ("memory_words", "memory_trigrams", "message_words", "message_trigrams")
TELLING = 3
"""Words of a text that is looked for elsewhere: what has fewer is said everywhere."""


def purge_memory(database: Database, reference: str, clock: Clock, *, reason: str = "") -> Receipt:
    """Remove a memory for good. Raises NotFound or InvalidInput."""
    return purge(database, scope_of(database, [reference]), clock, reason=reason)


def purge(database: Database, scope: Scope, clock: Clock, *, reason: str = "") -> Receipt:
    """Remove what a scope names for good, in one transaction. Raises StorageError.

    SQLite overwrites deleted rows (`secure_delete`); full-text tables and the file itself are compacted afterwards,
    since both keep deleted words in pages that are merely free.
    """
    removed: dict[str, int] = {}
    tainted: set[str] = set()
    with database.write() as session:
        texts, ids = _texts(session, scope), _ids(session, scope)
        prints = _bury(session, scope, texts, reason, clock)
        told = {*(wording for _, wording in texts), *_quotes(session, scope)}
        said = Said({*(wording for wording in told if len(wording.split()) >= TELLING), *_contents(session, scope)})
        for row in _memories(session, scope):
            _add(removed, _remove_memory(session, row, tainted))
        _add(removed, _remove_messages(session, scope, tainted))
        _add(removed, {"titles and drafts": scrub(session, said)})
        also = _also(session, said)
        for table in FULL_TEXT_TABLES:
            session.execute(text(f"INSERT INTO {table}({table}) VALUES ('optimize')"))
    database.compact()
    remove_files(database.path.parent, sorted(tainted))
    removed["cartridges"] = len(remove_cartridges(database.path.parent, ids))
    removed |= {"adapters, to be trained anew without it": len(tainted)} if tainted else {}
    return Receipt(
        what=scope.called, fingerprints=tuple(prints), removed={what: n for what, n in removed.items() if n},
        also_said_in=also,
    )  # fmt: skip


def _add(sums: dict[str, int], more: dict[str, int]) -> None:
    for what, count in more.items():
        sums[what] = sums.get(what, 0) + count


def _memories(session: Session, scope: Scope) -> list[MemoryRow]:
    return [
        row
        for some in lots(scope.memories)
        for row in session.scalars(select(MemoryRow).where(MemoryRow.number.in_(some)))
    ]


def _ids(session: Session, scope: Scope) -> frozenset[str]:
    """Of the memories and messages that go."""
    messages = (
        id_
        for some in lots(scope.messages)
        for id_ in session.scalars(select(MessageRow.id).where(MessageRow.number.in_(some)))
    )
    return frozenset((*(row.id for row in _memories(session, scope)), *messages))


def _texts(session: Session, scope: Scope) -> list[tuple[str | None, str]]:
    """Every wording of the memories that go, each with their slot."""
    found: list[tuple[str | None, str]] = []
    for row in _memories(session, scope):
        slot = f"{row.subject}:{row.slot}" if row.slot else None
        found += [(slot, wording) for wording in sorted(_every_text(session, row))]
    return found


def _contents(session: Session, scope: Scope) -> set[str]:
    """The messages that go, without those that say what everybody says."""
    return {
        content
        for some in lots(scope.messages)
        for content in session.scalars(select(MessageRow.content).where(MessageRow.number.in_(some)))
        if len(content.split()) >= TELLING
    }


def _quotes(session: Session, scope: Scope) -> set[str]:
    """The words of the user that the memories were drawn from."""
    ids = [row.id for row in _memories(session, scope)]
    return {
        quote
        for at in range(0, len(ids), AT_ONCE)
        for quote in session.scalars(select(SourceRow.quote).where(SourceRow.memory_id.in_(ids[at : at + AT_ONCE])))
    }


def _every_text(session: Session, row: MemoryRow) -> set[str]:
    """The memory's text now and in every earlier revision."""
    revisions = session.scalars(select(RevisionRow).where(RevisionRow.memory_id == row.id))
    states = [state for r in revisions for state in (r.before, r.after) if state]
    return {row.text, *(str(state["text"]) for state in states)}


def _bury(
    session: Session, scope: Scope, texts: Iterable[tuple[str | None, str]], reason: str, clock: Clock
) -> list[str]:  # fmt: skip
    """Leave the hashes of what goes, and return them."""
    prints: dict[str, str | None] = {}
    for slot, wording in texts:
        prints.setdefault(fingerprint(wording), slot)
    query = select(MessageRow, ConversationRow).join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    for some in lots(scope.messages):
        for message, conversation in session.execute(query.where(MessageRow.number.in_(some))):
            prints |= dict.fromkeys(prints_of(message, conversation))
    for one, slot in prints.items():
        session.merge(TombstoneRow(fingerprint=one, slot_key=slot, reason=reason, at=clock.now()))
    return list(prints)


def _remove_memory(session: Session, row: MemoryRow, tainted: set[str]) -> dict[str, int]:
    texts = _every_text(session, row)
    removed = {
        "memories": 1,
        "revisions": _count(session, RevisionRow.memory_id == row.id),
        "quotes": _count(session, SourceRow.memory_id == row.id),
        "recall records": _count(session, *_recalled(row)),
        "passages": _count(session, *_passages(row)),
    }
    removed |= purge_from_nights(session, row.id, texts, _drawn_from(session, row))
    adapters, items = purge_from_adapters(session, row.id, texts)
    tainted |= set(adapters)
    removed |= {"rehearsed items": items, "relevance marks": forget_feedback(session, "memory", [row.number])}
    _remove(session, row)
    return removed


def _remove_messages(session: Session, scope: Scope, tainted: set[str]) -> dict[str, int]:
    if not (scope.messages or scope.conversations):
        return {}
    # Answers that were preferred, and learned.
    adapters, items = purge_from_adapters(session, "", _contents(session, scope))
    tainted |= set(adapters)
    whole = session.scalars(select(ConversationRow.id).where(ConversationRow.number.in_(scope.conversations)))
    removed = remove_messages(session, scope.messages, frozenset(whole))
    return removed | {"conversations": len(scope.conversations), "rehearsed items": items}


def _drawn_from(session: Session, row: MemoryRow) -> list[str]:
    """Ids and short ids of the messages that the memory cites."""
    cited = select(MessageRow.id, MessageRow.number).join(SourceRow).where(SourceRow.memory_id == row.id)
    return [name for id_, number in session.execute(cited) for name in (id_, f"t{number}")]


def _also(session: Session, said: Said) -> tuple[str, ...]:
    """Short ids of messages and memories that are left and say the same."""
    messages = session.execute(select(MessageRow.number, MessageRow.content))
    memories = session.execute(select(MemoryRow.number, MemoryRow.text))
    return (
        *(f"t{number}" for number, content in messages if said.by(content)),
        *(f"m{number}" for number, wording in memories if said.by(wording)),
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
