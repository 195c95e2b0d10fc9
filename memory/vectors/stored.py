"""The vectors that the database has, as an index is filled with them."""

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.orm import Session

from memory.database import Database

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

BLOCK = 2_000

_THERE = (
    "FROM passage p WHERE EXISTS (SELECT 1 FROM embedding e WHERE e.embedder = :embedder AND e.text_hash = p.text_hash)"
)
# CROSS JOIN keeps the order of the tables: SQLite would rather walk through all vectors.
_WITH_VECTOR = (
    "SELECT p.number, e.vector FROM passage p"
    " CROSS JOIN embedding e WHERE e.text_hash = p.text_hash AND e.embedder = :embedder"
)


class StoredVectors:
    """Those of one embedder, by the numbers of their passages."""

    def __init__(self, database: Database, embedder: int, dimension: int) -> None:
        self._database = database
        self._embedder = embedder
        self._dimension = dimension

    def count(self) -> int:
        """Passages that have a vector."""
        with self._database.read() as session:
            return int(session.scalar(text(f"SELECT count(*) {_THERE}"), {"embedder": self._embedder}) or 0)

    def numbers(self) -> set[int]:
        """Of all of them."""
        with self._database.read() as session:
            return set(session.scalars(text(f"SELECT p.number {_THERE}"), {"embedder": self._embedder}))

    def of(self, session: Session, passages: list[int]) -> "tuple[list[int], Matrix]":
        """Those of some passages, shape (found, dimension), with the numbers of what was found."""
        marks = ",".join(str(int(p)) for p in passages)
        query = text(f"{_WITH_VECTOR} AND p.number IN ({marks})")
        return self._both(session.execute(query, {"embedder": self._embedder}).all())

    def block(self, after: int) -> "tuple[list[int], Matrix] | None":
        """The next ones, in the order of their passages; None after the last."""
        query = text(f"{_WITH_VECTOR} AND p.number > :after ORDER BY p.number LIMIT :limit")
        with self._database.read() as session:
            rows = session.execute(query, {"embedder": self._embedder, "after": after, "limit": BLOCK}).all()
        return self._both(rows) if rows else None

    def _both(self, rows: object) -> "tuple[list[int], Matrix]":
        import numpy as np

        found = list(rows)  # type: ignore[call-overload]
        blobs = b"".join(vector for _, vector in found)
        return [number for number, _ in found], np.frombuffer(blobs, "<f4").reshape(len(found), self._dimension)
