"""Whether a plan says only what its sources say: looked at for every change, not for a sample."""

from collections.abc import Iterable, Mapping, Sequence

from memory.extraction.dates import find_when
from memory.nights import Change, ChangeKind
from memory.text import normalise
from memory.types import Memory, Message, Status
from sleep.guard import differences, lost
from sleep.view import View

Fault = tuple[int, str]
"""The position of a change in the plan, and what is wrong with it."""


def faults(view: View, changes: Sequence[Change]) -> tuple[Fault, ...]:
    """The changes that invent, lose or turn round what was said."""
    planned = {c.key[1]: c.after for c in changes if c.target == "memory"}
    ids = {s.message_id for c in changes if isinstance(c.after, Memory) for s in c.after.sources}
    messages = view.messages(ids)
    found = []
    for position, change in enumerate(changes):
        if change.target != "memory" or change.decision != "planned" or change.kind is ChangeKind.ASK:
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
    if isinstance(before, Memory):
        yield from _wrong_change(view, change.kind, before, after, planned)
    if not isinstance(before, Memory) or before.text != after.text:
        yield from _wrong_statement(after, messages)


def _wrong_change(
    view: View, kind: ChangeKind, before: Memory, after: Memory, planned: Mapping[str, object]
) -> Iterable[str]:
    if before.pinned and (before.text, before.status) != (after.text, after.status):
        yield "it is pinned"
    missing = set(before.sources) - set(after.sources)
    if missing:
        yield "a quote was lost"
    if after.status is Status.RETIRED and before.status is not Status.RETIRED:
        yield "a night retires nothing"
    if before.status is Status.ACTIVE and after.status is Status.SUPERSEDED:
        other = planned.get(after.superseded_by or "") or view.memory(after.superseded_by or "")
        if not isinstance(other, Memory):
            yield "nothing stands in its place"
            return
        yield from _wrong_place(kind, before, other)


def _wrong_place(kind: ChangeKind, before: Memory, other: Memory) -> Iterable[str]:
    """What speaks against `other` in the place of `before`."""
    if other.subject != before.subject:
        yield f"{other.subject} is not {before.subject}"
    if kind is ChangeKind.MERGE:
        if found := differences(before.text, other.text):
            yield "; ".join(found)
        if before.value and other.value and normalise(before.value) != normalise(other.value):
            yield f"{before.value} is not {other.value}"
        if not set(before.sources) <= set(other.sources):
            yield "a quote was lost"
    else:
        if other.slot != before.slot:
            yield f"{other.slot} is not {before.slot}"
        if before.said_at and other.said_at and other.said_at < before.said_at:
            yield "it was said earlier"


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
    yield from lost(memory.text, quotes)
    if memory.value and not _within(memory.value, said_in.content):
        yield f"nobody said {memory.value}"
    if memory.subject != "user" and memory.subject.lower() not in said_in.content.lower():
        yield f"{memory.subject} is not spoken of"
    if memory.event_from is not None:
        when = find_when(memory.sources[0].quote, said_in.said_at, said_in.zone, past=False)
        other = find_when(memory.sources[0].quote, said_in.said_at, said_in.zone, past=True)
        starts = {w.start for w in (when, other) if w is not None}
        if starts and memory.event_from not in starts:
            yield f"{memory.event_from:%-d %B %Y} is not when"


def _within(value: str, content: str) -> bool:
    """Whether most words of the value were said."""
    said = normalise(content)
    words = normalise(value).split()
    return sum(word[:4] in said for word in words) >= 0.6 * len(words)
