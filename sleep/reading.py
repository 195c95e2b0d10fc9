"""Reading messages with a language model. It nominates; code decides, on the message alone.

What a model gives counts only with a verbatim quote of what the user said themselves, and only as far as the quote
carries it: no name, number, negation or telling word that was not said, no slot whose value is not in the quote. Dates
are computed from the quote, not believed.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, Field

from memory.extraction import is_functional, is_question, parse_command
from memory.extraction.clauses import clauses, masked
from memory.extraction.dates import find_when, written_out
from memory.extraction.slots import FUNCTIONAL
from memory.fulltext import unspaced_of, words_of
from memory.text import clean, normalise, one_line
from memory.types import Kind, Message, NewMemory, Sensitivity, Source
from sleep.errors import ModelFailed
from sleep.guard import lost, opening
from sleep.home import Model

MOST_MESSAGES = 24
MOST_CHARS = 6_000
"""Of messages in one call."""
LESS_EACH_TIME = 4
"""A message that could not be read is asked about in a batch so many times smaller, so that one cannot hold up all."""
CONTEXT_CHARS = 160
SHORT = 60
"""A message of fewer characters may only be understood after what it answers."""
MOST_TEXT = 300
CONFIDENCE = 0.75
SHARED = 0.6
"""The share of a statement's telling words that its quote must have."""
SAME = 0.7
"""The share of telling words that two statements of one message have in common where they say the same."""
OPEN_SLOTS = frozenset("likes dislikes avoids allergy diet uses hobby goal pet language instrument".split())
"""Slots beside the functional ones that hold several values."""
INSTRUCTIONS = """\
The data is numbered messages of one person, each with the day it was said; "before:" is what it answers. List what \
each states about that person or people they know that will still matter in weeks: facts, tastes, relationships, \
plans, events, and what they gave up, decided against or no longer do. Not: questions, guesses, tasks for now, talk \
about the world, pasted text, or what is only in "before". One entry for each single statement; none is a good answer. \
"quote" is the exact words of the message that say it. "text" is the same in one sentence that stands alone, to the \
person as "you", in the message's own language, with nothing added and no "not" lost. Slots: {slots}.
"""
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:above|previous|prior|instructions?|rules?|prompt)\b"
    r"|\b(?:system prompt|you are now|store the following|add to (?:your )?memory)\b|</?data>",
    re.IGNORECASE | re.DOTALL,
)
"""A message that gives orders to whoever reads it is read by rules only."""


_YOU = frozenset(
    "du dein deine sie ihr tu ton ta tes vous votre usted tú tuo tua il la le lo el você seu sua jij je".split()
)
"""How a statement may begin in other languages without naming anybody."""


class Fact(BaseModel):
    """One statement as a model understands it."""

    message: int = Field(description="number of the message")
    quote: str = Field(description="exact words of that message")
    text: str = Field(description="one sentence to the person as you")
    kind: Literal["fact", "preference", "relationship", "plan", "event", "rejection", "constraint"]
    subject: str = Field(default="user", description="user, or the name of whom it is about")
    slot: str | None = Field(default=None, description="one of the slots, or null")
    value: str | None = Field(default=None, description="words of the quote that fill the slot, or null")
    sensitive: bool = Field(default=False, description="health, sexuality, religion, politics, money, crime")


class Facts(BaseModel):
    """What a model finds in a batch of messages."""

    facts: list[Fact]


@dataclass(frozen=True, slots=True)
class Asked:
    """A message to be read, and what it answers."""

    message: Message
    before: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """A message that a model has read; `failed` says why it could not be."""

    message: Message
    memories: tuple[NewMemory, ...] = ()
    failed: str = ""


def worth_asking(message: Message) -> bool:
    """Whether a message may state something that rules miss: no question, command, paste or mere "thanks"."""
    said = re.sub(r"[^\S\n]*\0[\0\s]*", " ", masked(message.content)).strip()
    own = len(re.findall(r"\w+", said)) >= 4 or sum(map(len, unspaced_of(said))) >= 5
    if not own or _ORDERS.search(message.content) or parse_command(message.content) is not None:
        return False
    return any(not is_question(clause.text) for clause in clauses(message.content))


def read_with(model: Model, asked: Sequence[Asked], spent: Callable[[], bool] = lambda: False) -> Iterator[Read]:
    """What a model finds in messages, batch by batch. A failed call fails its messages, and says why."""
    for batch in batches(asked):
        if spent():
            yield from (Read(one.message, failed="the budget was spent") for one in batch)
            continue
        data = "\n".join(_listed(number, one) for number, one in enumerate(batch, start=1))
        try:
            answer = model.ask("extract", _instructions(), data, Facts, sent=[one.message.short_id for one in batch])
        except ModelFailed as failure:
            yield from (Read(one.message, failed=failure.message) for one in batch)
            continue
        for number, one in enumerate(batch, start=1):
            facts = [fact for fact in answer.facts if fact.message == number]
            yield Read(one.message, tuple(m for fact in facts if (m := understood(fact, one.message)) is not None))


def _instructions() -> str:
    return INSTRUCTIONS.format(slots=", ".join(sorted(FUNCTIONAL | OPEN_SLOTS)))


def batches(asked: Sequence[Asked]) -> Iterator[list[Asked]]:
    """Batches of a size that a small model can keep in view; those that failed before in smaller ones."""
    for attempts in sorted({one.attempts for one in asked}):
        most = max(1, MOST_MESSAGES // LESS_EACH_TIME**attempts)
        batch: list[Asked] = []
        chars = 0
        for one in (one for one in asked if one.attempts == attempts):
            size = len(one.message.content) + len(one.before)
            if batch and (len(batch) == most or chars + size > MOST_CHARS):
                yield batch
                batch, chars = [], 0
            batch.append(one)
            chars += size
        if batch:
            yield batch


def _listed(number: int, one: Asked) -> str:
    """A message on one line, so that none can pretend to be another."""
    message = one.message
    before = f" (before: {one_line(one.before, CONTEXT_CHARS)})" if one.before else ""
    return f"[{number}] {message.said_at:%Y-%m-%d}{before}: {one_line(message.content, MOST_CHARS)}"


# -- what stands


def understood(fact: Fact, message: Message) -> NewMemory | None:
    """A model's statement as a memory; None if the message does not carry it."""
    source = quoted(message, fact.quote)
    text = " ".join(clean(fact.text).split())
    if source is None or not text or len(text) > MOST_TEXT or "?" in text or not carried(text, source.quote):
        return None
    subject = fact.subject.strip() or "user"
    if subject.lower() in ("user", "you", "i", "me"):
        subject = "user"
    elif not re.search(rf"\b{re.escape(subject)}\b", message.content, re.IGNORECASE) or len(subject) > 60:
        return None
    slot, value = _slot(fact, source.quote)
    memory = NewMemory(
        text=text if text[-1] in ".!。！؟" else f"{text}.",
        kind=Kind(fact.kind),
        subject=subject,
        slot=slot,
        value=value,
        said_at=message.said_at,
        zone=message.zone,
        confidence=CONFIDENCE,
        sensitivity=Sensitivity.SENSITIVE if fact.sensitive else Sensitivity.NORMAL,
        sources=(source,),
    )
    return _dated(memory, message)


def quoted(message: Message, quote: str) -> Source | None:
    """Where a message of the user says the words of `quote`, in their own voice; None if it does not.

    Whole clauses: half of one may leave out the "never" that it began with.
    """
    words = clean(quote).strip().strip("\"“”'…").split()
    if not words or (len(words) < 2 and not unspaced_of(quote)):
        return None
    pattern = r"\s+".join(re.escape(word).replace("‹", "[<‹]").replace("›", "[>›]") for word in words)
    match = re.search(pattern, message.content) or re.search(pattern, message.content, re.IGNORECASE)
    if match is None or "\0" in masked(message.content)[match.start() : match.end()]:
        return None
    told = [c for c in clauses(message.content) if c.start < match.end() and match.start() < c.end]
    if not told:
        return None  # a question, a supposition, a part that is played
    start, end = min(match.start(), told[0].start), max(match.end(), told[-1].end)
    return Source(message_id=message.id, quote=message.content[start:end], start=start, end=end)


def carried(text: str, quote: str) -> bool:
    """Whether a statement says no more than its quote, and the contrary of nothing."""
    told, said = _tokens(text), _tokens(quote)
    if not told or len(told & said) < SHARED * len(told):
        return False
    return not lost(text, quote) and not opening(text, quote) - _YOU


def tells_the_same(one: NewMemory, other: NewMemory) -> bool:
    """Whether a statement adds nothing to another that was found in the same message."""
    said, other_said = ((m.subject, m.slot, normalise(m.value or "")) for m in (one, other))
    if one.slot is not None and said == other_said:
        return True
    told, known = _tokens(one.text), _tokens(other.text)
    return len(told & known) >= SAME * min(len(told), len(known) or 1)


def _tokens(text: str) -> frozenset[str]:
    """Telling words by their beginnings (a verb may be conjugated anew); pairs of characters without spaces."""
    pairs = (part[i : i + 2] for part in unspaced_of(text) for i in range(len(part) - 1))
    return frozenset((*(word[:4] for word in words_of(text)), *pairs))


def _slot(fact: Fact, quote: str) -> tuple[str | None, str | None]:
    """Slot and value, where the slot is known and the value was said."""
    slot = (fact.slot or "").strip().lower().replace(" ", "_")
    value = " ".join(clean(fact.value or "").split()).strip(" .,!")
    known = slot in OPEN_SLOTS or is_functional(slot)
    if not (known and value) or len(value) > 80 or normalise(value) not in normalise(quote):
        return None, None
    if fact.kind in ("rejection", "plan", "event"):
        return None, value if fact.kind == "rejection" else None
    return slot, value


def _dated(memory: NewMemory, message: Message) -> NewMemory:
    """With the time that the quote names, on the right side of when it was said."""
    quote = memory.sources[0].quote
    when = find_when(quote, message.said_at, message.zone, past=memory.kind is Kind.EVENT)
    fits = when is not None and (
        (memory.kind is Kind.PLAN and when.is_future(message.said_at))
        or (memory.kind is Kind.EVENT and when.is_past(message.said_at))
    )
    if when is None or not fits:
        return memory
    text = written_out(memory.text, when, message.zone)
    return replace(memory, text=text, event_from=when.start, event_to=when.end, granularity=when.granularity)
