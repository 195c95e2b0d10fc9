"""Negative relevance feedback (Rocchio 1971): what the user said does not bear on a question is held back where the
like of it is asked again; where the same is asked, it is left out.

Of a memory it goes for the messages that it was drawn from, too: they say the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from memory.hits import Ranked
from memory.schema import FeedbackRow, MemoryRow, MessageRow, PassageRow, SourceRow
from memory.text import normalise
from memory.types import ChannelScore

ALIKE, SAME = 0.6, 0.95
"""From the first cosine of two questions on a hit is held back, the more the nearer they are; from the second on it is
left out."""

_ANY = text("SELECT 1 FROM feedback LIMIT 1")

Cosines = Callable[[Sequence[int]], Mapping[int, float]]


def held_back(session: Session, ranked: Sequence[Ranked], query: str, cosines: Cosines | None) -> list[Ranked]:
    """The hits in their order, without what does not bear on this question, and what may not with a lower score."""
    alike = _alike_questions(session, query, cosines)
    if not alike:
        return list(ranked)
    against = _against(session, alike)
    kept = [_lowered(one, against.get((one.owner, one.number), 0.0)) for one in ranked]
    return sorted((one for one in kept if one is not None), key=lambda one: -one.score)


def _lowered(one: Ranked, alike: float) -> Ranked | None:
    if alike >= SAME:
        return None
    if alike < ALIKE:
        return one
    score = one.score * (1 - (alike - ALIKE) / (SAME - ALIKE))
    return replace(one, score=score, channels=(*one.channels, ChannelScore(channel="feedback", rank=0, score=alike)))


def _alike_questions(session: Session, query: str, cosines: Cosines | None) -> dict[str, float]:
    """How like this question each of those is that feedback was given on, by its id; only those that are."""
    if session.connection().execute(_ANY).first() is None:
        return {}
    asked = select(MessageRow.id, MessageRow.content, PassageRow.number).where(
        MessageRow.id.in_(select(FeedbackRow.question_id))
    )
    passages = (PassageRow.owner_type == "message") & (PassageRow.owner_number == MessageRow.number)
    rows = session.execute(asked.outerjoin(PassageRow, passages)).all()
    near = cosines([number for _, _, number in rows if number is not None]) if cosines is not None and rows else {}
    found: dict[str, float] = {}
    for id_, content, number in rows:
        alike = 1.0 if normalise(content) == normalise(query) else near.get(number, 0.0)
        if alike >= ALIKE:
            found[id_] = max(alike, found.get(id_, 0.0))
    return found


def _against(session: Session, alike: Mapping[str, float]) -> Mapping[tuple[str, int], float]:
    """For each hit how like this question the nearest is that it does not bear on."""
    given = session.execute(
        select(FeedbackRow.question_id, FeedbackRow.hit_type, FeedbackRow.hit_number).where(
            FeedbackRow.question_id.in_(alike)
        )
    ).all()
    found: dict[tuple[str, int], float] = {}
    for question, kind, number in given:
        found[kind, number] = max(alike[question], found.get((kind, number), 0.0))
    said = session.execute(
        select(MemoryRow.number, MessageRow.number)
        .join(SourceRow, SourceRow.memory_id == MemoryRow.id)
        .join(MessageRow, MessageRow.id == SourceRow.message_id)
        .where(MemoryRow.number.in_([number for kind, number in found if kind == "memory"]))
    ).all()
    for memory, message in said:
        found["message", message] = max(found["memory", memory], found.get(("message", message), 0.0))
    return found
