"""Whether a plan says only what its sources say: looked at for every change, not for a sample."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from memory.extraction.dates import find_when
from memory.extraction.slots import relation_of
from memory.fulltext import words_of
from memory.nights import Change, ChangeKind
from memory.text import normalise
from memory.types import Kind, Memory, Message, Source, Status, Trust
from sleep.endings import ends
from sleep.guard import differences, lost, names, numbers
from sleep.tenses import in_past, retold
from sleep.view import View, is_due

WORDS_LOST, WORDS_ADDED = 1, 2
"""How many telling words a new text of the same statement may lose (its verb), and how many it may have more."""

PASSED = (Kind.PLAN, Kind.EVENT, Trust.INFERRED)

Fault = tuple[int, str]
"""The position of a change in the plan, and what is wrong with it."""


def faults(view: View, changes: Sequence[Change]) -> tuple[Fault, ...]:
    """The changes that invent, lose or turn round what was said.

    A stage is looked at as it left the plan: what a later one breaks is not its fault.
    """
    ids = {s.message_id for c in changes if isinstance(c.after, Memory) for s in c.after.sources}
    messages = view.messages(ids)
    planned: dict[str, object] = {}
    found = []
    for _, group in groupby(enumerate(changes), key=lambda pair: pair[1].stage):
        looked_at = [(i, c) for i, c in group if c.target == "memory" and c.decision == "planned"]
        planned |= {c.key[1]: c.after for _, c in looked_at}
        for position, change in looked_at:
            if change.kind is ChangeKind.ASK:
                continue
            why = next(iter(_wrong(view, change, planned, messages)), "")
            if why:
                found.append((position, why))
    return tuple(found)


def _wrong(view: View, change: Change, planned: Mapping[str, object], messages: dict[str, Message]) -> Iterable[str]:
    before, after = change.before, change.after
    if not isinstance(after, Memory):
        yield "a night deletes nothing"
        return
    if not isinstance(before, Memory):
        yield from _wrong_statement(after, messages)
        return
    yield from _wrong_change(before, after)
    told_as_past = change.kind in (ChangeKind.TENSE, ChangeKind.EXPIRE)
    yield from _wrong_tense(before, after, view.now) if told_as_past else _wrong_rewriting(before, after)
    gained = set(after.sources) - set(before.sources)
    if gained - _merged_into(after.id, planned):
        yield "it gained a quote of something else"
    if before.status is Status.ACTIVE and after.status is Status.SUPERSEDED:
        other = planned.get(after.superseded_by or "") or view.memory(after.superseded_by or "")
        if isinstance(other, Memory) and _stands(view, other, planned):
            yield from _wrong_place(change.kind, before, other)
        else:
            yield "nothing stands in its place"
    rewritten = before.text != after.text and not told_as_past
    if rewritten or (before.event_from, before.sources) != (after.event_from, after.sources):
        yield from _wrong_statement(after, messages)


def _wrong_change(before: Memory, after: Memory) -> Iterable[str]:
    """What a night never does to a memory."""
    if before.pinned and (before.text, before.status) != (after.text, after.status):
        yield "it is pinned"
    if (before.pinned, before.muted) != (after.pinned, after.muted):
        yield "pins and mutes are the user's"
    if set(before.tags.split()) - set(after.tags.split()):
        yield "a tag was lost"
    if set(before.sources) - set(after.sources):
        yield "a quote was lost"
    if after.status is Status.RETIRED and before.status is not Status.RETIRED:
        yield "a night retires nothing"
    if before.status is not Status.ACTIVE:
        yield "it is history"
    if (before.subject, before.slot) != (after.subject, after.slot):
        yield "it became a statement about something else"
    if before.kind is not after.kind and (before.kind, after.kind, after.trust) != PASSED:
        yield f"a {before.kind} became a {after.kind}"


def _wrong_tense(before: Memory, after: Memory, now: datetime) -> Iterable[str]:
    """Only what has passed is told as past, in the same words but the verb, and as something that nobody said."""
    if not is_due(before, now):
        yield "its time has not passed"
    if after.text not in (before.text, in_past(before.text)) and not retold(before.text, after.text):
        yield "it says something else"
    if after.trust is not Trust.INFERRED or after.confidence > before.confidence:
        yield "nobody said that it took place"


def _wrong_rewriting(before: Memory, after: Memory) -> Iterable[str]:
    """A rewritten text keeps what was said: one verb may change, names and numbers may not."""
    if before.text == after.text:
        return
    if names(before.text) != names(after.text):
        yield "a name changed"
    if numbers(before.text) - numbers(after.text):
        yield "a number changed"
    old, new = set(words_of(before.text)), set(words_of(after.text))
    if len(old - new) > WORDS_LOST or len(new - old) > WORDS_ADDED:
        yield "it says something else"


def _merged_into(survivor: str, planned: Mapping[str, object]) -> set[Source]:
    """The quotes of the memories that give way to this one."""
    merged = (m for m in planned.values() if isinstance(m, Memory) and m.superseded_by == survivor)
    return {source for m in merged for source in m.sources}


def _stands(view: View, memory: Memory, planned: Mapping[str, object]) -> bool:
    """Whether a memory counts, or gave way to one that does: two that give way to each other are both lost."""
    seen = set[str]()
    while memory.status is Status.SUPERSEDED and memory.superseded_by and memory.id not in seen:
        seen.add(memory.id)
        place = planned.get(memory.superseded_by) or view.memory(memory.superseded_by)
        if not isinstance(place, Memory):
            return False
        memory = place
    return memory.status is Status.ACTIVE


def _wrong_place(kind: ChangeKind, before: Memory, other: Memory) -> Iterable[str]:
    """What speaks against `other` in the place of `before`."""
    if other.subject != before.subject:
        yield f"{other.subject} is not {before.subject}"
    if kind is ChangeKind.CLOSE:
        if not ends(other, before):
            yield "it does not say that this has ended"
    elif other.slot != before.slot:
        yield f"{other.slot} is not {before.slot}"
    if kind is ChangeKind.MERGE:
        yield from _wrong_merge(before, other)
    elif before.said_at and other.said_at and other.said_at < before.said_at:
        yield "it was said earlier"


def _wrong_merge(before: Memory, other: Memory) -> Iterable[str]:
    """What is different in two memories that became one."""
    one, two = set(words_of(before.text)), set(words_of(other.text))
    if before.slot is None and len(one & two) < 0.5 * min(len(one), len(two)):
        yield "they say different things"
    if found := differences(before.text, other.text):
        yield "; ".join(found)
    if before.value and other.value and normalise(before.value) != normalise(other.value):
        yield f"{before.value} is not {other.value}"
    if not set(before.sources) <= set(other.sources):
        yield "a quote was lost"


def _wrong_statement(memory: Memory, messages: dict[str, Message]) -> Iterable[str]:
    """What the statement says that its quotes do not."""
    if not memory.sources:
        yield "it cites nothing"
        return
    for source in memory.sources:
        message = messages.get(source.message_id)
        if message is None or message.role != "user" or message.content[source.start : source.end] != source.quote:
            yield "the quote is not in a message of the user"
            return
    quotes = " . ".join(source.quote for source in memory.sources)
    said_in = messages[memory.sources[0].message_id]
    said = " ".join(messages[source.message_id].content for source in memory.sources)
    yield from lost(memory.text, quotes, said)
    if memory.value and not _within(memory.value, said_in.content):
        yield f"nobody said {memory.value}"
    if memory.subject != "user" and not _speaks_of(memory.subject, said_in.content):
        yield f"{memory.subject} is not spoken of"
    if memory.event_from is not None:
        when = find_when(memory.sources[0].quote, said_in.said_at, said_in.zone, past=False)
        other = find_when(memory.sources[0].quote, said_in.said_at, said_in.zone, past=True)
        starts = {w.start for w in (when, other) if w is not None}
        if starts and memory.event_from not in starts:
            yield f"{memory.event_from:%-d %B %Y} is not when"


def _speaks_of(subject: str, content: str) -> bool:
    """Whether a message names somebody, or their relation in another word: a mother as "my mum"."""
    words = {word.strip(".,;:!?'’\"()").removesuffix("'s").removesuffix("’s") for word in content.lower().split()}
    return subject.lower() in content.lower() or any(relation_of(word) == subject for word in words)


def _within(value: str, content: str) -> bool:
    """Whether most words of the value were said."""
    said = normalise(content)
    words = normalise(value).split()
    return sum(word[:4] in said for word in words) >= 0.6 * len(words)
