"""What may bear on a question: candidates from every channel with what each channel says of them, in a few queries.

Messages come with the ones before and after them, since a reply is often understood only by what it replies to. Nothing
is filtered in an index; rows that do not count are left out here, where they are read.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

from memory.dialects import dialect_of
from memory.dialects.base import MOST_ROWS, Term, TextScore
from memory.fulltext import find_trigrams, newest_number, telling_terms, unspaced_of
from memory.ranking.asking import Asked
from memory.ranking.traits import READ_CHARS, Traits, traits
from memory.schema import format_instant
from memory.types import OwnerType
from memory.vectors.base import PassageScore

SEEDS = 40
"""The best of each channel whose neighbours are looked at, too."""
MOST_OF_A_TIME = 60
SAME_COSINE = 1e-4
"""Passages this near to each other are equally close to a question."""

Key = tuple[OwnerType, int]
OWNERS: tuple[OwnerType, OwnerType] = ("message", "memory")


@dataclass(slots=True)
class Candidate:
    """A message or memory that may bear on the question, with what is known of it."""

    owner: OwnerType
    number: int
    dense: float | None = None
    """Cosine of its best passage."""
    span: tuple[int, int] | None = None
    words: float = 0.0
    """BM25."""
    trigrams: float = 0.0
    matched: frozenset[int] = frozenset()
    """Which of the question's terms it has."""
    slot_rank: int = 0
    kind: str = ""
    """Of a memory."""
    conversation: str = ""
    role: str = ""
    author: str = ""
    content: str = ""
    """As far as READ_CHARS."""
    said_at: str = ""
    before: int = 0
    """The number of the message before it in its conversation; 0: none."""
    after: int = 0
    traits: Traits | None = None
    channels: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Rank and score in each channel that found it."""


@dataclass(slots=True)
class Pool:
    """All candidates of one question."""

    candidates: dict[Key, Candidate] = field(default_factory=dict)
    idf: tuple[float, ...] = ()
    """How rare each of the question's terms is here."""

    def get(self, owner: OwnerType, number: int) -> Candidate:
        """The candidate with this key, new if need be."""
        return self.candidates.setdefault((owner, number), Candidate(owner, number))


@dataclass(slots=True)
class Around:
    """What gathering works with beside the question."""

    cosines: Callable[[Sequence[int]], Mapping[int, float]] | None = None
    """Cosines to the question of passages by number; without it, neighbours that no channel found go unseen."""
    remembered: dict[int, tuple[int, Traits]] = field(default_factory=dict)
    """What messages are like, by their number, with the length of their text: they are never rewritten."""
    until: datetime | None = None
    """What was said later does not exist yet."""


@dataclass(frozen=True, slots=True)
class TermRows:
    """What the words of a question find among messages or memories."""

    best: Sequence[TextScore]
    """Best BM25 first."""
    rows: Sequence[frozenset[int]]
    """For each term the rows that have it, as far as MOST_ROWS."""
    count: int
    """How many rows there are."""

    @property
    def idf(self) -> tuple[float, ...]:
        """How rare each term is, as in BM25; 0 for what more than MOST_ROWS have, of whom not all are known."""
        n = max(self.count, 1)
        return tuple(
            math.log(1 + max(0.0, n - len(r) + 0.5) / (len(r) + 0.5)) if len(r) <= MOST_ROWS else 0.0 for r in self.rows
        )


TermSearch = Callable[[Session, OwnerType, Asked, int], TermRows]
"""Finds what shares words with a question: `find_by_terms`, or what remembers its results."""


def _rows(session: Session, statement: TextClause, **values: Any) -> Sequence[Any]:
    return session.connection().execute(statement, values).fetchall()


def find_by_terms(session: Session, owner: OwnerType, asked: Asked, k: int) -> TermRows:
    """The rows with any of the question's terms, and which row has which.

    Of the terms the rarest are searched by, as many as MOST_ROWS rows have: what bounds the work, and leaves aside what
    very many rows have in common. Where all of them are common, the newest rows are found that have them together.
    """
    count = newest_number(session, owner)
    terms = asked.terms if count else ()
    telling, listed = telling_terms(session, owner, terms)
    rows = [frozenset(numbers) for numbers in listed]
    if telling:
        best = dialect_of(session).ranked(session, owner, telling, k)
    else:
        best = _together(session, owner, [(terms[i], found) for i, found in enumerate(listed) if found], k)
    return TermRows(best, rows, count)


def _together(
    session: Session, owner: OwnerType, common: Sequence[tuple[Term, Sequence[int]]], k: int
) -> list[TextScore]:
    """The newest rows that have all of some common terms, then those that have the rarer ones, down to one.

    How rare a term is, is told from how far back its newest rows reach. The score is BM25 of a row of middling length.
    """
    rarity = {term: math.log(1 + max(1, found[0] - found[-1]) / len(found)) for term, found in common}
    terms = sorted(rarity, key=lambda term: -rarity[term])
    best: dict[int, TextScore] = {}
    for many in range(len(terms), 0, -1):
        if len(best) >= k:
            break
        score = sum(rarity[term] for term in terms[:many])
        for number in dialect_of(session).all_of(session, owner, terms[:many], k):
            best.setdefault(number, TextScore(number, score))
    return list(best.values())[:k]


def _among(statement: str) -> TextClause:
    """A statement about the rows whose numbers are given as `numbers`."""
    return text(statement).bindparams(bindparam("numbers", expanding=True))


_MESSAGES = _among(f"""SELECT m.number, m.conversation_id, m.role, m.author,
 substr(m.content, 1, {READ_CHARS}), m.said_at,
 (SELECT max(p.number) FROM message p WHERE p.conversation_id = m.conversation_id AND p.number < m.number),
 (SELECT min(n.number) FROM message n WHERE n.conversation_id = m.conversation_id AND n.number > m.number)
 FROM message m WHERE m.number IN :numbers AND m.status = 'complete' AND m.role != 'system'
 AND m.model != 'none' AND m.said_at <= :latest""")
# Its own answers from memory (model 'none') say again what was said: recalled, they would be evidence for themselves.
_MEMORIES = _among(f"""SELECT number, substr(text, 1, {READ_CHARS}), coalesce(said_at, created_at), subject, kind
 FROM memory WHERE number IN :numbers AND status = 'active' AND NOT muted""")
_OWNERS = _among('SELECT number, owner_type, owner_number, start, "end" FROM passage WHERE number IN :numbers')
_PASSAGES = _among("""SELECT owner_number, number, start, "end" FROM passage WHERE owner_type = 'message'
 AND owner_number IN :numbers""")
_OF_A_TIME = text(
    "SELECT number FROM message WHERE said_at >= :start AND said_at < :end ORDER BY said_at DESC LIMIT :most"
)


def gather(
    session: Session,
    asked: Asked,
    dense: Sequence[PassageScore],
    slots: Mapping[Key, int],
    depth: int,
    around: Around,
    terms: TermSearch = find_by_terms,
) -> Pool:
    """Every candidate that a channel finds, with the messages around the best of them.

    `slots` are the memories that state what is asked for, with their rank.
    """
    pool = Pool()
    _add_dense(session, pool, dense)
    having = {owner: _add_words(pool, owner, terms(session, owner, asked, depth)) for owner in OWNERS}
    for (owner, number), rank in slots.items():
        one = pool.get(owner, number)
        one.slot_rank, one.channels["slot"] = rank, (rank, 1.0)
    if unspaced_of(asked.text) or not pool.candidates:
        _add_trigrams(session, pool, asked, depth)
    if asked.when is not None:
        start, end = format_instant(asked.when.start), format_instant(asked.when.end)
        found = _rows(session, _OF_A_TIME, start=start, end=end, most=MOST_OF_A_TIME)
        for rank, (number,) in enumerate(found, start=1):
            pool.get("message", number).channels["time"] = (rank, 1.0)
    _read_messages(session, pool, around.until)
    _add_neighbours(session, pool, around.until)
    _read_memories(session, pool)
    if around.cosines is not None:
        _complete(session, pool, around.cosines)
    for one in pool.candidates.values():
        one.traits = _traits(one, around.remembered)
    _match(pool, having)
    return pool


def _match(pool: Pool, having: Mapping[OwnerType, Sequence[frozenset[int]]]) -> None:
    """Tell every candidate which terms it has."""
    matched: defaultdict[Key, set[int]] = defaultdict(set)
    for owner, terms in having.items():
        numbers = frozenset(number for kind, number in pool.candidates if kind == owner)
        for at, rows in enumerate(terms):
            for number in numbers & rows:
                matched[owner, number].add(at)
    for key, found in matched.items():
        pool.candidates[key].matched = frozenset(found)


def _traits(one: Candidate, remembered: dict[int, tuple[int, Traits]]) -> Traits:
    if one.owner != "message":
        return traits(one.content)
    found = remembered.get(one.number)
    if found is None or found[0] != len(one.content):
        found = remembered[one.number] = (len(one.content), traits(one.content))
    return found[1]


def _add_dense(session: Session, pool: Pool, dense: Sequence[PassageScore]) -> None:
    owners = {row[0]: row[1:] for row in _rows(session, _OWNERS, numbers=[hit.passage for hit in dense])}
    rank, last = 0, math.inf
    for hit in dense:
        if hit.passage not in owners:
            continue
        kind, number, start, end = owners[hit.passage]
        one = pool.get("memory" if kind == "memory" else "message", number)
        if one.span is not None:
            continue  # a better passage of the same message came before
        if last - hit.score > SAME_COSINE:  # a memory and the message that it is from are as close as each other
            rank, last = rank + 1, hit.score
        one.dense, one.span, one.channels["dense"] = hit.score, (start, end), (rank, hit.score)


def _add_words(pool: Pool, owner: OwnerType, found: TermRows) -> Sequence[frozenset[int]]:
    if owner == "message":
        pool.idf = found.idf
    for rank, hit in enumerate(found.best, start=1):
        one = pool.get(owner, hit.number)
        one.words, one.channels["words"] = hit.score, (rank, hit.score)
    return found.rows


def _add_trigrams(session: Session, pool: Pool, asked: Asked, depth: int) -> None:
    for owner in OWNERS:
        for rank, hit in enumerate(find_trigrams(session, owner, asked.text, depth), start=1):
            one = pool.get(owner, hit.number)
            one.trigrams, one.channels["trigrams"] = hit.score, (rank, hit.score)


def _read_messages(session: Session, pool: Pool, until: datetime | None) -> None:
    """Read what has not been read; what does not count is no candidate."""
    wanted = {n for (owner, n), one in pool.candidates.items() if owner == "message" and not one.said_at}
    latest = format_instant(until) if until is not None else "9999"
    for row in _rows(session, _MESSAGES, numbers=list(wanted), latest=latest):
        one = pool.candidates["message", row[0]]
        _, one.conversation, one.role, one.author, one.content, one.said_at, before, after = row
        one.before, one.after = before or 0, after or 0
        wanted.discard(one.number)
    for number in wanted:
        del pool.candidates["message", number]


def _read_memories(session: Session, pool: Pool) -> None:
    wanted = [number for owner, number in pool.candidates if owner == "memory"]
    found = {row[0]: row for row in _rows(session, _MEMORIES, numbers=wanted)} if wanted else {}
    for number in wanted:
        if number not in found:
            del pool.candidates["memory", number]
            continue
        one = pool.candidates["memory", number]
        _, one.content, one.said_at, subject, one.kind = found[number]
        one.role, one.author = "memory", "" if subject == "user" else subject


def _add_neighbours(session: Session, pool: Pool, until: datetime | None) -> None:
    messages = [one for one in pool.candidates.values() if one.owner == "message"]
    seeds = sorted(messages, key=lambda c: -(c.dense or 0.0))[:SEEDS] + sorted(messages, key=lambda c: -c.words)[:SEEDS]
    for number in {number for seed in seeds for number in (seed.before, seed.after) if number}:
        pool.get("message", number)
    _read_messages(session, pool, until)


def _complete(session: Session, pool: Pool, cosines: Callable[[Sequence[int]], Mapping[int, float]]) -> None:
    """The cosine of what no vector search found."""
    missing = [one.number for one in pool.candidates.values() if one.owner == "message" and one.dense is None]
    rows = _rows(session, _PASSAGES, numbers=missing) if missing else []
    known = cosines([row[1] for row in rows]) if rows else {}
    for owner, passage, start, end in rows:
        one, score = pool.candidates["message", owner], known.get(passage)
        if score is not None and (one.dense is None or score > one.dense):
            one.dense, one.span = score, (start, end)
            if not set(one.channels) - {"around"}:
                one.channels["around"] = (1, score)
