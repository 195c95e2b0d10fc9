"""Retrieval: what was said or remembered that bears on a question, how likely each of it does, and why it was found.

Channels (vectors, words, trigrams, the time that is asked about, and for "What is my job?" the memories that state a
job) give candidates; `memory.ranking` weighs what each of them says of a candidate and of what was said around it, with
weights that were fitted. The score of a hit is the probability that it is evidence. Where nothing is likely to be,
nothing is found. docs/retrieval.md explains it.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, runtime_checkable

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.database import Database
from memory.errors import EmbedderError
from memory.extraction import question_slot
from memory.hits import Ranked, memory_hits, message_hits, texts_of
from memory.ranking.anchors import anchored, held_then
from memory.ranking.asking import Asked, understand
from memory.ranking.features import table
from memory.ranking.feedback import held_back
from memory.ranking.gather import Around, Candidate, Key, TermSearch, find_by_terms, gather
from memory.ranking.latest import latest_first
from memory.ranking.model import Judged, judge, weights
from memory.ranking.people import Authors
from memory.ranking.reranker import FIRST, Reranker, reordered
from memory.ranking.rewriting import RewriteFailed, Rewriter, merged
from memory.ranking.traits import Traits
from memory.schema import MemoryRow
from memory.settled import settle
from memory.text import normalise
from memory.types import ChannelScore, Hit, Status
from memory.vectors.base import PassageScore

DEPTH = 120
"""How many candidates a channel contributes."""
SPARE = 3
"""So many times what is wanted is read at most: some may not count, and memories stand for some."""
ECHOES = 40
"""Among so many of the first, nothing is said twice."""
MOST_OF_A_SLOT = 10
MAX_QUERY_CHARS = 4_000


class DenseSearch(Protocol):
    """What retrieval needs of `memory.vectors.service.Vectors`."""

    def search(self, query: str, k: int) -> list[PassageScore]: ...

    def notice(self) -> str: ...


@runtime_checkable
class Comparing(Protocol):
    """A search that can also tell how near passages are that it did not find, and whose vectors it compares.

    Without it, neighbours go unseen, and there is no floor: what a cosine means depends on the embedder.
    """

    def cosines(self, query: str, passages: Sequence[int]) -> Mapping[int, float]: ...

    def made_by(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    """The hits, best first, and one line where something was not as usual."""

    hits: tuple[Hit, ...]
    notice: str
    milliseconds: float
    dense_milliseconds: float
    """Of those, the query's embedding and the vector search."""
    answerable: float = 1.0
    """How likely it is that anything here answers the question; below the floor nothing is given."""


class Retriever:
    """Searches one home. Safe to call from any thread."""

    def __init__(
        self,
        database: Database,
        vectors: DenseSearch,
        clock: Clock,
        terms: TermSearch = find_by_terms,
        reranker: Reranker | None = None,
        traits: dict[int, tuple[int, Traits]] | None = None,
        rewriter: Rewriter | None = None,
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._clock = clock
        self._terms = terms
        self._reranker = reranker
        self._rewriter = rewriter
        self._authors = Authors()
        self._traits = {} if traits is None else traits

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        now: datetime | None = None,
        leave_out: frozenset[str] = frozenset(),
        floor: float | None = None,
    ) -> Retrieval:
        """The `k` best hits for `query`; fewer, or none, where nothing bears on it.

        `leave_out` names short ids that must not come back (the turn being answered). `now` is the instant that the
        question is asked at: what was said later does not exist yet. With `floor` 0 hits are given however unlikely.
        """
        found = self._search(query, k, now, leave_out, floor)
        if self._rewriter is None or not query.strip():
            return found
        started = time.perf_counter()
        try:
            others = self._rewriter.rewrite(query[:MAX_QUERY_CHARS])
        except RewriteFailed as error:
            return replace(found, notice=found.notice or error.message)
        more = [self._search(other, k, now, leave_out, floor) for other in others]
        return Retrieval(
            hits=merged([found.hits, *(one.hits for one in more)], k),
            notice=found.notice,
            milliseconds=found.milliseconds + (time.perf_counter() - started) * 1000,
            dense_milliseconds=found.dense_milliseconds + sum(one.dense_milliseconds for one in more),
            answerable=max([found.answerable, *(one.answerable for one in more)]),
        )

    def _search(
        self, query: str, k: int, now: datetime | None, leave_out: frozenset[str], floor: float | None
    ) -> Retrieval:
        """One question, as it is."""
        started = time.perf_counter()
        query = query[:MAX_QUERY_CHARS]
        if not query.strip():
            return Retrieval(hits=(), notice="", milliseconds=0.0, dense_milliseconds=0.0, answerable=0.0)
        present = now or self._clock.now()
        with self._database.read() as session:
            asked = understand(query, self._authors.of(session), present, self._clock.zone)
            asked = anchored(session, asked, present, self._clock.zone, self._terms)
        dense_started = time.perf_counter()
        dense, notice = self._dense(asked.text)
        dense_done = time.perf_counter()
        with self._database.read() as session:
            ranked, answerable = self._rank(session, asked, dense, now, SPARE * k + len(leave_out) + ECHOES)
            least = weights().floor["speaker named" if asked.authors else "other"] if floor is None else floor
            if answerable < least and asked.question and self._calibrated(dense):
                ranked = []
            texts = texts_of(session, ranked[:FIRST]) if self._reranker is not None else []
        if texts:  # a second of a model's work, with no transaction open
            ranked, problem = self._reread(query, ranked, texts)
            notice = notice or problem
        with self._database.read() as session:
            hits = _load(session, ranked, k, leave_out, now, present)
        return Retrieval(
            hits=hits,
            notice=notice,
            milliseconds=(time.perf_counter() - started) * 1000,
            dense_milliseconds=(dense_done - dense_started) * 1000,
            answerable=answerable,
        )

    def _dense(self, query: str) -> tuple[list[PassageScore], str]:
        try:
            return self._vectors.search(query, DEPTH), self._vectors.notice()
        except EmbedderError as error:
            return [], f"Found by words only: {error.message}"

    def _reread(self, query: str, ranked: list[Ranked], texts: Sequence[str]) -> tuple[list[Ranked], str]:
        """The first hits in the order that a cross-encoder has a say in; as they are, with a line why, if it fails."""
        assert self._reranker is not None
        first = ranked[:FIRST]
        try:
            read = self._reranker.scores(query, texts)
        except EmbedderError as error:
            return ranked, error.message
        order = reordered([math.log(one.score + 1e-9) for one in first], read)
        again = [replace(first[i], score=place.score) for i, place in zip(order, first, strict=True)]
        return [*again, *ranked[FIRST:]], ""

    def _calibrated(self, dense: Sequence[PassageScore]) -> bool:
        """Whether the cosines are of the embedder that the floor was fitted with."""
        return bool(dense) and isinstance(self._vectors, Comparing) and self._vectors.made_by() == weights().embedder

    def _rank(
        self, session: Session, asked: Asked, dense: Sequence[PassageScore], now: datetime | None, most: int
    ) -> tuple[list[Ranked], float]:
        vectors, around = self._vectors, Around(remembered=self._traits, until=now)
        if dense and isinstance(vectors, Comparing):
            around.cosines = lambda passages: vectors.cosines(asked.text, passages)
        slots = held_then(session, asked, now or self._clock.now()) or _of_slot(session, asked.text)
        pool = gather(session, asked, dense, slots, DEPTH, around, self._terms)
        found = table(pool, asked)
        judged = judge(found, asked)
        stated = any(one.slot_rank for one in found.candidates)
        ranked = held_back(session, _arranged(found.candidates, judged, asked, most), asked.text, around.cosines)
        return ranked, 1.0 if stated else judged.answerable


def _arranged(candidates: Sequence[Candidate], judged: Judged, asked: Asked, most: int) -> list[Ranked]:
    """The `most` best candidates that a channel knows something of, best first, the latest of a value first."""
    scores = judged.scores.tolist()
    known = [i for i, one in enumerate(candidates) if one.channels]
    best = sorted(known, key=lambda i: (-scores[i], candidates[i].owner, -candidates[i].number))[:most]
    best = _echoes_last(best, candidates)
    likely = sorted((float(judged.probabilities[i]) for i in best), reverse=True)
    return [
        Ranked(
            owner=candidates[i].owner,
            number=candidates[i].number,
            score=score,
            channels=tuple(ChannelScore(channel=c, rank=r, score=s) for c, (r, s) in candidates[i].channels.items()),
            span=candidates[i].span,
        )
        for i, score in zip(latest_first(best, candidates, judged.scores, asked), likely, strict=True)
    ]


def _echoes_last(order: Sequence[int], candidates: Sequence[Candidate]) -> list[int]:
    """What was said in the very same words by the same one comes once among the first; the rest of it after them."""
    first: list[int] = []
    echoes: list[int] = []
    said: set[tuple[str, str, str]] = set()
    for i in order[:ECHOES]:
        one = candidates[i]
        key = one.owner, one.author or one.role, normalise(one.content)
        (echoes if key in said else first).append(i)
        said.add(key)
    return [*first, *echoes, *order[ECHOES:]]


def _of_slot(session: Session, query: str) -> dict[Key, int]:
    """The memories that state the attribute that is asked for, the latest first: they may share no word with it."""
    asked = question_slot(query)
    if asked is None:
        return {}
    stated = select(MemoryRow.number).where(
        MemoryRow.slot == asked.slot,
        MemoryRow.subject.in_({asked.subject, asked.subject.title()}),
        MemoryRow.status == Status.ACTIVE,
    )
    numbers = session.scalars(stated.order_by(MemoryRow.said_at.desc(), MemoryRow.number.desc()).limit(MOST_OF_A_SLOT))
    return {("memory", number): rank for rank, number in enumerate(numbers, start=1)}


def _load(
    session: Session,
    ranked: Sequence[Ranked],
    k: int,
    leave_out: frozenset[str],
    now: datetime | None,
    present: datetime,
) -> tuple[Hit, ...]:
    """Read the best candidates until `k` of them count."""
    hits: list[Hit] = []
    step = max(k + k // 4, 20)
    for start in range(0, len(ranked), step):
        batch = ranked[start : start + step]
        loaded = message_hits(session, batch, now) | memory_hits(session, batch, now, present)
        ordered = (loaded.get((c.owner, c.number)) for c in batch)
        hits += [hit for hit in ordered if hit is not None and hit.id not in leave_out]
        if len(hits) >= k:
            break

    def memories(wanted: dict[int, Hit]) -> dict[int, Hit]:
        """The memories that stand for messages, found as those were."""
        stand_ins = [Ranked("memory", number, hit.score, hit.channels) for number, hit in wanted.items()]
        found = memory_hits(session, stand_ins, now, present)
        return {number: hit for (_, number), hit in found.items() if hit.id not in leave_out}

    return tuple(sorted(settle(session, hits, memories), key=lambda hit: -hit.score)[:k])
