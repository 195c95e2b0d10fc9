"""Putting right what no longer fits together after rows were lost: references, history, passages, vectors."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from memory.agreement import OWNERS, astray, bad_vectors, passages_for, passages_of, wrong_passages
from memory.clock import Clock
from memory.database import Database
from memory.passages import write_passages
from memory.purge import purge
from memory.purge_scope import scope_of
from memory.schema import (
    ChangeSetRow,
    ConversationRow,
    EmbeddingRow,
    MemoryRow,
    MessageRow,
    MetaRow,
    RevisionRow,
    SourceRow,
    TombstoneRow,
)
from memory.store.rows import MEMORY_COLUMNS, memory_from_json, memory_to_json, to_memory
from memory.text import fingerprint
from memory.tombstones import own_print
from memory.types import OwnerType, Source
from memory.vectors.renewal import GENERATION_KEY

TITLE = "Recovered"
REASON = "recovered from a damaged file"
ACTOR = "doctor"
ROUNDS = 10
"""How often rows that point nowhere are looked for: each round may leave others so."""

_HOMELESS = text(
    "SELECT conversation_id, min(said_at) AS first, max(said_at) AS last FROM message"
    " WHERE conversation_id NOT IN (SELECT id FROM conversation) GROUP BY conversation_id"
)
_BELOW_THE_ONE_BEFORE = text(
    "UPDATE message SET parent_id = (SELECT b.id FROM message b WHERE b.conversation_id = message.conversation_id"
    " AND b.number < message.number ORDER BY b.number DESC LIMIT 1)"
    " WHERE parent_id IS NOT NULL AND parent_id NOT IN (SELECT id FROM message)"
)
_HEADED_BY_THE_LAST = text(
    "UPDATE conversation SET head_message_id = (SELECT id FROM message WHERE conversation_id = conversation.id"
    " ORDER BY number DESC LIMIT 1) WHERE head_message_id IS NOT NULL"
    " AND head_message_id NOT IN (SELECT id FROM message)"
)
_STANDING_ALONE = text("UPDATE memory SET superseded_by = NULL WHERE superseded_by NOT IN (SELECT id FROM memory)")
_STRAYS = text(
    "DELETE FROM passage WHERE owner_type = 'message' AND owner_number NOT IN (SELECT number FROM message)"
    " OR owner_type = 'memory' AND owner_number NOT IN (SELECT number FROM memory)"
)
_QUEUE = text(
    "INSERT INTO outbox (operation, passage) SELECT 'embed', p.number FROM passage p WHERE NOT EXISTS"
    " (SELECT 1 FROM embedding e JOIN embedder m ON m.number = e.embedder AND m.active WHERE e.text_hash = p.text_hash)"
    " AND p.number NOT IN (SELECT passage FROM outbox WHERE operation = 'embed')"
)


def mend(database: Database, copies: Sequence[Path], clock: Clock) -> list[str]:
    """Make everything hold again that must hold of a home. Returns what was put right, a line each.

    `copies`: sound databases of earlier states, the newest first.
    """
    done: Counter[str] = Counter()
    with database.write() as session:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        _texts(session, copies, done)
        _gone(session, done)
        _references(session, done)
        _history(session, clock, done)
        _derived(session, done)
    return [f"{count:,} {what}" for what, count in done.items() if count]


def purge_again(database: Database, came: dict[OwnerType, set[int]], clock: Clock) -> list[str]:
    """What came from a backup and had been purged since goes once more, wherever it reached."""
    with database.write() as session:
        buried = frozenset(session.scalars(select(TombstoneRow.fingerprint)))
        messages = session.execute(select(MessageRow.number, MessageRow.id)).all()
        memories = session.execute(select(MemoryRow.number, MemoryRow.text)).all()
        names = [f"t{n}" for n, id_ in messages if n in came["message"] and own_print(id_) in buried]
        names += [f"m{n}" for n, said in memories if n in came["memory"] and fingerprint(said) in buried]
        for row in session.scalars(select(RevisionRow)).all():
            if any(state and fingerprint(state["text"]) in buried for state in (row.before, row.after)) and (
                row.memory_number not in {n for n, _ in memories}
            ):
                session.delete(row)
    if names:
        purge(database, scope_of(database, names), clock, reason=REASON)
    return [f"{len(names):,} purged things that a backup still had were purged again"] if names else []


# -- texts


def _texts(session: Session, copies: Sequence[Path], done: Counter[str]) -> None:
    """Where a text is not what its passages were cut from, it was damaged in silence: an earlier state may have it."""
    for owner, _ in OWNERS:
        numbers = wrong_passages(session, owner)
        cut = passages_of(session, owner, numbers)
        for number in (number for number in numbers if number in cut):
            right = (said for said in _earlier(session, owner, number, copies) if passages_for(*said) == cut[number])
            if (found := next(right, None)) is not None:
                values = {"content": found[0], "author": found[1]} if owner == "message" else {"text": found[0]}
                table = MessageRow if owner == "message" else MemoryRow
                session.execute(update(table).where(table.number == number).values(**values))
                done["texts put right"] += 1


def _earlier(session: Session, owner: OwnerType, number: int, copies: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Text and author of a message or memory in its history and in earlier states."""
    if owner == "memory":
        states = session.scalars(select(RevisionRow).where(RevisionRow.memory_number == number))
        yield from ((state["text"], "") for row in states for state in (row.after, row.before) if state)
    query = "SELECT content, author FROM message" if owner == "message" else "SELECT text, '' FROM memory"
    for copy in copies:
        with closing(sqlite3.connect(copy)) as source:
            yield from source.execute(f"{query} WHERE number = ?", (number,)).fetchall()


# -- references


def _gone(session: Session, done: Counter[str]) -> None:
    """Memories that are in the history alone."""
    for id_ in astray(session)[1]:
        last = session.scalars(
            select(RevisionRow).where(RevisionRow.memory_id == id_).order_by(RevisionRow.number.desc())
        ).first()
        if last is None or not last.after:
            continue
        memory = memory_from_json(last.after)
        values = {name: getattr(memory, name) for name in MEMORY_COLUMNS}
        session.add(MemoryRow(**values | {"number": last.memory_number, "revision": last.number}))
        session.flush()
        _cite(session, id_, memory.sources)
        done["memories told by their history"] += 1


def _references(session: Session, done: Counter[str]) -> None:
    for id_, first, last in session.execute(_HOMELESS).all():
        values = {"id": id_, "title": TITLE, "created_at": first, "updated_at": last, "origin": "chat", "draft": ""}
        listed = ", ".join(values)
        session.execute(
            text(f"INSERT INTO conversation ({listed}) VALUES ({', '.join(f':{v}' for v in values)})"), values
        )
        heads = select(MessageRow.id).where(MessageRow.conversation_id == id_).order_by(MessageRow.number.desc())
        session.execute(
            update(ConversationRow)
            .where(ConversationRow.id == id_)
            .values(head_message_id=session.scalar(heads.limit(1)))
        )
        done["chats made for messages that had lost theirs"] += 1
    for what, statement in (
        ("messages put below the one before", _BELOW_THE_ONE_BEFORE),
        ("chats that go on after their last message", _HEADED_BY_THE_LAST),
        ("memories that nothing supersedes any more", _STANDING_ALONE),
    ):
        done[what] += _changed(session, statement)
    for _ in range(ROUNDS):
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
        if not broken:
            return
        for table, rowid in {(row[0], row[1]) for row in broken}:
            session.execute(text(f"DELETE FROM {table} WHERE rowid = :rowid"), {"rowid": rowid})
            done["rows that pointed at nothing taken out"] += 1


def _changed(session: Session, statement: object) -> int:
    return int(session.connection().execute(statement).rowcount)  # type: ignore[call-overload]


def _cite(session: Session, memory: str, sources: Iterable[Source]) -> None:
    """The sources of a memory whose messages are there, and that are not."""
    there = {
        (s.message_id, s.start, s.end) for s in session.scalars(select(SourceRow).where(SourceRow.memory_id == memory))
    }
    for source in sources:
        told = session.scalar(select(MessageRow.number).where(MessageRow.id == source.message_id))
        if told is not None and (source.message_id, source.start, source.end) not in there:
            session.add(SourceRow(memory_id=memory, message_id=source.message_id, quote=source.quote,
                                  start=source.start, end=source.end))  # fmt: skip
    session.flush()


# -- history


def _history(session: Session, clock: Clock, done: Counter[str]) -> None:
    """A memory cites again what its history says; where that does not lead to it, its history begins anew."""
    for id_ in astray(session)[0]:
        row = session.scalars(select(MemoryRow).where(MemoryRow.id == id_)).one()
        last = session.get(RevisionRow, row.revision)
        if last is not None and last.memory_id == id_ and last.after:
            _cite(session, id_, memory_from_json(last.after).sources)
    wrong = astray(session)[0]
    if wrong:
        act = ChangeSetRow(kind="change", state="dropped", actor=ACTOR, reason=REASON, at=clock.now())
        session.add(act)
        session.flush()
        for id_ in wrong:
            _begin_anew(session, act.number, id_)
            done["memories whose history begins anew"] += 1
    session.execute(delete(ChangeSetRow).where(ChangeSetRow.number.not_in(select(RevisionRow.changeset))))


def _begin_anew(session: Session, act: int, id_: str) -> None:
    session.execute(delete(RevisionRow).where(RevisionRow.memory_id == id_))
    row = session.scalars(select(MemoryRow).where(MemoryRow.id == id_)).one()
    revision = RevisionRow(changeset=act, memory_id=id_, memory_number=row.number, before=None, after={})
    session.add(revision)
    session.flush()
    row.revision = revision.number
    session.flush()
    sources = session.scalars(select(SourceRow).where(SourceRow.memory_id == id_).order_by(SourceRow.number)).all()
    revision.after = memory_to_json(to_memory(row, sources))
    session.flush()


# -- derived


def _derived(session: Session, done: Counter[str]) -> None:
    """Passages of every text, vectors that are ones, and a place in the queue for what has none."""
    for owner, _ in OWNERS:
        for number in wrong_passages(session, owner):
            content, author = _said(session, owner, number)
            write_passages(session, owner, number, content, author=author)
            done["texts cut into passages again"] += 1
    _changed(session, _STRAYS)
    bad = bad_vectors(session)
    for number in bad:
        session.execute(delete(EmbeddingRow).where(EmbeddingRow.number == number))
    done["vectors to be made again"] += len(bad)
    _changed(session, _QUEUE)
    session.execute(delete(MetaRow).where(MetaRow.key == GENERATION_KEY))


def _said(session: Session, owner: OwnerType, number: int) -> tuple[str, str]:
    if owner == "memory":
        return session.get_one(MemoryRow, number).text, ""
    row = session.get_one(MessageRow, number)
    return row.content, row.author
