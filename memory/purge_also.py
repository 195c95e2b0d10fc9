"""What is left after a purge and says the same: in the same words, in other words, or in an answer that cites it.

It is the user's to decide what becomes of it, so it is only named.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from memory.purge_words import Said
from memory.schema import EmbedderRow, MemoryRow, MessageRow, RecallRow

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

NEAR = 0.7
"""Cosine similarity from which two sentences say the same."""
AKIN = 0.45
"""From here on they do if they share a telling word, too."""
LOOKED_AT = 200
"""Passages that go, and are compared with what is left; of more the first."""
BLOCK = 20_000
MOST_NEAR = 50
_TELLING = re.compile(r"\d{3,}|[^\W\d_]{5,}")
_STEM = 5
_VECTORS = text(
    "SELECT p.owner_type, p.owner_number, e.vector, p.number FROM passage p"
    " CROSS JOIN embedding e WHERE e.text_hash = p.text_hash AND e.embedder = :embedder"
    " AND p.number > :after ORDER BY p.number LIMIT :limit"
)
Owner = tuple[str, int]


def saying_the_same(session: Session, said: Said) -> tuple[str, ...]:
    """Short ids of messages and memories that are left and say it word by word."""
    messages = session.execute(select(MessageRow.number, MessageRow.content))
    memories = session.execute(select(MemoryRow.number, MemoryRow.text))
    return (
        *(f"t{number}" for number, content in messages if said.by(content)),
        *(f"m{number}" for number, wording in memories if said.by(wording)),
    )


def citing(session: Session, memories: Iterable[int]) -> tuple[str, ...]:
    """Short ids of the answers that cite a memory. Ask before it goes."""
    query = (
        select(MessageRow.number)
        .join(RecallRow, RecallRow.message_id == MessageRow.id)
        .where(RecallRow.state == "cited", RecallRow.hit_type == "memory")
    )
    found = {n for memory in memories for n in session.scalars(query.where(RecallRow.hit_number == memory))}
    return tuple(f"t{number}" for number in sorted(found))


def near_in_meaning(session: Session, going: frozenset[Owner]) -> tuple[str, ...]:
    """Short ids of what is said in other words, the nearest first. Ask before the vectors go; `going` are owners."""
    import numpy as np

    embedder = session.scalar(select(EmbedderRow.number).where(EmbedderRow.active))
    wanted = _looked_at(session, going, embedder) if embedder else None
    if wanted is None:
        return ()
    best: dict[Owner, float] = {}
    words = _telling(session, sorted(going)[:LOOKED_AT])
    for owners, vectors in _blocks(session, embedder or 0):
        scores = (vectors @ wanted.T).max(axis=1)
        for at in np.flatnonzero(scores >= AKIN):
            if owners[at] not in going:
                best[owners[at]] = max(best.get(owners[at], 0.0), float(scores[at]))
    ranked = sorted(best.items(), key=lambda pair: -pair[1])
    near = (o for o, score in ranked if score >= NEAR or words & _telling(session, [o]))
    return tuple(f"{kind[0] if kind == 'memory' else 't'}{number}" for kind, number in islice(near, MOST_NEAR))


def _looked_at(session: Session, going: frozenset[Owner], embedder: int) -> "Matrix | None":
    import numpy as np

    query = text(
        "SELECT e.vector FROM passage p CROSS JOIN embedding e"
        " WHERE e.text_hash = p.text_hash AND e.embedder = :embedder"
        " AND p.owner_type = :type AND p.owner_number = :number"
    )
    found: list[bytes] = []
    for kind, number in sorted(going):
        if len(found) >= LOOKED_AT:
            break
        found += session.scalars(query, {"embedder": embedder, "type": kind, "number": number})
    return np.frombuffer(b"".join(found), "<f4").reshape(len(found), -1) if found else None


def _blocks(session: Session, embedder: int) -> "Iterable[tuple[list[Owner], Matrix]]":
    import numpy as np

    after = 0
    while rows := session.execute(_VECTORS, {"embedder": embedder, "after": after, "limit": BLOCK}).all():
        after = rows[-1][3]
        vectors = np.frombuffer(b"".join(row[2] for row in rows), "<f4").reshape(len(rows), -1)
        yield [(row[0], row[1]) for row in rows], vectors


def _telling(session: Session, owners: Iterable[Owner]) -> set[str]:
    """The beginnings of the words that tell what these are about."""
    found: set[str] = set()
    for kind, number in owners:
        row, column = (MemoryRow, MemoryRow.text) if kind == "memory" else (MessageRow, MessageRow.content)
        content = session.scalar(select(column).where(row.number == number)) or ""
        found |= {word[:_STEM] for word in _TELLING.findall(content.lower())}
    return found
