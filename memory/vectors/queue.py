"""The embedding queue: outbox rows `embed` become vectors, and then `upsert` rows for the index.

Resumable by nature: a row leaves the queue in the transaction that stores its vector. A text that has a vector
already, under any passage, is not embedded again. No transaction is open while the model computes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from memory.database import Database
from memory.dialects import dialect_of
from memory.passages import embedded_text
from memory.schema import EmbedderRow, EmbeddingRow, MemoryRow, MessageRow, OutboxRow, PassageRow
from memory.vectors.base import Embedder, EmbedderIdentity

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

BATCH = 256
"""Passages a step: large enough to sort by length within, small enough to be interrupted within seconds."""

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class _Queued:
    outbox: int
    passage: int
    text_hash: str
    text: str


def pending(database: Database) -> int:
    """Passages that wait for a vector."""
    with database.read() as session:
        return session.scalar(select(func.count()).where(OutboxRow.operation == "embed")) or 0


def active_embedder(database: Database) -> tuple[int, EmbedderIdentity] | None:
    """The embedder whose vectors are searched, with its number; None in a home that has none yet."""
    with database.read() as session:
        row = session.scalar(select(EmbedderRow).where(EmbedderRow.active))
        return (row.number, EmbedderIdentity(row.name, row.revision, row.dimension)) if row else None


def activate(database: Database, identity: EmbedderIdentity) -> int:
    """Make this the embedder whose vectors are searched. Returns its number."""
    with database.write() as session:
        session.execute(update(EmbedderRow).values(active=False))
        row = session.scalar(
            select(EmbedderRow).where(
                EmbedderRow.name == identity.name,
                EmbedderRow.revision == identity.revision,
                EmbedderRow.dimension == identity.dimension,
            )
        )
        if row is None:
            row = EmbedderRow(name=identity.name, revision=identity.revision, dimension=identity.dimension)
            session.add(row)
        row.active = True
        session.flush()
        return row.number


def enqueue_all(database: Database) -> int:
    """Queue every passage, for a new embedder or a damaged queue. Returns how many."""
    with database.write() as session:
        queued = select(OutboxRow.passage).where(OutboxRow.operation == "embed")
        missing = select(literal("embed"), PassageRow.number).where(PassageRow.number.not_in(queued))
        session.execute(insert(OutboxRow).from_select(["operation", "passage"], missing))
        return session.scalar(select(func.count()).where(OutboxRow.operation == "embed")) or 0


def embed_queued(
    database: Database,
    embedder: Embedder,
    number: int,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
    after_batch: Callable[[], object] | None = None,
) -> int:
    """Embed what is queued, in batches, until nothing is or `stop` says so. Returns how many left the queue."""
    done, total = 0, pending(database)
    while not (stop and stop()):
        batch = _take(database)
        if not batch:
            break
        todo = _without_vector(database, number, batch)
        vectors = embedder.embed(list(todo.values()))
        _store(database, number, batch, dict(zip(todo, vectors, strict=True)))
        done += len(batch)
        if after_batch:
            after_batch()
        if progress:
            progress(done, max(total, done))
    return done


def _take(database: Database) -> list[_Queued]:
    """The next queued passages with their texts; rows whose passage is gone are dropped on the way."""
    with database.read() as session:
        rows = session.execute(
            select(OutboxRow.number, PassageRow)
            .join(PassageRow, PassageRow.number == OutboxRow.passage)
            .where(OutboxRow.operation == "embed")
            .order_by(OutboxRow.number)
            .limit(BATCH)
        ).all()
        texts = _texts(session, [passage for _, passage in rows])
    return [
        _Queued(outbox, passage.number, passage.text_hash, texts[passage.number])
        for outbox, passage in rows
        if passage.number in texts
    ]


def _texts(session: Session, passages: Sequence[PassageRow]) -> dict[int, str]:
    messages = {p.owner_number for p in passages if p.owner_type == "message"}
    memories = {p.owner_number for p in passages if p.owner_type == "memory"}
    text_of: dict[tuple[str, int], tuple[str, str]] = {}
    for number, content, author in session.execute(
        select(MessageRow.number, MessageRow.content, MessageRow.author).where(MessageRow.number.in_(messages))
    ):
        text_of["message", number] = content, author
    for number, content in session.execute(
        select(MemoryRow.number, MemoryRow.text).where(MemoryRow.number.in_(memories))
    ):
        text_of["memory", number] = content, ""
    texts = {}
    for passage in passages:
        content, author = text_of.get((passage.owner_type, passage.owner_number), ("", ""))
        if content:
            texts[passage.number] = embedded_text(content[passage.start : passage.end], author)
    return texts


def _without_vector(database: Database, number: int, batch: Sequence[_Queued]) -> dict[str, str]:
    """Hash and text of what has no vector yet, each text once."""
    texts = {q.text_hash: q.text for q in batch}
    with database.read() as session:
        known = session.scalars(
            select(EmbeddingRow.text_hash).where(
                EmbeddingRow.embedder == number, EmbeddingRow.text_hash.in_(list(texts))
            )
        )
        for text_hash in known:
            del texts[text_hash]
    return texts


def _store(database: Database, number: int, batch: Sequence[_Queued], vectors: "dict[str, Matrix]") -> None:
    """Vectors, and the queue's rows turned from `embed` to `upsert`, in one transaction.

    What was purged while the model computed is left out.
    """
    with database.write() as session:
        said = set(session.scalars(select(PassageRow.text_hash).where(PassageRow.text_hash.in_(list(vectors)))))
        rows = [
            {"embedder": number, "text_hash": h, "vector": v.astype("<f4").tobytes()}
            for h, v in vectors.items()
            if h in said
        ]
        if rows:
            session.execute(dialect_of(session).insert(EmbeddingRow).on_conflict_do_nothing(), rows)
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.number.in_([q.outbox for q in batch]), OutboxRow.operation == "embed")
            .values(operation="upsert")
        )
