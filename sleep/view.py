"""What a stage sees: the home as it was when the night began, with the changes planned so far laid over it.

Read only. Lookups follow indexes, so that a stage's work is proportional to what is new, not to what is stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from memory.errors import EmbedderError
from memory.fulltext import find_words
from memory.nights import Change, Level, ProfileLine, Summary
from memory.passages import embedded_text
from memory.schema import ConversationRow, MemoryRow, MessageRow, PassageRow, SourceRow
from memory.store import MemoryFilter
from memory.store.meta import get_meta
from memory.store.rows import to_memory, to_message
from memory.types import Kind, Memory, Message, Status, Trust
from sleep.home import Home

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

PAGE = 500
NEIGHBOURS = 24


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which messages are new to this night: numbers in (after, until], and those that earlier nights left."""

    after: int
    until: int
    waiting: tuple[int, ...] = ()


class View:
    """The home, as this night has it so far."""

    def __init__(self, home: Home, scope: Scope, now: datetime) -> None:
        self._home = home
        self.scope = scope
        self.now = now
        self._planned: dict[str, Memory | None] = {}
        self._first: dict[str, Memory | None] = {}
        self._vectors: dict[str, Matrix] = {}
        self._near: dict[str, dict[str, float]] = {}
        self._loaded: dict[str, Memory] = {}
        self._new: tuple[list[str], Matrix] | None = None
        self._slots: dict[tuple[str, str | None], list[Memory]] | None = None
        self._purged = home.memories.purged()
        self.changes: list[Change] = []
        self.unread: dict[int, str] = {}
        """Numbers of messages that a model could not read, with the reason: they wait for another night."""

    @property
    def zone(self) -> str:
        return self._home.clock.zone

    # -- laying changes over

    def add(self, changes: Iterable[Change]) -> None:
        """Let what follows see these changes."""
        for change in changes:
            self.changes.append(change)
            if change.target == "memory" and change.after is not change.before:
                memory = change.after
                assert memory is None or isinstance(memory, Memory)
                self._planned[change.key[1]] = memory
                self._new = self._slots = None

    # -- messages

    def new_messages(self) -> Iterator[Message]:
        """The new messages of the user, in the order they were stored: complete ones only."""
        for message in self._messages():
            if message.role == "user" and message.status == "complete":
                yield message

    def _messages(self) -> Iterator[Message]:
        yield from self._numbered(sorted(n for n in self.scope.waiting if n <= self.scope.after))
        after = self.scope.after
        while True:
            with self._home.database.read() as session:
                query = select(MessageRow).where(MessageRow.number > after, MessageRow.number <= self.scope.until)
                rows = session.scalars(query.order_by(MessageRow.number).limit(PAGE)).all()
                page = [to_message(row) for row in rows]
            if not page:
                return
            yield from page
            after = page[-1].number

    def _numbered(self, numbers: Sequence[int]) -> list[Message]:
        with self._home.database.read() as session:
            query = select(MessageRow).where(MessageRow.number.in_(list(numbers))).order_by(MessageRow.number)
            return [to_message(row) for row in session.scalars(query)]

    def attempts(self) -> dict[int, int]:
        """How often messages could not be read so far, by number."""
        return self._home.nights.waiting()

    def messages(self, ids: Iterable[str]) -> dict[str, Message]:
        """Messages by id."""
        wanted = list(dict.fromkeys(ids))
        with self._home.database.read() as session:
            rows = session.scalars(select(MessageRow).where(MessageRow.id.in_(wanted))).all()
            return {row.id: to_message(row) for row in rows}

    def origins(self, conversations: Iterable[str]) -> dict[str, str]:
        """Where conversations come from, by id: chat, import:chatgpt, ..."""
        with self._home.database.read() as session:
            query = select(ConversationRow.id, ConversationRow.origin)
            rows = session.execute(query.where(ConversationRow.id.in_(set(conversations))))
            return {conversation: origin for conversation, origin in rows}

    def said_before(self, message: Message, most: int = 4) -> tuple[Message, ...]:
        """What came right before a message in its thread: context, never evidence."""
        found: list[Message] = []
        with self._home.database.read() as session:
            parent = message.parent_id
            while parent is not None and len(found) < most:
                row = session.scalar(select(MessageRow).where(MessageRow.id == parent))
                if row is None:
                    break
                found.append(to_message(row))
                parent = row.parent_id
        return tuple(reversed(found))

    # -- memories

    def memory(self, memory_id: str) -> Memory | None:
        """A memory as planned, or as stored."""
        if memory_id in self._planned:
            return self._planned[memory_id]
        return next(iter(self._stored(MemoryRow.id == memory_id)), None)

    def active(self, memories: Iterable[Memory | None]) -> list[Memory]:
        """Those that count, as planned."""
        now = [self._planned.get(m.id, m) for m in memories if m is not None]
        return [m for m in now if m is not None and m.status is Status.ACTIVE]

    def new_memories(self) -> list[Memory]:
        """Active memories that this night adds or changes."""
        return self.active(list(self._planned.values()))

    def in_slot(self, subject: str, slot: str, value: str | None = None) -> list[Memory]:
        """The active memories of a slot, oldest statement first; with `value`, those that give it that one."""
        found = self._in_slot(subject, slot, value, MemoryRow.status == Status.ACTIVE)
        return sorted(self.active(found), key=lambda m: (m.said_at or m.created_at, m.id))

    def history(self, subject: str, slot: str) -> list[Memory]:
        """What of a slot counts and what gave way, as planned, oldest statement first."""
        found = self._in_slot(subject, slot, None, MemoryRow.status.in_((Status.ACTIVE, Status.SUPERSEDED)))
        now = [self._planned.get(m.id, m) for m in found]
        return sorted((m for m in now if m is not None), key=lambda m: (m.said_at or m.created_at, m.id))

    def _in_slot(self, subject: str, slot: str, value: str | None, *conditions: object) -> list[Memory]:
        if value is not None:
            conditions = (*conditions, func.lower(MemoryRow.value) == func.lower(value))
        stored = self._stored(MemoryRow.subject == subject, MemoryRow.slot == slot, *conditions)
        planned = self._planned_in_slots().get((subject, slot), [])
        same = [m for m in planned if value is None or (m.value or "").lower() == value.lower()]
        return list({m.id: m for m in [*stored, *same]}.values())

    def _planned_in_slots(self) -> dict[tuple[str, str | None], list[Memory]]:
        if self._slots is None:
            self._slots = {}
            for memory in self._planned.values():
                if memory is not None:
                    self._slots.setdefault((memory.subject, memory.slot), []).append(memory)
        return self._slots

    def due(self, now: datetime) -> list[Memory]:
        """Active plans whose time has passed, and states that were said to last until then; pinned ones stay."""
        passed = or_(
            and_(MemoryRow.kind == Kind.PLAN, MemoryRow.event_to <= now),
            and_(MemoryRow.valid_to <= now, MemoryRow.valid_to > MemoryRow.said_at, MemoryRow.trust != Trust.INFERRED),
        )
        stored = self._stored(MemoryRow.status == Status.ACTIVE, MemoryRow.pinned.is_(False), passed)
        planned = [m for m in self._planned.values() if m is not None]
        found = self.active({m.id: m for m in [*stored, *planned]}.values())
        return [m for m in found if is_due(m, now)]

    def citing(self, message_id: str) -> list[Memory]:
        """Memories of any status that cite a message."""
        with self._home.database.read() as session:
            ids = session.scalars(select(SourceRow.memory_id).where(SourceRow.message_id == message_id)).all()
        return self._stored(MemoryRow.id.in_(ids))

    def summaries(self, level: Level, periods: Sequence[str]) -> dict[str, Summary]:
        """The stored summaries of some periods."""
        return {summary.period: summary for summary in self._home.nights.summaries(level, periods)}

    def profile(self) -> tuple[ProfileLine, ...]:
        """The page about the user as stored."""
        return self._home.nights.profile()

    def recent(self, most: int) -> list[Memory]:
        """The active memories that were stored last."""
        return self.active(self._home.memories.list(MemoryFilter(limit=most)))

    def of_kinds(self, kinds: tuple[Kind, ...], most: int) -> list[Memory]:
        """The active memories of some kinds that were stored last, and those of this night."""
        stored = self.active(self._home.memories.list(MemoryFilter(kinds=kinds, limit=most)))
        return list({m.id: m for m in [*stored, *self.new_memories()] if m.kind in kinds}.values())

    def dreamt(self, motive: str) -> bool:
        """Whether a motive was dreamt before, whatever became of it."""
        return self._home.nights.dreamt(motive)

    def purged(self, statement_fingerprint: str) -> bool:
        """Whether a statement was purged, and must not come back."""
        return statement_fingerprint in self._purged

    def neighbours(self, memory: Memory) -> list[tuple[Memory, float]]:
        """Active memories close to this one, with their similarity (cosine; 0 where only words found them)."""
        if memory.text not in self._near:  # what is stored stays as it is while the night plans
            self._near[memory.text] = self._near_stored(memory)
        scores = self._near[memory.text] | self._near_planned(memory)
        scores.pop(memory.id, None)
        found = {m.id: m for m in self._by_ids(scores)}
        return sorted(((m, scores[m.id]) for m in self.active(found.values())), key=lambda pair: (-pair[1], pair[0].id))

    def _by_ids(self, ids: Iterable[str]) -> list[Memory]:
        wanted = list(ids)
        planned = [m for i in wanted if (m := self._planned.get(i)) is not None]
        stored = [i for i in wanted if i not in self._planned]
        missing = [i for i in stored if i not in self._loaded]
        if missing:
            self._loaded |= {m.id: m for m in self._stored(MemoryRow.id.in_(missing))}
        return [*planned, *(self._loaded[i] for i in stored if i in self._loaded)]

    def _near_stored(self, memory: Memory) -> dict[str, float]:
        """By vectors and by words, among what is stored."""
        cosine: dict[int, float] = {}
        try:
            hits = self._home.vectors.search_vector(self.vector(memory.text), 4 * NEIGHBOURS)
        except EmbedderError:
            hits = []
        scores = {hit.passage: hit.score for hit in hits}
        with self._home.database.read() as session:
            owners = select(PassageRow).where(PassageRow.number.in_(scores), PassageRow.owner_type == "memory")
            for row in session.scalars(owners):
                cosine[row.owner_number] = max(cosine.get(row.owner_number, 0.0), scores[row.number])
            for hit in find_words(session, "memory", memory.text, NEIGHBOURS):
                cosine.setdefault(hit.number, 0.0)
            rows = session.execute(select(MemoryRow.number, MemoryRow.id).where(MemoryRow.number.in_(cosine)))
            return {memory_id: cosine[number] for number, memory_id in rows}

    def _near_planned(self, memory: Memory) -> dict[str, float]:
        """The closest among what this night adds or changes."""
        try:
            ids, vectors = self._new_vectors()
            scores = vectors @ self.vector(memory.text).reshape(-1)
        except EmbedderError:
            return {}
        best = scores.argsort()[::-1][: NEIGHBOURS + 1]
        return {ids[i]: float(scores[i]) for i in best}

    def _new_vectors(self) -> tuple[list[str], "Matrix"]:
        """The vectors of what this night adds or changes, stacked once for all lookups of a stage."""
        import numpy as np

        if self._new is None:
            new = [m for m in self._planned.values() if m is not None]
            self.embed([m.text for m in new])
            stacked = [self._vectors[m.text] for m in new] or [np.zeros((0, self.vector("").shape[1]), np.float32)]
            self._new = [m.id for m in new], np.vstack(stacked)
        return self._new

    @property
    def embedder(self) -> str:
        """The embedder that the vectors are of; empty without one."""
        try:
            self.embed([""])
        except EmbedderError:
            return ""
        recorded = self._home.vectors.status().recorded
        return f"{recorded.name}|{recorded.revision}|{recorded.dimension}" if recorded else ""

    def meta(self, key: str) -> str:
        """A single stored value; empty if there is none."""
        return get_meta(self._home.database, key)

    def similarity(self, one: str, other: str) -> float:
        """Cosine of two texts; 0 without an embedder."""
        try:
            return float(self.vector(one).reshape(-1) @ self.vector(other).reshape(-1))
        except EmbedderError:
            return 0.0

    def vector(self, text: str) -> "Matrix":
        """The vector of a text, computed once a night. Raises EmbedderError."""
        self.embed([text])
        return self._vectors[text]

    def vectors(self, texts: Sequence[str]) -> "Matrix":
        """The vectors of texts, one a row, without keeping them. Raises EmbedderError."""
        return self._home.vectors.embed(texts)

    def embed(self, texts: Sequence[str]) -> None:
        """Compute vectors in one batch, for later."""
        missing = [t for t in dict.fromkeys(texts) if t not in self._vectors]
        if missing:
            vectors = self._home.vectors.embed([embedded_text(t, "") for t in missing])
            self._vectors |= {text: vectors[i : i + 1] for i, text in enumerate(missing)}

    def _stored(self, *conditions: object) -> list[Memory]:
        with self._home.database.read() as session:
            rows = session.scalars(select(MemoryRow).where(*conditions)).all()  # type: ignore[arg-type]
            sources: dict[str, list[SourceRow]] = {}
            cited = select(SourceRow).where(SourceRow.memory_id.in_([row.id for row in rows]))
            for source in session.scalars(cited.order_by(SourceRow.number)):
                sources.setdefault(source.memory_id, []).append(source)
            return [to_memory(row, sources.get(row.id, ())) for row in rows]


def is_due(memory: Memory, now: datetime) -> bool:
    """Whether a memory is told as if its time were still to come."""
    if memory.pinned or memory.status is not Status.ACTIVE:
        return False
    if memory.kind is Kind.PLAN:
        return memory.event_to is not None and memory.event_to <= now
    lasted = memory.valid_to is not None and memory.said_at is not None and memory.said_at < memory.valid_to <= now
    return lasted and memory.trust is not Trust.INFERRED


def joined(memory: Memory, other: Memory) -> Memory:
    """`memory` with the quotes of `other` beside its own, each once."""
    return replace(memory, sources=tuple(dict.fromkeys((*memory.sources, *other.sources))))
