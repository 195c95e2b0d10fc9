"""Notes by rules alone: sentences in their own words, chosen to tell the most in the room that there is.

The first pass takes the most telling ones (a greedy maximum of coverage, Lin and Bilmes 2011): those with names,
numbers and times that no note has yet, in other words than these, of the user rather than of others, statements rather
than questions. Each further pass asks for every name and number of the source whether the notes tell it, and repairs:
what they do not tell takes the place of what tells nothing that other notes do not, where that counts less.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import sqrt

from memory.naps import NapNote
from memory.types import Message
from sleep.nap.spans import Span, spans_of

CountTokens = Callable[[str], int]

AROUND = 8
"""Tokens that a note takes beside its words: its id and its day."""
OLD = 0.2
"""What a sentence tells in words that the notes have already counts so much of what it would."""
AGAIN = 0.5
"""A name that is told already counts so much, told twice half of that."""


@dataclass
class _Draft:
    """The sentences there are, and those that are notes so far."""

    spans: Sequence[Span]
    costs: Sequence[int]
    spare: int
    """Tokens that are left."""
    found: dict[int, int] = field(default_factory=dict)
    """Places of the notes, each with the pass that wrote it."""
    told: Counter[str] = field(default_factory=Counter)
    """How often the notes tell each name, number and time."""
    words: Counter[str] = field(default_factory=Counter)
    """And how often each telling word."""

    def put(self, at: int, number: int) -> None:
        self.found[at] = number
        self.told.update(self.spans[at].asks | self.spans[at].times)
        self.words.update(self.spans[at].words)
        self.spare -= self.costs[at]

    def take_out(self, at: int) -> None:
        del self.found[at]
        self.told.subtract(self.spans[at].asks | self.spans[at].times)
        self.words.subtract(self.spans[at].words)
        self.spare += self.costs[at]

    def new(self, at: int) -> float:
        """From OLD to 1: how much of a sentence is in words that no other note has. The tenth of its kind, with other
        names, tells less than the first of another."""
        own = int(at in self.found)
        words = self.spans[at].words
        return OLD + (1 - OLD) * sum(self.words[word] <= own for word in words) / len(words)

    def needed(self, at: int) -> bool:
        """Whether a note tells a name or a number that no other does."""
        return any(self.told[name] == 1 for name in self.spans[at].asks)

    def worth(self, at: int) -> float:
        """What a sentence tells by itself."""
        span = self.spans[at]
        return span.worth(len(span.words), len(span.asks | span.times))


def notes_by_rules(messages: Sequence[Message], *, room: int, passes: int, count: CountTokens) -> tuple[NapNote, ...]:
    """Cited notes of at most `room` tokens, in reading order; the same for the same messages."""
    spans = spans_of(messages)
    draft = _Draft(spans, [count(span.text) + AROUND for span in spans], room)
    _write(draft)
    for number in range(2, passes + 1):
        if not _repair(draft, number):
            break
    return tuple(_note(spans[at], draft.found[at]) for at in sorted(draft.found))


def best(spans: Sequence[Span], *, room: int, count: CountTokens) -> list[Span]:
    """Of some sentences those that tell the most in `room` tokens, in their order."""
    draft = _Draft(spans, [count(span.text) + AROUND for span in spans], room)
    _write(draft)
    return [spans[at] for at in sorted(draft.found)]


def _write(draft: _Draft) -> None:
    """The first pass. What a sentence adds only shrinks while notes are written, so the best of what each added when it
    was last looked at is looked at again until it stays the best (Minoux 1978)."""

    def added(at: int) -> float:
        span = draft.spans[at]
        asks = sum(AGAIN ** draft.told[name] for name in sorted(span.asks | span.times))
        words = sum(not draft.words[word] for word in span.words)
        return draft.new(at) * span.worth(words, asks) / sqrt(draft.costs[at])

    waiting = [(-added(at), at) for at in range(len(draft.spans))]
    heapify(waiting)
    while waiting:
        _, at = heappop(waiting)
        if draft.costs[at] > draft.spare:
            continue
        now = (-added(at), at)
        if waiting and now > waiting[0]:
            heappush(waiting, now)
        elif now[0] < 0:
            draft.put(at, 1)


def _repair(draft: _Draft, number: int) -> bool:
    """Put in what has a name or a number that no note tells yet; whether anything changed."""
    changed = False
    waiting = [at for at, span in enumerate(draft.spans) if at not in draft.found and span.asks]
    idle = [at for at in draft.found if not draft.needed(at)]
    for at in sorted(waiting, key=lambda at: (-draft.worth(at) / draft.costs[at], at)):
        missing = any(not draft.told[name] for name in draft.spans[at].asks)
        if missing and (idle or draft.spare >= draft.costs[at]) and _make_room(draft, at, idle):
            draft.put(at, number)
            idle = [at for at in draft.found if not draft.needed(at)]
            changed = True
    return changed


def _make_room(draft: _Draft, new: int, idle: Sequence[int]) -> bool:
    """Take out notes until `new` fits: those that are not needed, and are together worth less by themselves. None where
    they would not be enough."""
    lost, out = 0.0, list[tuple[int, int]]()
    for at in sorted(idle, key=lambda at: (draft.worth(at) / draft.costs[at], at)):
        if draft.spare >= draft.costs[new] or lost >= draft.worth(new):
            break
        if not draft.needed(at):  # it may be by now: what else told its names was taken out
            lost += draft.worth(at)
            out.append((at, draft.found[at]))
            draft.take_out(at)
    if draft.spare >= draft.costs[new] and lost < draft.worth(new):
        return True
    for at, number in out:
        draft.put(at, number)
    return False


def _note(span: Span, number: int) -> NapNote:
    return NapNote(
        message_id=span.message.id, message=span.message.short_id, text=span.text, start=span.start, end=span.end,
        found_in=number,
    )  # fmt: skip
