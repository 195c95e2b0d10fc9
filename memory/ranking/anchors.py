"""What "before my birthday", "since I moved" and "when I lived in Lyon" stand for, looked up in what is stored.

No model, no second embedding: memories that tell of it come first (when it happened, since when it holds), or else the
message of the user that has its words. What cannot be found leaves the question as it is.
"""

import re
from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.extraction import extract, is_question, question_slot
from memory.extraction.dates import When, find_when, zone_of
from memory.ranking.asking import Asked, terms_of
from memory.ranking.gather import Key, TermSearch, find_by_terms
from memory.ranking.timing import Anchor, opened
from memory.schema import MemoryRow, MessageRow, SourceRow
from memory.store.rows import to_message
from memory.types import Status

MOST = 60
"""So many messages are read for one anchor at the most."""
ENOUGH = 0.6
"""Of the weight of an anchor's words: a message with less is of something else."""
DAY = timedelta(days=1)
_SAYS = {
    "home_city": "live lived living move moved moving home based relocated",
    "employer": "work works worked working job joined employer company hired started",
    "job": "job work works worked working became promoted profession started",
    "birthday": "birthday born",
}
"""The words by which statements of an attribute are found."""
_SLOT_OF_STATE = (
    (re.compile(r"\b(?:live|lived|living|stayed)\b", re.I), "home_city"),
    (re.compile(r"\b(?:work|worked|working)\b", re.I), "employer"),
)
_FUTURE = re.compile(r"\b(?:will|going to|next)\b|['’]ll\b", re.I)


@dataclass(frozen=True, slots=True)
class Span:
    """A value of an attribute and when it held; `end` None: it still does."""

    value: str
    start: datetime
    end: datetime | None
    key: Key
    """The memory that says so; of one that was overtaken the message, since only that is still found."""

    def covers(self, when: When) -> bool:
        """Whether it held at any time in `when`."""
        return self.start < when.end and (self.end is None or self.end > when.start)


def anchored(session: Session, asked: Asked, now: datetime, zone: str, terms: TermSearch = find_by_terms) -> Asked:
    """`asked` with the interval that its anchor stands for, and without the words for it; or as it is.

    With them, what tells of the anchor would be found first: "I live in Oslo" for "What did I cook when I lived there?"
    """
    anchor = asked.anchor
    if anchor is None:
        return asked
    when = _stands_for(session, anchor, now, zone, terms)
    if when is None:
        return replace(asked, anchor=None)
    words = {*terms_of(anchor.clause), (anchor.relation,)}
    rest = tuple(term for term in asked.terms if term not in words)
    without = " ".join(asked.text.replace(f"{anchor.led_by} {anchor.clause}", " ").strip(" ,").split())
    if not rest:
        return replace(asked, when=opened(when, anchor.relation, now))
    return replace(asked, when=opened(when, anchor.relation, now), terms=rest, text=without.replace(" ?", "?"))


def held_then(session: Session, asked: Asked, now: datetime) -> dict[Key, int]:
    """What states the value that held at the time that is asked about ("Where did I live in 2023?"), latest first."""
    wanted = question_slot(asked.text)
    if wanted is None or wanted.subject != "user" or asked.when is None or asked.when.start > now:
        return {}
    spans = [span for span in timeline(session, wanted.slot, now) if span.covers(asked.when)]
    return {span.key: rank for rank, span in enumerate(reversed(spans), start=1)}


def timeline(session: Session, slot: str, now: datetime) -> list[Span]:
    """The values of an attribute of the user, in the order of time: each holds until the next one is told of."""
    told = sorted([*_remembered(session, slot, now), *_said(session, slot, now)], key=lambda span: span.start)
    spans: list[Span] = []
    for span in told:
        if spans and spans[-1].value.casefold() == span.value.casefold():
            spans[-1] = replace(spans[-1], end=span.end or spans[-1].end)
            continue
        if spans:
            spans[-1] = replace(spans[-1], end=min(spans[-1].end or span.start, span.start))
        spans.append(span)
    return spans


def _stands_for(session: Session, anchor: Anchor, now: datetime, zone: str, terms: TermSearch) -> When | None:
    if anchor.birthday:
        return _birthday(session, anchor, now, zone)
    if anchor.state:
        slot = next((slot for pattern, slot in _SLOT_OF_STATE if pattern.search(anchor.clause)), None)
        if slot is None:
            return None
        named = [
            s for s in timeline(session, slot, now) if re.search(rf"\b{re.escape(s.value)}\b", anchor.clause, re.I)
        ]
        return When(named[0].start, named[-1].end or now, "open", anchor.clause) if named else None
    return _happened(session, anchor, now, zone, terms)


def _birthday(session: Session, anchor: Anchor, now: datetime, zone: str) -> When | None:
    """The day of the birthday that is meant."""
    spans = timeline(session, "birthday", now)
    told = _day_of(spans[-1].value) if spans else None
    if told is None:
        return None
    day, with_year = told
    here = zone_of(zone)
    today = now.astimezone(here).date()
    year = today.year if (today.month, today.day) >= (day.month, day.day) else today.year - 1
    if anchor.birthday == "next":
        year += 1
    elif (age := re.match(r"\d+", anchor.birthday)) and with_year:
        year = day.year + int(age[0])
    missing = (day.month, day.day) == (2, 29) and not isleap(year)
    start = datetime(year, *((3, 1) if missing else (day.month, day.day)), tzinfo=here)
    return When(start.astimezone(UTC), (start + DAY).astimezone(UTC), "day", anchor.clause)


def _day_of(value: str) -> tuple[datetime, bool] | None:
    """The day that a birthday is told as, and whether with its year."""
    leap = datetime(2000, 12, 31, 12, tzinfo=UTC)  # a year in which every day exists
    when = find_when(value, leap, "UTC", past=True) or find_when(f"on {value}", leap, "UTC", past=True)
    if when is None or when.granularity != "day":
        return None
    return when.start, bool(re.search(r"\d{4}", value))


def _happened(session: Session, anchor: Anchor, now: datetime, zone: str, terms: TermSearch) -> When | None:
    """When what the anchor says happened: as a memory has it, or by the message that tells of it."""
    words = terms_of(anchor.clause)
    if not words:
        return None
    asked = Asked.of_terms(anchor.clause, words)
    found: list[tuple[float, datetime, When]] = []
    for owner in ("memory", "message"):
        rows = terms(session, owner, asked, MOST)
        whole = sum(rows.idf) or 1.0
        share = {
            hit.number: sum(i for i, having in zip(rows.idf, rows.rows, strict=True) if hit.number in having) / whole
            for hit in rows.best
        }
        numbers = [number for number, part in share.items() if part >= ENOUGH]
        told = _told_in_memories if owner == "memory" else _told_in_messages
        found += [(share[number], at, when) for number, at, when in told(session, numbers, words, now, zone)]
        if found:
            break  # what a night made sure of is better than what happens to have the words
    return max(found, key=lambda one: (round(one[0], 3), one[1]))[2] if found else None


Told = tuple[int, datetime, When]
"""A row, when it was said, and when it says that it happened."""


def _told_in_memories(
    session: Session, numbers: Sequence[int], words: Sequence[tuple[str, ...]], now: datetime, zone: str
) -> Iterable[Told]:
    query = select(MemoryRow).where(
        MemoryRow.number.in_(numbers), MemoryRow.status == Status.ACTIVE, MemoryRow.subject == "user"
    )
    for row in session.scalars(query):
        said = row.said_at or row.created_at
        start = row.event_from or row.valid_from
        if said <= now and start is not None:
            yield row.number, said, When(start, row.event_to or start + DAY, "day", row.text)


def _told_in_messages(
    session: Session, numbers: Sequence[int], words: Sequence[tuple[str, ...]], now: datetime, zone: str
) -> Iterable[Told]:
    query = select(MessageRow).where(
        MessageRow.number.in_(numbers), MessageRow.role == "user", MessageRow.said_at <= now
    )
    for row in session.scalars(query):
        sentence = _sentence(row.content, words)
        if sentence and not is_question(sentence):
            when = find_when(sentence, row.said_at, row.zone or zone, past=not _FUTURE.search(sentence))
            yield (
                row.number,
                row.said_at,
                when or When(row.said_at, row.said_at + timedelta(seconds=1), "day", sentence),
            )


def _sentence(text: str, words: Sequence[tuple[str, ...]]) -> str:
    """The sentence that says most of it."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    stems = [form[:4] for forms in words for form in forms]
    return max(sentences, key=lambda s: sum(stem in s.lower() for stem in stems), default="")


def _remembered(session: Session, slot: str, now: datetime) -> Iterable[Span]:
    query = select(MemoryRow).where(
        MemoryRow.slot == slot, MemoryRow.subject == "user", MemoryRow.value.is_not(None),
        MemoryRow.status.in_((Status.ACTIVE, Status.SUPERSEDED)), MemoryRow.muted.is_(False),
    )  # fmt: skip
    for row in session.scalars(query.limit(MOST)):
        start = row.valid_from or row.event_from or row.said_at or row.created_at
        key: Key | None = ("memory", row.number)
        if row.status == Status.SUPERSEDED:
            source = select(MessageRow.number).join(SourceRow, SourceRow.message_id == MessageRow.id)
            number = session.scalar(source.where(SourceRow.memory_id == row.id).limit(1))
            key = ("message", number) if number is not None else None
        if key is not None and (row.said_at or row.created_at) <= now:
            yield Span(row.value or "", start, row.valid_to, key)


def _said(session: Session, slot: str, now: datetime) -> Iterable[Span]:
    """What the user said of it, read by the rules that the night reads by."""
    words = tuple((word,) for word in _SAYS.get(slot, slot.replace("_", " ")).split())
    found = find_by_terms(session, "message", Asked.of_terms(slot, words), MOST)
    query = select(MessageRow).where(
        MessageRow.number.in_([hit.number for hit in found.best]), MessageRow.role == "user", MessageRow.said_at <= now
    )
    for row in session.scalars(query):
        for memory in extract(to_message(row)):
            if memory.slot == slot and memory.subject == "user" and memory.value:
                start = memory.valid_from or memory.event_from or row.said_at
                yield Span(memory.value, start, memory.valid_to, ("message", row.number))
