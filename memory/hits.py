"""Candidates read as hits: with their message or memory, where they are from, and why they were found."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from memory.ranking.gather import Key
from memory.ranking.traits import READ_CHARS
from memory.schema import ConversationRow, MemoryRow, MessageRow, SourceRow
from memory.store.rows import to_memory, to_message
from memory.strength import factor, strength
from memory.types import ChannelScore, Hit, OwnerType, Status

PINNED_FACTOR = 1.1
SHORT = 80
"""A message of fewer characters is often understood only by the question before it."""
MOST_OF_A_QUESTION = 200
_LAST_QUESTION = re.compile(r"[^.!?。！？\n]+[?？]\s*$")

# Plain SQL: it runs for every batch of hits, and building the query would take longer than answering it.
_BEFORE = text(
    "SELECT m.number, p.content FROM message m JOIN message p ON p.id = m.parent_id"
    " WHERE m.number IN :numbers AND length(m.content) <= :short"
).bindparams(bindparam("numbers", expanding=True))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its place in the answer."""

    owner: OwnerType
    number: int
    score: float
    channels: tuple[ChannelScore, ...] = ()
    span: tuple[int, int] | None = None


def texts_of(session: Session, ranked: Sequence[Ranked]) -> list[str]:
    """What a reader of each candidate is given: its best passage, or its beginning."""
    messages, memories = ([one.number for one in ranked if one.owner == owner] for owner in ("message", "memory"))
    said = session.execute(select(MessageRow.number, MessageRow.content).where(MessageRow.number.in_(messages)))
    kept = session.execute(select(MemoryRow.number, MemoryRow.text).where(MemoryRow.number.in_(memories)))
    texts = {("message", number): text for number, text in said} | {("memory", number): text for number, text in kept}
    return [texts.get((one.owner, one.number), "")[slice(*(one.span or (0, READ_CHARS)))] for one in ranked]


def message_hits(session: Session, batch: Sequence[Ranked], now: datetime | None) -> dict[Key, Hit]:
    """The hits among `batch` that are messages and count, by their key; with `now`, only what was said by then."""
    wanted = {c.number: c for c in batch if c.owner == "message"}
    query = (
        select(MessageRow, ConversationRow.number, ConversationRow.title)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(MessageRow.number.in_(wanted), MessageRow.status == "complete", MessageRow.role != "system")
        # Its own answers from memory say again what was said: recalled, they would be evidence for themselves.
        .where(MessageRow.model != "none")
    )
    hits: dict[Key, Hit] = {}
    asked = _questions_before(session, [one.number for one in wanted.values()])
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
            channels=candidate.channels,
            reasons=_reasons(candidate, ()),
            message=message,
            conversation=f"c{number}",
            conversation_title=title,
            external_id=message.external_id,
            span=candidate.span,
            replies_to=asked.get(row.number, "") if len(message.content) <= SHORT else "",
        )
    return hits


def _questions_before(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    """The question that the message before ends with, for those short messages that have one."""
    found = session.execute(_BEFORE, {"numbers": list(numbers), "short": SHORT})
    return {
        number: question[0].strip()[-MOST_OF_A_QUESTION:]
        for number, content in found
        if (question := _LAST_QUESTION.search(content[-400:]))
    }


def memory_hits(session: Session, batch: Sequence[Ranked], now: datetime | None, present: datetime) -> dict[Key, Hit]:
    """The hits among `batch` that are memories and count; `present` is the instant that their strength is told for."""
    wanted = {c.number: c for c in batch if c.owner == "memory"}
    if not wanted:
        return {}
    query = select(MemoryRow).where(
        MemoryRow.number.in_(wanted), MemoryRow.status == Status.ACTIVE, MemoryRow.muted.is_(False)
    )
    rows = session.scalars(query).all()
    cited = _cited(session, [row.id for row in rows])
    hits: dict[Key, Hit] = {}
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
            channels=candidate.channels,
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
    "around": lambda c: "said beside what bears on it",
    "time": lambda c: "said at the time that is asked about",
    "feedback": lambda c: f"held back: you said that it does not bear on a question like this ({c.score:.2f})",
}


def _reasons(candidate: Ranked, more: tuple[str, ...]) -> tuple[str, ...]:
    return (*(_SAYS[c.channel](c) for c in candidate.channels), *more)
