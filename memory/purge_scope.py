"""What a purge is about: a memory, a message, a conversation, everything about somebody, or a stretch of time.

Worked out before anything is removed, so that it can be shown and asked about.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.database import Database
from memory.errors import InvalidInput
from memory.purge_words import naming
from memory.schema import ConversationRow, MemoryRow, MessageRow, RecallRow, RevisionRow, SourceRow
from memory.store.acts import memory_row
from memory.store.conversations import conversation_row, message_row
from memory.text import fingerprint
from memory.tombstones import prints_of
from memory.types import parse_short_id

ULID = 26
"""Characters of an id."""
_WORDINGS = select(MemoryRow.number, MemoryRow.text)
_REVISIONS = select(MemoryRow.number, RevisionRow.before, RevisionRow.after).join(
    RevisionRow, RevisionRow.memory_id == MemoryRow.id
)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Numbers of what goes. `called` is what a person would call it."""

    called: str
    memories: tuple[int, ...] = ()
    messages: tuple[int, ...] = ()
    conversations: tuple[int, ...] = ()
    """Those that go whole, with their title, their draft and everything else."""
    named: str = ""
    """Whom it is about: what names them goes from everything that was made of other things, too."""

    @property
    def empty(self) -> bool:
        return not (self.memories or self.messages or self.conversations)


def scope_of(database: Database, references: Sequence[str]) -> Scope:
    """Memories (m41), messages (t120) and conversations (c4) by name. Raises NotFound or InvalidInput."""
    if not references:
        raise InvalidInput("Purge what?", "Name a memory (m41), a message (t120) or a conversation (c4).")
    with database.read() as session:
        found = [_named(session, reference) for reference in references]
        return _whole(session, ", ".join(one.called for one in found), found)


def scope_about(database: Database, name: str) -> Scope:
    """Everything that names somebody or something, as a whole word. Raises InvalidInput for a name of no letters."""
    words = name.split()
    if not any(c.isalnum() for c in name):
        raise InvalidInput(f"{name!r} names nobody.", "Give a name, for example --about Stan.")
    pattern = naming(name)
    with database.read() as session:
        found = Scope(
            called=f"everything about {' '.join(words)}",
            memories=_saying(session, MemoryRow, pattern.search, "text", "subject", "value", "tags"),
            messages=_saying(session, MessageRow, pattern.search, "content", "author"),
        )
        found = replace(found, messages=(*found.messages, *_answers_from(session, found)))
        return replace(_whole(session, found.called, [found]), named=" ".join(words))


def scope_between(database: Database, start: datetime | None, end: datetime | None) -> Scope:
    """What was said from `start` on and before `end`; open on one side where that is None. Raises InvalidInput."""
    if start is None and end is None:
        raise InvalidInput("From when to when?", "Give --from, --until or both.")
    if start is not None and end is not None and start >= end:
        raise InvalidInput("The end is not after the beginning.")

    def within(kind: type[MemoryRow] | type[MessageRow]) -> tuple[int, ...]:
        query = select(kind.number)
        query = query.where(kind.said_at >= start) if start is not None else query
        query = query.where(kind.said_at < end) if end is not None else query
        return tuple(session.scalars(query))

    said = " ".join(
        (
            *(("from", f"{start:%-d %B %Y %H:%M}") if start else ()),
            *(("until", f"{end:%-d %B %Y %H:%M}") if end else ()),
        )
    )
    with database.read() as session:
        found = Scope(called=f"what was said {said}", memories=within(MemoryRow), messages=within(MessageRow))
        return _whole(session, found.called, [found])


def scope_buried(database: Database, prints: frozenset[str]) -> Scope:
    """What tombstones keep from coming back: messages by their names, memories by any wording they ever had."""
    with database.read() as session:
        query = select(MessageRow, ConversationRow).join(ConversationRow)
        messages = [m.number for m, conversation in session.execute(query) if prints & prints_of(m, conversation)]
        memories = {n for n, wording in session.execute(_WORDINGS) if fingerprint(wording) in prints}
        for number, *states in session.execute(_REVISIONS):
            wordings = (str(state["text"]) for state in states if state)
            memories |= {number} if any(fingerprint(wording) in prints for wording in wordings) else set()
        found = Scope(called="what was purged", memories=tuple(sorted(memories)), messages=tuple(messages))
        return _whole(session, found.called, [found])


def joined(called: str, scopes: Iterable[Scope]) -> Scope:
    """Several as one."""
    every = list(scopes)
    return Scope(
        called=called,
        memories=tuple(sorted({n for scope in every for n in scope.memories})),
        messages=tuple(sorted({n for scope in every for n in scope.messages})),
        conversations=tuple(sorted({n for scope in every for n in scope.conversations})),
    )


def _named(session: Session, reference: str) -> Scope:
    letter, number = _short(session, reference)
    called = f"{letter}{number}"
    if letter == "m":
        return Scope(called=called, memories=(memory_row(session, called).number,))
    if letter == "t":
        return Scope(called=called, messages=(message_row(session, called).number,))
    row = conversation_row(session, called)
    said = session.scalars(select(MessageRow.number).where(MessageRow.conversation_id == row.id))
    return Scope(called=called, messages=tuple(said), conversations=(row.number,))


def _short(session: Session, reference: str) -> tuple[str, int]:
    """The letter and number of what is named by its short id or its ULID."""
    for letter, kind in (("m", MemoryRow), ("t", MessageRow), ("c", ConversationRow)) if len(reference) == ULID else ():
        number = session.scalar(select(kind.number).where(kind.id == reference))
        if number is not None:
            return letter, number
    return parse_short_id(reference)


def _saying(
    session: Session, kind: type[MemoryRow] | type[MessageRow], says: Callable[[str], object], *columns: str
) -> tuple[int, ...]:
    query = select(kind.number, *(getattr(kind, column) for column in columns))
    return tuple(row[0] for row in session.execute(query) if any(value and says(value) for value in row[1:]))


def _whole(session: Session, called: str, parts: Iterable[Scope]) -> Scope:
    """With the answers to the messages, and the memories that rest on nothing else."""
    found = list(parts)
    messages = {number for part in found for number in part.messages}
    messages |= _answers_to(session, messages)
    memories = {number for part in found for number in part.memories} | _resting_on(session, messages)
    conversations = {number for part in found for number in part.conversations} | _emptied(session, messages)
    return Scope(
        called=called, memories=tuple(sorted(memories)), messages=tuple(sorted(messages)),
        conversations=tuple(sorted(conversations)),
    )  # fmt: skip


def _answers_to(session: Session, messages: set[int]) -> set[int]:
    """An answer says again what it answers."""
    asked = session.execute(select(MessageRow.id, MessageRow.number).where(MessageRow.role == "user"))
    ids = {id_ for id_, number in asked if number in messages}
    query = select(MessageRow.number, MessageRow.parent_id).where(MessageRow.role == "assistant")
    return {number for number, parent in session.execute(query) if parent in ids}


def _answers_from(session: Session, scope: Scope) -> set[int]:
    """Answers that cite what is in a scope: they say it without the name, too."""
    cited = select(MessageRow.number, RecallRow.hit_type, RecallRow.hit_number)
    cited = cited.join(RecallRow, RecallRow.message_id == MessageRow.id).where(RecallRow.state == "cited")
    gone = {("memory", n) for n in scope.memories} | {("message", n) for n in scope.messages}
    return {number for number, kind, hit in session.execute(cited) if (kind, hit) in gone}


def _resting_on(session: Session, messages: set[int]) -> set[int]:
    """Memories of which every quote is from these messages."""
    query = select(SourceRow.memory_id, MessageRow.number).join(MessageRow, MessageRow.id == SourceRow.message_id)
    sources: dict[str, set[int]] = {}
    for memory, number in session.execute(query):
        sources.setdefault(memory, set()).add(number)
    resting = {memory for memory, numbers in sources.items() if numbers <= messages}
    return {number for id_, number in session.execute(select(MemoryRow.id, MemoryRow.number)) if id_ in resting}


def _emptied(session: Session, messages: set[int]) -> set[int]:
    """Conversations of which nothing would be left."""
    left, all_ = set(), set()
    for conversation, number in session.execute(select(MessageRow.conversation_id, MessageRow.number)):
        all_.add(conversation)
        if number not in messages:
            left.add(conversation)
    rows = session.execute(select(ConversationRow.id, ConversationRow.number))
    return {number for id_, number in rows if id_ in all_ - left}
