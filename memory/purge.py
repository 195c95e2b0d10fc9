"""Purge: the one act that cannot be undone.

Takes memories and messages out of every table they reached (revisions, sources, recall records, full text, passages,
vectors, nights and what they derived, what weights learned), and leaves tombstones: hashes that block a statement from
being extracted again, and a message from being imported again. A memory's messages are the user's own words and stay
unless they are purged themselves; the receipt names them, and whatever else says the same.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from memory.backup import BACKUPS, list_backups
from memory.clock import Clock
from memory.database import Database
from memory.dialects import dialect_of
from memory.passages import remove_passages
from memory.purge_also import citing, near_in_meaning, saying_the_same
from memory.purge_nights import Gone, purge_from_nights
from memory.purge_rest import once_said, scrub
from memory.purge_scope import Scope, scope_of
from memory.purge_talk import AT_ONCE, lots, remove_messages
from memory.purge_weights import purge_from_adapters, remove_cartridges, remove_files
from memory.purge_words import TELLING, Said, pieces_of, words_of
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
from memory.store.copies import copies_left
from memory.store.feedback import forget_feedback
from memory.text import fingerprint
from memory.tombstones import keep_second_copy, prints_of
from memory.types import Receipt
from memory.vectors.renewal import ask_for_renewal, renew_index


def purge_memory(database: Database, reference: str, clock: Clock, *, reason: str = "") -> Receipt:
    """Remove a memory for good. Raises NotFound or InvalidInput."""
    return purge(database, scope_of(database, [reference]), clock, reason=reason)


def purge(database: Database, scope: Scope, clock: Clock, *, reason: str = "") -> Receipt:
    """Remove what a scope names for good, in one transaction. Raises StorageError.

    SQLite overwrites deleted rows (`secure_delete`); full-text tables and the file itself are compacted afterwards,
    since both keep deleted words in pages that are merely free. Chroma's folder goes, for the same reason.
    """
    with database.write() as session:
        texts = _texts(session, scope)
        repeated = _repeated(session, scope, texts)
        gone = _gone(session, scope, texts)
        wordings = {*texts, *once_said(session, gone)}
        prints = _bury(session, scope, sorted(wordings), reason, clock)
        exported = copies_left(session)
        akin = (*citing(session, scope.memories), *near_in_meaning(session, _owners(scope)))
        removed, tainted = _remove_all(session, scope, gone, clock)
        also = dict.fromkeys((*saying_the_same(session, repeated), *_left(session, akin)))
        dialect_of(session).forget_words(session)
        ask_for_renewal(session)
    database.compact()
    left: list[Path] = list(exported)
    if database.home is not None:
        removed["cartridges"] = _purge_files(database, database.home, gone, sorted(tainted))
        left = [*(one.path for one in list_backups(database.home / BACKUPS)), *exported]
    removed |= {"adapters, to be trained anew without it": len(tainted)} if tainted else {}
    return Receipt(
        what=scope.called, fingerprints=tuple(prints), removed={what: n for what, n in removed.items() if n},
        also_said_in=tuple(also), left_in=tuple(str(path) for path in left),
    )  # fmt: skip


def _purge_files(database: Database, home: Path, gone: Gone, adapters: Sequence[str]) -> int:
    """What stands beside the database: the index and files of adapters and cartridges. Returns the cartridges."""
    with database.read() as session:
        keep_second_copy(session, home)
    renew_index(database)
    remove_files(home, adapters, gone.said, gone.memories)
    return len(remove_cartridges(home, gone.memories | gone.messages))


def _remove_all(session: Session, scope: Scope, gone: Gone, clock: Clock) -> tuple[dict[str, int], set[str]]:
    """Everything that goes: how many of what, and the ids of the adapters that learned it."""
    removed: dict[str, int] = {}
    for row in _memories(session, scope):
        _add(removed, _remove_memory(session, row))
    _add(removed, purge_from_nights(session, gone, clock.now()))
    whole = {id_ for some in lots(scope.conversations) for id_ in session.scalars(_talks(some))}
    if scope.messages or whole:
        _add(removed, remove_messages(session, scope.messages, frozenset(whole)))
    _add(removed, {"conversations": len(whole), "vectors": _remove_vectors(session)})
    adapters, items = purge_from_adapters(session, gone.memories, gone.said)
    _add(removed, {"rehearsed items": items, **scrub(session, gone, _short_ids(scope))})
    _forget_acts(session)
    return removed, set(adapters)


def _add(sums: dict[str, int], more: dict[str, int]) -> None:
    for what, count in more.items():
        sums[what] = sums.get(what, 0) + count


def _talks(numbers: Iterable[int]) -> Select[str]:
    return select(ConversationRow.id).where(ConversationRow.number.in_(list(numbers)))


def _memories(session: Session, scope: Scope) -> list[MemoryRow]:
    return [
        row
        for some in lots(scope.memories)
        for row in session.scalars(select(MemoryRow).where(MemoryRow.number.in_(some)))
    ]


def _owners(scope: Scope) -> frozenset[tuple[str, int]]:
    return frozenset((*(("memory", n) for n in scope.memories), *(("message", n) for n in scope.messages)))


def _short_ids(scope: Scope) -> frozenset[str]:
    """As the ledger calls what goes."""
    kinds = (("m", scope.memories), ("t", scope.messages), ("c", scope.conversations))
    return frozenset(f"{letter}{number}" for letter, numbers in kinds for number in numbers)


def _left(session: Session, found: Iterable[str]) -> tuple[str, ...]:
    """Those of some short ids that are still there: what was made from what went has gone with it."""
    queries = {"m": select(MemoryRow.id), "t": select(MessageRow.id)}
    columns = {"m": MemoryRow.number, "t": MessageRow.number}
    return tuple(one for one in found if session.scalar(queries[one[0]].where(columns[one[0]] == int(one[1:]))))


# -- words


def _gone(session: Session, scope: Scope, texts: set[str]) -> Gone:
    """What goes, as everything that was made from it is compared with."""
    rows = _memories(session, scope)
    wanted = texts | _quotes(session, scope)
    wanted |= {piece for content in _contents(session, scope) for piece in pieces_of(content)}
    said_in = select(MessageRow.id, MessageRow.number, MessageRow.conversation_id)
    messages = [
        row for some in lots(scope.messages) for row in session.execute(said_in.where(MessageRow.number.in_(some)))
    ]
    whole = {id_ for some in lots(scope.conversations) for id_ in session.scalars(_talks(some))}
    return Gone(
        memories=frozenset(row.id for row in rows),
        messages=frozenset(name for id_, number, _ in messages for name in (id_, f"t{number}")),
        conversations=frozenset(whole | {talk for _, _, talk in messages}),
        cited=frozenset(name for row in rows for name in _drawn_from(session, row)),
        said=Said(_not_kept(session, scope, wanted), scope.named),
    )


def _not_kept(session: Session, scope: Scope, wanted: set[str]) -> set[str]:
    """Without the words that are a memory's that stays: what rests on that memory stays, too."""
    said, going = Said(wanted), set(scope.memories)
    kept = [
        wording
        for number, wording in session.execute(select(MemoryRow.number, MemoryRow.text))
        if number not in going and said.by(wording)
    ]
    return {text for text in wanted if not any(Said([text]).by(wording) for wording in kept)}


def _texts(session: Session, scope: Scope) -> set[str]:
    """Every wording of the memories that go."""
    return {wording for row in _memories(session, scope) for wording in _every_text(session, row)}


def _contents(session: Session, scope: Scope, *roles: str) -> set[str]:
    """What the messages that go say."""
    found: set[str] = set()
    for some in lots(scope.messages):
        query = select(MessageRow.content).where(MessageRow.number.in_(some))
        found |= set(session.scalars(query.where(MessageRow.role.in_(roles)) if roles else query))
    return found


def _repeated(session: Session, scope: Scope, texts: set[str]) -> Said:
    """What is looked for in what stays: the words of the user, and what was remembered of them."""
    wanted = {*texts, *_contents(session, scope, "user"), *_quotes(session, scope)}
    return Said((text for text in wanted if len(words_of(text)) >= TELLING), scope.named)


def _quotes(session: Session, scope: Scope) -> set[str]:
    """The words of the user that the memories were drawn from."""
    ids = [row.id for row in _memories(session, scope)]
    found = {
        quote
        for at in range(0, len(ids), AT_ONCE)
        for quote in session.scalars(select(SourceRow.quote).where(SourceRow.memory_id.in_(ids[at : at + AT_ONCE])))
    }
    return {quote for quote in found if len(words_of(quote)) >= TELLING}


def _every_text(session: Session, row: MemoryRow) -> set[str]:
    """The memory's text now and in every earlier revision."""
    revisions = session.scalars(select(RevisionRow).where(RevisionRow.memory_id == row.id))
    states = [state for r in revisions for state in (r.before, r.after) if state]
    return {row.text, *(str(state["text"]) for state in states)}


def _drawn_from(session: Session, row: MemoryRow) -> list[str]:
    """Ids and short ids of the messages that the memory cites."""
    cited = select(MessageRow.id, MessageRow.number).join(SourceRow).where(SourceRow.memory_id == row.id)
    return [name for id_, number in session.execute(cited) for name in (id_, f"t{number}")]


# -- rows


def _bury(
    session: Session, scope: Scope, wordings: Iterable[str], reason: str, clock: Clock
) -> list[str]:  # fmt: skip
    """Leave the hashes of what goes, and return them."""
    prints = dict.fromkeys(fingerprint(wording) for wording in wordings)
    query = select(MessageRow, ConversationRow).join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
    for some in lots(scope.messages):
        for message, conversation in session.execute(query.where(MessageRow.number.in_(some))):
            prints |= dict.fromkeys(prints_of(message, conversation))
    for one in prints:
        session.merge(TombstoneRow(fingerprint=one, slot_key=None, reason=reason, at=clock.now()))
    return list(prints)


def _remove_memory(session: Session, row: MemoryRow) -> dict[str, int]:
    recalled = (RecallRow.hit_type == "memory", RecallRow.hit_number == row.number)
    removed = {
        "memories": 1,
        "revisions": _count(session, RevisionRow.memory_id == row.id),
        "quotes": _count(session, SourceRow.memory_id == row.id),
        "recall records": _count(session, *recalled),
        "passages": len(remove_passages(session, "memory", row.number)),
        "relevance marks": forget_feedback(session, "memory", [row.number]),
    }
    session.execute(delete(RecallRow).where(*recalled))
    session.execute(delete(RevisionRow).where(RevisionRow.memory_id == row.id))
    session.execute(update(MemoryRow).where(MemoryRow.superseded_by == row.id).values(superseded_by=None))
    session.delete(row)
    session.flush()
    return removed


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def _remove_vectors(session: Session) -> int:
    """Of texts that nothing says any more, in whichever wording they were embedded."""
    said = exists().where(PassageRow.text_hash == EmbeddingRow.text_hash)
    return int(session.connection().execute(delete(EmbeddingRow).where(~said)).rowcount)


def _forget_acts(session: Session) -> None:
    """Acts that have no revision left can neither be undone nor say anything."""
    kept = select(RevisionRow.changeset)
    session.execute(delete(ChangeSetRow).where(ChangeSetRow.number.not_in(kept)))
