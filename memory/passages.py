"""Passages: the stretches of a text that get a vector.

An embedding model reads a limited window (all-MiniLM-L6-v2: 256 word pieces); what is longer would simply be cut off
and never found by meaning. So a long text is embedded in overlapping stretches, cut at the ends of sentences.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from memory.dialects import dialect_of
from memory.schema import OutboxRow, PassageRow
from memory.text import text_hash
from memory.types import OwnerType

TARGET_CHARS = 900
"""About 200 word pieces of English; well inside the window of every common embedder."""
OVERLAP_CHARS = 150
MAX_PASSAGES = 400
"""What lies beyond is found by its words only (a message of about 300,000 characters)."""

_BREAK = re.compile(r"(?<=[.!?…。！？\n])\s+|(?<=[。！？])")


def split(text: str) -> list[tuple[int, int]]:
    """(start, end) of each passage of `text`, in order, covering it; none for a blank text."""
    if not text.strip():
        return []
    if len(text) <= TARGET_CHARS:
        return [(0, len(text))]
    return [span for span in _windows(text) if text[span[0] : span[1]].strip()][:MAX_PASSAGES]


def _windows(text: str) -> Iterator[tuple[int, int]]:
    breaks = [m.end() for m in _BREAK.finditer(text)]
    start = 0
    while start < len(text):
        limit = start + TARGET_CHARS
        if limit >= len(text):
            yield start, len(text)
            return
        end = _last_before(breaks, start + TARGET_CHARS // 2, limit) or _space_before(text, start, limit)
        yield start, end
        start = max(_last_before(breaks, max(start + 1, end - OVERLAP_CHARS), end - 1) or end, start + 1)


def _last_before(breaks: list[int], low: int, high: int) -> int | None:
    at = bisect_right(breaks, high) - 1
    return breaks[at] if at >= 0 and breaks[at] >= low else None


def _space_before(text: str, start: int, limit: int) -> int:
    space = text.rfind(" ", start + TARGET_CHARS // 2, limit)
    return space + 1 if space > start else limit


def embedded_text(stretch: str, author: str) -> str:
    """What is embedded for a stretch of a text: with who said it, where that is somebody by name.

    Questions name people; on conversations between two people, dense recall at 10 nearly doubles by it.
    """
    return f"{author}: {stretch}" if author else stretch


def write_passages(session: Session, owner_type: OwnerType, owner_number: int, text: str, *, author: str = "") -> None:
    """Make the passages of a new or changed text, and queue their embedding, in the caller's transaction."""
    remove_passages(session, owner_type, owner_number)
    rows = [
        PassageRow(
            owner_type=owner_type,
            owner_number=owner_number,
            start=a,
            end=b,
            text_hash=text_hash(embedded_text(text[a:b], author)),
        )
        for a, b in split(text)
    ]
    session.add_all(rows)
    session.flush()
    if rows:
        session.execute(insert(OutboxRow), [{"operation": "embed", "passage": row.number} for row in rows])


@dataclass(frozen=True, slots=True)
class NewOwner:
    """A message or memory that has just been inserted and has no passages yet."""

    number: int
    text: str
    author: str = ""


def write_many(session: Session, owner_type: OwnerType, owners: Sequence[NewOwner]) -> None:
    """`write_passages` for many new owners in two statements, however many they are."""
    first = next_number(session, PassageRow.__tablename__)
    stretches = [(owner, a, b) for owner in owners for a, b in split(owner.text)]
    if not stretches:
        return
    rows = [
        {
            "number": number,
            "owner_type": owner_type,
            "owner_number": owner.number,
            "start": a,
            "end": b,
            "text_hash": text_hash(embedded_text(owner.text[a:b], owner.author)),
        }
        for number, (owner, a, b) in enumerate(stretches, first)
    ]
    connection = session.connection()
    connection.execute(insert(PassageRow), rows)
    connection.execute(insert(OutboxRow), [{"operation": "embed", "passage": r["number"]} for r in rows])


def next_number(session: Session, table: str) -> int:
    """The number that the next row of `table` gets. Holds until the end of a transaction that writes."""
    return dialect_of(session).next_number(session, table)


def remove_passages(session: Session, owner_type: OwnerType, owner_number: int) -> list[str]:
    """Drop an owner's passages and queue taking them out of the index. Returns the hashes of their texts."""
    owned = (PassageRow.owner_type == owner_type, PassageRow.owner_number == owner_number)
    gone = session.execute(select(PassageRow.number, PassageRow.text_hash).where(*owned)).all()
    if gone:
        numbers = [number for number, _ in gone]
        session.execute(delete(PassageRow).where(*owned))
        session.execute(delete(OutboxRow).where(OutboxRow.passage.in_(numbers)))
        session.execute(insert(OutboxRow), [{"operation": "delete", "passage": number} for number in numbers])
    return [hash_ for _, hash_ in gone]
