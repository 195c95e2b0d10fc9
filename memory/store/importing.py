"""Messages that come from elsewhere, many in one transaction, each stored once however often it is imported.

A conversation is known by its origin and its id there, a message by its conversation and its id there. Two people's
files may use the same names ("session_1") for different talks: where most messages that both have differ, it is
another conversation, which gets a suffix made from its content, so that importing it again finds it again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.ids import new_id
from memory.passages import NewOwner, next_number, write_many
from memory.schema import ConversationRow, MessageRow
from memory.text import one_line
from memory.tombstones import buried, source_print
from memory.types import NewMessage

SUFFIX_MARK = "~"
_NAMED_AFTER = 20
"""How many messages the suffix of a second conversation of the same name is made from."""

TITLE_CHARS = 120
DERIVED_TITLE_CHARS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceConversation:
    """A conversation as its source names it."""

    key: str
    title: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceMessage:
    """A message on its way in: cleaned, with an external id and a time."""

    conversation: SourceConversation
    message: NewMessage
    where: str
    """What a person would look up: a file with a line, a conversation with a message."""


Outcome = Literal["imported", "known", "differs", "purged"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedBatch:
    """What became of each message, in order, and which conversations (ULIDs) it touched."""

    outcomes: tuple[Outcome, ...]
    conversations: frozenset[str]
    created: frozenset[str]
    changed: frozenset[str]


@dataclass(kw_only=True)
class _Thread:
    """A stored conversation while its source is read."""

    id: str
    created: bool
    head: str | None
    updated_at: datetime
    shown: bool = True
    """Whether the head follows the source: not where the user has gone on with words of their own."""
    started: bool = False
    previous: str | None = None
    """The stored message that the source has just before the next one."""
    run: "_Run | None" = None


@dataclass(frozen=True)
class _Run:
    """New messages in a row: what they hang below, and what was shown before them."""

    below: str | None
    head: str | None


@dataclass(kw_only=True)
class ImportScope:
    """One source file while it is read: which of our conversations each of its names stands for.

    `unique_names`: the source's conversation ids are unique in the world. Otherwise overlap decides, and
    `grows` says whether a known name without any known message goes on (True) or is something else (False).
    """

    origin: str
    unique_names: bool
    grows: bool = True
    threads: dict[str, _Thread] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    content: str
    parent_id: str | None


@dataclass
class _Writes:
    """What a batch adds, gathered before it is written."""

    number: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    """Known messages that get a new parent, since one that was missing has now come in before them."""


def write_batch(session: Session, scope: ImportScope, batch: Sequence[SourceMessage], clock: Clock) -> ImportedBatch:
    """Store what is new of `batch`, in the caller's transaction."""
    writes = _Writes(number=next_number(session, MessageRow.__tablename__))
    outcomes: dict[int, Outcome] = {}
    touched: set[str] = set()
    changed: set[str] = set()
    created: set[str] = set()
    for key, places in _by_conversation(batch).items():
        messages = [batch[place] for place in places]
        thread = scope.threads.get(key)
        gone = _purged(session, scope, messages)
        outcomes |= {place: "purged" for place in places if _id(batch[place]) in gone}
        places = [place for place in places if place not in outcomes]
        if not places:
            continue
        messages = [batch[place] for place in places]
        if thread is None:
            thread = scope.threads[key] = _open(session, scope, messages, clock)
            created |= {thread.id} if thread.created else set()
        touched.add(thread.id)
        before, head = len(writes.rows), thread.head
        outcomes |= zip(places, _place(session, thread, messages, writes, clock), strict=True)
        added = writes.rows[before:]
        changed |= {thread.id} if added else set()
        if added or thread.head != head:
            _advance(session, thread, added)
    _write(session, writes)
    return ImportedBatch(
        outcomes=tuple(outcomes[place] for place in range(len(batch))),
        conversations=frozenset(touched),
        created=frozenset(created),
        changed=frozenset(changed),
    )


def _purged(session: Session, scope: ImportScope, messages: Sequence[SourceMessage]) -> frozenset[str]:
    """External ids of messages of one conversation that were purged here."""
    prints = {source_print(scope.origin, item.conversation.key, _id(item)): _id(item) for item in messages}
    return frozenset(prints[one] for one in buried(session, prints))


def _by_conversation(batch: Sequence[SourceMessage]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, item in enumerate(batch):
        places.setdefault(item.conversation.key, []).append(place)
    return places


# -- which conversation


def _open(session: Session, scope: ImportScope, messages: Sequence[SourceMessage], clock: Clock) -> _Thread:
    """The stored conversation that these messages belong to, made if there is none."""
    key = messages[0].conversation.key
    candidates = _candidates(session, scope, key)
    if candidates and scope.unique_names:
        return _thread(session, candidates[0])
    same, disjoint = _most_agreeing(session, candidates, messages)
    found = same or (disjoint if scope.grows else None)
    if found is not None:
        return _thread(session, found)
    name = key if all(row.external_id != key for row in candidates) else key + SUFFIX_MARK + _digest(messages)
    return _create(session, scope, name, messages[0].conversation, clock)


def _candidates(session: Session, scope: ImportScope, key: str) -> list[ConversationRow]:
    """Conversations of this name, the plain name first."""
    names = [ConversationRow.external_id == key]
    if not scope.unique_names:
        low, high = key + SUFFIX_MARK, key + chr(ord(SUFFIX_MARK) + 1)
        names.append(and_(ConversationRow.external_id >= low, ConversationRow.external_id < high))
    query = select(ConversationRow).where(ConversationRow.origin == scope.origin, or_(*names))
    return list(session.scalars(query.order_by(ConversationRow.external_id)))


def _most_agreeing(
    session: Session, candidates: Sequence[ConversationRow], messages: Sequence[SourceMessage]
) -> tuple[ConversationRow | None, ConversationRow | None]:
    """The candidate that has most of these messages in these words, and the first that has none of their ids."""
    best: ConversationRow | None = None
    disjoint: ConversationRow | None = None
    most = 0
    for row in candidates:
        known = _known(session, row.id, messages)
        overlap = [item for item in messages if _id(item) in known]
        same = sum(known[_id(item)].content == item.message.content for item in overlap)
        if 2 * same > len(overlap) and same > most:
            best, most = row, same
        elif not overlap:
            disjoint = disjoint or row
    return best, disjoint


def _digest(messages: Sequence[SourceMessage]) -> str:
    digest = hashlib.sha256()
    for item in messages[:_NAMED_AFTER]:
        digest.update(f"{_id(item)}\0{item.message.content}\0".encode())
    return digest.hexdigest()[:12]


def _thread(session: Session, row: ConversationRow) -> _Thread:
    head = row.head_message_id
    foreign = session.scalar(select(MessageRow.external_id).where(MessageRow.id == head)) is not None
    return _Thread(id=row.id, created=False, head=head, updated_at=row.updated_at, shown=head is None or foreign)


def _create(session: Session, scope: ImportScope, name: str, source: SourceConversation, clock: Clock) -> _Thread:
    at = source.created_at or clock.now()
    row = ConversationRow(
        id=new_id(),
        title=one_line(source.title, TITLE_CHARS),
        created_at=at,
        updated_at=at,
        origin=scope.origin,
        external_id=name,
        draft="",
    )
    session.add(row)
    session.flush()
    return _Thread(id=row.id, created=True, head=None, updated_at=at)


# -- where in it


def _place(
    session: Session, thread: _Thread, messages: Sequence[SourceMessage], writes: _Writes, clock: Clock
) -> list[Outcome]:
    """Sort the messages into new, known and differing, and hang the new ones where the source has them."""
    known = {} if thread.created and not thread.started else _known(session, thread.id, messages)
    if not thread.started:
        thread.started = True
        first = next((known[_id(item)] for item in messages if _id(item) in known), None)
        # New messages before the first one go above it; else they go on below what is shown.
        thread.previous = None if first is not None and first.parent_id is None else thread.head
    outcomes: list[Outcome] = []
    for item in messages:
        stored = known.get(_id(item))
        if stored is None:
            thread.run = thread.run or _Run(thread.previous, thread.head)
            known[_id(item)] = stored = _add(thread, item, writes, clock)
            outcomes.append("imported")
        else:
            _meet(thread, stored, writes)
            outcomes.append("known" if stored.content == item.message.content else "differs")
        thread.previous = stored.id
    if thread.run is not None and thread.shown:
        thread.head = thread.previous
    return outcomes


def _meet(thread: _Thread, stored: _Known, writes: _Writes) -> None:
    """End a run of new messages at a known one: what was missing before it goes between it and its parent."""
    if thread.run is None:
        return
    if stored.parent_id == thread.run.below and stored.id != thread.previous:
        writes.moved.append({"moved": stored.id, "below": thread.previous})
    thread.head = thread.run.head or thread.head
    thread.run = None


def _add(thread: _Thread, item: SourceMessage, writes: _Writes, clock: Clock) -> _Known:
    new = item.message
    stored = _Known(new_id(), new.content, thread.previous)
    row = {
        "number": writes.number,
        "id": stored.id,
        "conversation_id": thread.id,
        "parent_id": stored.parent_id,
        "role": new.role,
        "author": one_line(new.author, 80),
        "content": new.content,
        "status": new.status,
        "said_at": new.said_at or clock.now(),
        "zone": new.zone or clock.zone,
        "model": one_line(new.model, 120),
        "prompt_tokens": new.prompt_tokens,
        "completion_tokens": new.completion_tokens,
        "external_id": new.external_id,
    }
    writes.rows.append(row)
    writes.number += 1
    return stored


def _known(session: Session, conversation_id: str, messages: Sequence[SourceMessage]) -> dict[str, _Known]:
    query = select(MessageRow.external_id, MessageRow.id, MessageRow.content, MessageRow.parent_id).where(
        MessageRow.conversation_id == conversation_id,
        MessageRow.external_id.in_([_id(item) for item in messages]),
    )
    return {str(name): _Known(id_, content, parent) for name, id_, content, parent in session.execute(query)}


def _id(item: SourceMessage) -> str:
    assert item.message.external_id is not None
    return item.message.external_id


# -- writing


def _advance(session: Session, thread: _Thread, rows: Sequence[dict[str, Any]]) -> None:
    """Bring the conversation's own row along with its messages."""
    thread.updated_at = max([thread.updated_at, *(row["said_at"] for row in rows)])
    values = {"updated_at": thread.updated_at, "head_message_id": thread.head}
    session.execute(update(ConversationRow).where(ConversationRow.id == thread.id).values(**values))
    first = next((row["content"] for row in rows if row["role"] == "user"), None)
    if thread.created and first:
        untitled = (ConversationRow.id == thread.id, ConversationRow.title == "")
        title = one_line(first, DERIVED_TITLE_CHARS)
        session.execute(update(ConversationRow).where(*untitled).values(title=title))


def _write(session: Session, writes: _Writes) -> None:
    connection = session.connection()
    if writes.rows:
        connection.execute(insert(MessageRow), writes.rows)
        owners = [NewOwner(row["number"], row["content"], row["author"]) for row in writes.rows]
        write_many(session, "message", owners)
    if writes.moved:
        statement = update(MessageRow).where(MessageRow.id == bindparam("moved")).values(parent_id=bindparam("below"))
        connection.execute(statement, writes.moved)
