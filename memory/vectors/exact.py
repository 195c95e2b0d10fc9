"""Exact search: every stored vector is compared. The fallback whenever Chroma cannot be used, and never wrong.

At 384 dimensions 10,000 vectors take 15 MB and well under a millisecond. The matrix follows the database: rows that
were added since the last look are appended, whoever wrote them.
"""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from memory.database import Database
from memory.schema import PassageRow
from memory.vectors.base import PassageScore

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

BLOCK = 20_000
"""Rows read at once."""

_STATE = text(
    "SELECT (SELECT count(*) FROM passage), (SELECT coalesce(max(number), 0) FROM passage),"
    " (SELECT coalesce(max(number), 0) FROM embedding)"
)
_NEW = (
    "SELECT p.number, e.vector FROM passage p"
    " CROSS JOIN embedding e WHERE e.text_hash = p.text_hash AND e.embedder = :embedder AND p.number > :passages"
)
_FIRST = text(_NEW)
# New passages, and passages whose vector is new; two indexed look-ups.
_ADDED = text(
    f"{_NEW} UNION ALL SELECT p.number, e.vector FROM embedding e CROSS JOIN passage p WHERE p.text_hash = e.text_hash"
    " AND e.number > :embeddings AND e.embedder = :embedder AND p.number <= :passages"
)


class ExactIndex:
    """Cosine similarity against every vector of one embedder."""

    name = "exact search"

    def __init__(self, database: Database, embedder: int, dimension: int) -> None:
        import numpy as np

        self._database = database
        self._embedder = embedder
        self._dimension = dimension
        self._lock = threading.Lock()
        self._numbers = np.zeros(0, np.int64)
        self._matrix: Matrix = np.zeros((0, dimension), np.float32)
        self._seen = (0, 0, 0)

    def search(self, vector: "Matrix", k: int) -> list[PassageScore]:
        import numpy as np

        with self._lock:
            self._follow()
            numbers, matrix = self._numbers, self._matrix
        if not len(numbers) or k < 1:
            return []
        scores = matrix @ vector.reshape(-1)
        k = min(k, len(scores))
        top = np.argpartition(-scores, k - 1)[:k]
        top = top[np.argsort(-scores[top], kind="stable")]
        return [PassageScore(int(numbers[i]), float(scores[i])) for i in top]

    def cosines(self, vector: "Matrix", passages: Sequence[int]) -> dict[int, float]:
        """The similarity of these passages to `vector`; those without a vector are left out.

        As of the last search: it is asked right after one.
        """
        import numpy as np

        with self._lock:
            if not len(self._numbers):
                self._follow()
            numbers, matrix = self._numbers, self._matrix
        if not len(numbers) or not passages:
            return {}
        wanted = np.asarray(passages, np.int64)
        order = np.argsort(numbers, kind="stable") if (numbers[1:] < numbers[:-1]).any() else np.arange(len(numbers))
        places = order[np.searchsorted(numbers, wanted, sorter=order).clip(max=len(numbers) - 1)]
        there = numbers[places] == wanted
        scores = matrix[places[there]] @ vector.reshape(-1)
        return dict(zip(wanted[there].tolist(), scores.tolist(), strict=True))

    def count(self) -> int:
        with self._lock:
            self._follow()
            return len(self._numbers)

    def upsert(self, passages: Sequence[int], vectors: "Matrix") -> None:
        """Nothing to do: the database is the index."""

    def delete(self, passages: Sequence[int]) -> None:
        """Nothing to do: the database is the index."""

    def close(self) -> None:
        """Nothing to do."""

    def _follow(self) -> None:
        """Bring the matrix to what the database holds; cheap when nothing was written since."""
        with self._database.read() as session:
            state = tuple(session.execute(_STATE).one())
            if state == self._seen:
                return
            self._append(session)
            added = session.scalar(
                select(func.count()).select_from(PassageRow).where(PassageRow.number > self._seen[1])
            )
            if state[0] != self._seen[0] + (added or 0):
                self._drop(set(session.scalars(select(PassageRow.number))))
        self._seen = state

    def _append(self, session: Session) -> None:
        import numpy as np

        values = {"embedder": self._embedder, "passages": self._seen[1]}
        seen = {"embeddings": self._seen[2]} if self._seen[1] else {}
        numbers, parts = [self._numbers], [self._matrix]
        for rows in session.execute(_ADDED if seen else _FIRST, values | seen).partitions(BLOCK):
            numbers.append(np.asarray([number for number, _ in rows], np.int64))
            raw = b"".join(vector for _, vector in rows)
            parts.append(np.frombuffer(raw, "<f4").reshape(len(rows), self._dimension).astype(np.float32))
        if len(parts) > 1:
            self._numbers, self._matrix = np.concatenate(numbers), np.concatenate(parts)

    def _drop(self, alive: set[int]) -> None:
        import numpy as np

        keep = np.fromiter((number in alive for number in self._numbers.tolist()), bool, len(self._numbers))
        self._numbers, self._matrix = self._numbers[keep], self._matrix[keep]
