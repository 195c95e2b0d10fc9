"""Whether what is derived agrees with what it is from: memories and revisions, texts and passages, passages and
vectors.

A passage keeps the hash of its stretch, and a vector has length 1: both also tell a page that was damaged in silence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from sqlalchemy import literal, select, text
from sqlalchemy.orm import Session

from memory.database import Database
from memory.passages import embedded_text, split
from memory.schema import EmbedderRow, EmbeddingRow, MemoryRow, MessageRow, PassageRow, RevisionRow, SourceRow
from memory.store.rows import memory_from_json, to_memory
from memory.text import text_hash
from memory.types import Memory, OwnerType

MOST = 10
"""Problems named of a kind."""
BLOCK = 1_000
"""Rows looked at together."""
UNIT = 0.01
"""How far from 1 the length of a stored vector may be."""

OWNERS: tuple[tuple[OwnerType, str], ...] = (("message", "t"), ("memory", "m"))
Spans = tuple[tuple[int, int, str], ...]

_STRAYS = text(
    "SELECT count(*) FROM passage p WHERE NOT EXISTS (SELECT 1 FROM message WHERE number = p.owner_number"
    " AND p.owner_type = 'message') AND NOT EXISTS (SELECT 1 FROM memory WHERE number = p.owner_number"
    " AND p.owner_type = 'memory')"
)
_LOST = text(
    "SELECT count(*) FROM passage p WHERE NOT EXISTS (SELECT 1 FROM embedding e JOIN embedder m"
    " ON m.number = e.embedder AND m.active WHERE e.text_hash = p.text_hash)"
    " AND p.number NOT IN (SELECT passage FROM outbox WHERE operation = 'embed')"
)


def check_history(database: Database) -> list[str]:
    """The memories that their revisions do not lead to; empty if every one follows from them, back to its making.

    What a purge of something else took out of a state (a message that it cites, what superseded it) is not missed.
    """
    with database.read() as session:
        wrong, gone = astray(session)
        names = [*session.scalars(select(MemoryRow.number).where(MemoryRow.id.in_(wrong)).limit(MOST))]
    problems = [f"m{number} is not what its history says" for number in names]
    return problems + ([f"{len(gone):,} memories are gone, and their history does not say so"] if gone else [])


def check_passages(database: Database) -> list[str]:
    """The messages and memories whose passages are not those of their text; empty if all are."""
    with database.read() as session:
        wrong = [f"{letter}{n}" for owner, letter in OWNERS for n in wrong_passages(session, owner)]
        strays = session.scalar(_STRAYS)
    problems = [f"the passages of {name} are not those of its text" for name in wrong[:MOST]]
    return problems + ([f"{strays:,} passages are of nothing that is there"] if strays else [])


def check_vectors(database: Database) -> list[str]:
    """Passages that neither have a vector nor wait for one, and vectors that are none; empty if there are none."""
    with database.read() as session:
        lost, bad = session.scalar(_LOST), len(bad_vectors(session))
    return ([f"{lost:,} passages have no vector and wait for none"] if lost else []) + (
        [f"{bad:,} vectors are damaged"] if bad else []
    )


def astray(session: Session) -> tuple[list[str], list[str]]:
    """Ids of the memories that their history does not lead to, and of those that are gone though it says otherwise."""
    sources: dict[str, list[SourceRow]] = {}
    for source in session.scalars(select(SourceRow).order_by(SourceRow.number)):
        sources.setdefault(source.memory_id, []).append(source)
    now = {row.id: to_memory(row, sources.get(row.id, ())) for row in session.scalars(select(MemoryRow))}
    told = {id_: _Past(revisions) for id_, revisions in _histories(session)}
    there = frozenset(now) | _alive(session, {id_ for past in told.values() for id_ in past.cited})
    wrong = [id_ for id_, memory in now.items() if id_ not in told or not told[id_].leads_to(memory, there)]
    return wrong, [id_ for id_, past in told.items() if past.says_there and id_ not in now]


def wrong_passages(session: Session, owner: OwnerType) -> list[int]:
    """The numbers of the messages, or memories, whose passages are not those of their text."""
    messages = select(MessageRow.number, MessageRow.content, MessageRow.author).where(MessageRow.role != "system")
    memories = select(MemoryRow.number, MemoryRow.text, literal(""))
    wrong: list[int] = []
    for rows in session.execute(messages if owner == "message" else memories).partitions(BLOCK):
        cut = passages_of(session, owner, [row[0] for row in rows])
        wrong += [row[0] for row in rows if cut.get(row[0], ()) != passages_for(*row[1:])]
    return wrong


def bad_vectors(session: Session) -> list[int]:
    """The numbers of stored vectors that are not of their embedder's dimension, or not of length 1."""
    bad: list[int] = []
    query = select(EmbeddingRow.number, EmbeddingRow.vector).order_by(EmbeddingRow.number)
    for embedder in session.scalars(select(EmbedderRow)).all():
        for rows in session.execute(query.where(EmbeddingRow.embedder == embedder.number)).partitions(BLOCK):
            bad += _no_vectors([(number, vector) for number, vector in rows], embedder.dimension)
    return bad


def _no_vectors(pairs: Sequence[tuple[int, bytes]], dimension: int) -> list[int]:
    import numpy as np

    whole = [(number, vector) for number, vector in pairs if len(vector) == 4 * dimension]
    raw = np.frombuffer(b"".join(vector for _, vector in whole), "<f4").reshape(len(whole), dimension)
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(raw.astype(np.float64), axis=1)
    sound = (np.abs(lengths - 1) <= UNIT) | (lengths == 0)  # a text without words may have none
    cut = {number for number, vector in pairs if len(vector) != 4 * dimension}
    return sorted(cut | {number for (number, _), good in zip(whole, sound.tolist(), strict=True) if not good})


def passages_for(content: str, author: str = "") -> Spans:
    """Start, end and hash of each passage that a text has."""
    return tuple((a, b, text_hash(embedded_text(content[a:b], author))) for a, b in split(content))


def passages_of(session: Session, owner: OwnerType, numbers: Sequence[int]) -> dict[int, Spans]:
    """The stored passages of these messages, or memories; without those that have none."""
    query = select(PassageRow).where(PassageRow.owner_type == owner, PassageRow.owner_number.in_(numbers))
    found: dict[int, Spans] = {}
    for row in session.scalars(query.order_by(PassageRow.number)):
        found[row.owner_number] = (*found.get(row.owner_number, ()), (row.start, row.end, row.text_hash))
    return found


def _histories(session: Session) -> Iterator[tuple[str, list[RevisionRow]]]:
    query = select(RevisionRow).order_by(RevisionRow.memory_id, RevisionRow.number)
    for id_, rows in groupby(session.scalars(query.execution_options(yield_per=BLOCK)), lambda row: row.memory_id):
        yield id_, list(rows)


def _alive(session: Session, ids: Iterable[str]) -> frozenset[str]:
    """Those of these messages that are there."""
    wanted = sorted(ids)
    blocks = (wanted[at : at + BLOCK] for at in range(0, len(wanted), BLOCK))
    return frozenset(
        id_ for ids in blocks for id_ in session.scalars(select(MessageRow.id).where(MessageRow.id.in_(ids)))
    )


class _Past:
    """The revisions of one memory. A revision's `before` says which revision left it."""

    def __init__(self, revisions: Sequence[RevisionRow]) -> None:
        self.number = revisions[-1].memory_number
        self.says_there = revisions[-1].after is not None
        self._states = {row.number: (_state(row.before), _state(row.after)) for row in revisions}

    @property
    def cited(self) -> set[str]:
        """The messages that any state cites."""
        states = (state for pair in self._states.values() for state in pair if state is not None)
        return {source.message_id for state in states for source in state.sources}

    def leads_to(self, memory: Memory, there: frozenset[str]) -> bool:
        """Whether the last state is the memory, and each before it is what the revision before left."""
        at, wanted = memory.revision, _bare(memory, there)
        for _ in self._states:
            before, after = self._states.get(at, (None, None))
            if after is None or _bare(after, there) != wanted:
                return False
            if before is None:
                return True
            at, wanted = before.revision, _bare(before, there)
        return False


def _state(value: dict[str, object] | None) -> Memory | None:
    return memory_from_json(value) if value else None


def _bare(memory: Memory, there: frozenset[str]) -> Memory:
    return replace(
        memory,
        revision=0,
        sources=tuple(source for source in memory.sources if source.message_id in there),
        superseded_by=memory.superseded_by if memory.superseded_by in there else None,
    )
