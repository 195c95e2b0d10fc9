"""Retrieval: what was said or remembered that bears on a question, with the reasons.

Channels (vectors, words, trigrams, and for "What is my job?" the memories that state a job) rank messages and memories
separately; reciprocal rank fusion joins the ranks (Cormack, Clarke, Buettcher 2009: score = sum of 1 / (60 + rank)), so
that a hit of one channel alone can surface and no channel's scale matters. Nothing is filtered in the index: rows that
do not count are dropped when they are read.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.database import Database
from memory.errors import EmbedderError
from memory.extraction import question_slot
from memory.fulltext import TextScore, find_trigrams, find_words, unspaced_of
from memory.schema import ConversationRow, MemoryRow, MessageRow, PassageRow, SourceRow
from memory.settled import settle
from memory.store.rows import to_memory, to_message
from memory.strength import factor, strength
from memory.types import ChannelScore, Hit, OwnerType, Status
from memory.vectors.base import PassageScore

RRF_CONSTANT = 60
DEPTH = 60
"""How many candidates a channel contributes."""
CHANNEL_WEIGHTS = {"dense": 1.0, "words": 1.0, "slot": 1.0, "trigrams": 0.6}
MOST_OF_A_SLOT = 10
PINNED_FACTOR = 1.1
MAX_QUERY_CHARS = 4_000


class DenseSearch(Protocol):
    """What retrieval needs of `memory.vectors.service.Vectors`."""

    def search(self, query: str, k: int) -> list[PassageScore]: ...

    def notice(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    """The hits, best first, and one line where something was not as usual."""

    hits: tuple[Hit, ...]
    notice: str
    milliseconds: float
    dense_milliseconds: float
    """Of those, the query's embedding and the vector search."""


@dataclass(slots=True)
class _Candidate:
    owner: OwnerType
    number: int
    score: float = 0.0
    channels: list[ChannelScore] = field(default_factory=list)
    span: tuple[int, int] | None = None


_Key = tuple[OwnerType, int]

WordSearch = Callable[[Session, OwnerType, str, int], Sequence[TextScore]]
"""Finds the rows of messages or memories that share words with a query: `find_words`, or what remembers its results."""


class Retriever:
    """Searches one home. Safe to call from any thread."""

    def __init__(self, database: Database, vectors: DenseSearch, clock: Clock, words: WordSearch = find_words) -> None:
        self._database = database
        self._vectors = vectors
        self._clock = clock
        self._words = words

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        now: datetime | None = None,
        leave_out: frozenset[str] = frozenset(),
    ) -> Retrieval:
        """The `k` best hits for `query`; fewer, or none, where nothing bears on it.

        `leave_out` names short ids that must not come back (the turn being answered). `now` is the instant that the
        question is asked at: what was said later does not exist yet.
        """
        started = time.perf_counter()
        query = query[:MAX_QUERY_CHARS]
        if not query.strip():
            return Retrieval(hits=(), notice="", milliseconds=0.0, dense_milliseconds=0.0)
        dense, notice = self._dense(query)
        dense_done = time.perf_counter()
        with self._database.read() as session:
            candidates = _fuse(session, query, dense, self._words)
            hits = _load(session, candidates, k, leave_out, now, now or self._clock.now())
        return Retrieval(
            hits=hits,
            notice=notice,
            milliseconds=(time.perf_counter() - started) * 1000,
            dense_milliseconds=(dense_done - started) * 1000,
        )

    def _dense(self, query: str) -> tuple[list[PassageScore], str]:
        try:
            return self._vectors.search(query, DEPTH), self._vectors.notice()
        except EmbedderError as error:
            return [], f"Found by words only: {error.message}"


def _fuse(session: Session, query: str, dense: Sequence[PassageScore], words: WordSearch) -> list[_Candidate]:
    """All candidates with their fused score in 0..1, best first."""
    found: dict[_Key, _Candidate] = {}
    _add_dense(session, found, dense)
    for owner in _OWNERS:
        _add(found, "words", owner, words(session, owner, query, DEPTH))
    _add(found, "slot", "memory", _of_slot(session, query))
    if unspaced_of(query) or not found:
        for owner in _OWNERS:
            _add(found, "trigrams", owner, find_trigrams(session, owner, query, DEPTH))
    best = sum(CHANNEL_WEIGHTS[c] for c in ("dense", "words")) / (RRF_CONSTANT + 1)
    for candidate in found.values():
        candidate.score = min(1.0, candidate.score / best)
    return sorted(found.values(), key=lambda c: (-c.score, c.owner, -c.number))


def _of_slot(session: Session, query: str) -> list[TextScore]:
    """The memories that state the attribute that is asked for, the latest first: they may share no word with it."""
    asked = question_slot(query)
    if asked is None:
        return []
    stated = select(MemoryRow.number).where(
        MemoryRow.slot == asked.slot,
        MemoryRow.subject.in_({asked.subject, asked.subject.title()}),
        MemoryRow.status == Status.ACTIVE,
    )
    numbers = session.scalars(stated.order_by(MemoryRow.said_at.desc(), MemoryRow.number.desc()).limit(MOST_OF_A_SLOT))
    return [TextScore(number, 1.0) for number in numbers]


_OWNERS: tuple[OwnerType, OwnerType] = ("message", "memory")


SAME_COSINE = 1e-4
"""Passages this near to each other are equally close to a question."""


def _add_dense(session: Session, found: dict[_Key, _Candidate], dense: Sequence[PassageScore]) -> None:
    scores = {hit.passage: hit.score for hit in dense}
    rows = {row.number: row for row in session.scalars(select(PassageRow).where(PassageRow.number.in_(scores)))}
    rank, last = 0, math.inf
    for number, score in scores.items():
        row = rows.get(number)
        if row is None:
            continue
        owner: OwnerType = "memory" if row.owner_type == "memory" else "message"
        candidate = found.setdefault((owner, row.owner_number), _Candidate(owner, row.owner_number))
        if candidate.span is not None:
            continue  # a better passage of the same message came before
        candidate.span = (row.start, row.end)
        if last - score > SAME_COSINE:  # a memory and the message that it is from are as close as each other
            rank, last = rank + 1, score
        _count(candidate, "dense", rank, score)


def _add(found: dict[_Key, _Candidate], channel: str, owner: OwnerType, hits: Iterable[TextScore]) -> None:
    for rank, hit in enumerate(hits, start=1):
        _count(found.setdefault((owner, hit.number), _Candidate(owner, hit.number)), channel, rank, hit.score)


def _count(candidate: _Candidate, channel: str, rank: int, score: float) -> None:
    candidate.score += CHANNEL_WEIGHTS[channel] / (RRF_CONSTANT + rank)
    candidate.channels.append(ChannelScore(channel=channel, rank=rank, score=score))


def _load(
    session: Session,
    candidates: list[_Candidate],
    k: int,
    leave_out: frozenset[str],
    now: datetime | None,
    present: datetime,
) -> tuple[Hit, ...]:
    """Read the best candidates until `k` of them count."""
    hits: list[Hit] = []
    step = max(k + k // 4, 20)
    for start in range(0, len(candidates), step):
        batch = candidates[start : start + step]
        loaded = _message_hits(session, batch, now) | _memory_hits(session, batch, now, present)
        ordered = (loaded.get((c.owner, c.number)) for c in batch)
        hits += [hit for hit in ordered if hit is not None and hit.id not in leave_out]
        if len(hits) >= k:
            break

    def memories(wanted: dict[int, Hit]) -> dict[int, Hit]:
        """The memories that stand for messages, found as those were."""
        stand_ins = [
            _Candidate("memory", number, hit.score, list(hit.channels), None) for number, hit in wanted.items()
        ]
        found = _memory_hits(session, stand_ins, now, present)
        return {number: hit for (_, number), hit in found.items() if hit.id not in leave_out}

    return tuple(sorted(settle(session, hits, memories), key=lambda hit: -hit.score)[:k])


def _message_hits(session: Session, batch: list[_Candidate], now: datetime | None) -> dict[_Key, Hit]:
    wanted = {c.number: c for c in batch if c.owner == "message"}
    query = (
        select(MessageRow, ConversationRow.number, ConversationRow.title)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(MessageRow.number.in_(wanted), MessageRow.status == "complete", MessageRow.role != "system")
        # Its own answers from memory say again what was said: recalled, they would be evidence for themselves.
        .where(MessageRow.model != "none")
    )
    hits: dict[_Key, Hit] = {}
    for row, number, title in session.execute(query):
        if now is not None and row.said_at > now:
            continue
        message, candidate = to_message(row), wanted[row.number]
        hits["message", row.number] = Hit(
            type="message",
            id=message.short_id,
            text=message.content,
            said_at=message.said_at,
            score=candidate.score,
            channels=tuple(candidate.channels),
            reasons=_reasons(candidate, ()),
            message=message,
            conversation=f"c{number}",
            conversation_title=title,
            external_id=message.external_id,
            span=candidate.span,
        )
    return hits


def _memory_hits(session: Session, batch: list[_Candidate], now: datetime | None, present: datetime) -> dict[_Key, Hit]:
    wanted = {c.number: c for c in batch if c.owner == "memory"}
    if not wanted:
        return {}
    query = select(MemoryRow).where(
        MemoryRow.number.in_(wanted), MemoryRow.status == Status.ACTIVE, MemoryRow.muted.is_(False)
    )
    rows = session.scalars(query).all()
    cited = _cited(session, [row.id for row in rows])
    hits: dict[_Key, Hit] = {}
    for row in rows:
        said_at = row.said_at or row.created_at
        if now is not None and said_at > now:
            continue
        sources = cited.get(row.id, [])
        candidate = wanted[row.number]
        memory = to_memory(row, [source for source, _, _, _ in sources])
        present_as = factor(strength(memory, (message.said_at for _, message, _, _ in sources), present))
        hits["memory", row.number] = Hit(
            type="memory",
            id=memory.short_id,
            text=memory.text,
            said_at=said_at,
            score=min(1.0, candidate.score * present_as * (PINNED_FACTOR if row.pinned else 1.0)),
            channels=tuple(candidate.channels),
            reasons=_reasons(candidate, ("pinned",) if row.pinned else ()),
            memory=memory,
            conversation=f"c{sources[0][2]}" if sources else "",
            conversation_title=sources[0][3] if sources else "",
            sources=tuple(message.external_id or f"t{message.number}" for _, message, _, _ in sources),
            span=candidate.span,
        )
    return hits


def _cited(session: Session, memory_ids: Sequence[str]) -> dict[str, list[tuple[SourceRow, MessageRow, int, str]]]:
    query = (
        select(SourceRow, MessageRow, ConversationRow.number, ConversationRow.title)
        .join(MessageRow, MessageRow.id == SourceRow.message_id)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(SourceRow.memory_id.in_(memory_ids))
        .order_by(SourceRow.number)
    )
    cited: dict[str, list[tuple[SourceRow, MessageRow, int, str]]] = {}
    for source, message, number, title in session.execute(query):
        cited.setdefault(source.memory_id, []).append((source, message, number, title))
    return cited


_SAYS: dict[str, Callable[[ChannelScore], str]] = {
    "dense": lambda c: f"close in meaning ({c.score:.2f}, no. {c.rank})",
    "words": lambda c: f"shares words (no. {c.rank})",
    "slot": lambda c: f"states what is asked for (no. {c.rank})",
    "trigrams": lambda c: f"shares parts of words (no. {c.rank})",
}


def _reasons(candidate: _Candidate, more: tuple[str, ...]) -> tuple[str, ...]:
    return (*(_SAYS[c.channel](c) for c in candidate.channels), *more)
