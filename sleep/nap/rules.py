"""Notes by rules alone: sentences in their own words, chosen to tell the most in the room that there is.

The first pass takes the most telling ones (a greedy maximum of coverage, Lin and Bilmes 2011). Each further pass asks
for every name and number of the source whether the notes tell it, and repairs: what they do not tell takes the place
of what is told twice.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from memory.naps import NapNote
from memory.types import Message
from sleep.nap.spans import Span, spans_of

CountTokens = Callable[[str], int]

AROUND = 8
"""Tokens that a note takes beside its words: its id and its day."""


def notes_by_rules(messages: Sequence[Message], *, room: int, passes: int, count: CountTokens) -> tuple[NapNote, ...]:
    """Cited notes of at most `room` tokens, in reading order; the same for the same messages."""
    spans = spans_of(messages)
    costs = [count(span.text) + AROUND for span in spans]
    found = _first(spans, costs, room)
    for number in range(2, passes + 1):
        if not _repair(spans, costs, room, found, number):
            break
    return tuple(_note(spans[at], found[at]) for at in sorted(found))


def _first(spans: Sequence[Span], costs: Sequence[int], room: int) -> dict[int, int]:
    """Places of the chosen sentences, each with the pass that chose it."""
    chosen: dict[int, int] = {}
    told: set[str] = set()
    left = room
    waiting = set(range(len(spans)))
    while waiting:
        fitting = [at for at in waiting if costs[at] <= left]
        if not fitting:
            break
        best = max(fitting, key=lambda at: (_gain(spans[at], told) / costs[at] ** 0.5, -at))
        if _gain(spans[best], told) <= 0:
            break
        chosen[best] = 1
        told |= spans[best].words
        left -= costs[best]
        waiting.remove(best)
    return chosen


def _gain(span: Span, told: set[str]) -> float:
    """Its weight, as far as its words are not told yet."""
    return span.weight * len(span.words - told) / len(span.words)


def _repair(spans: Sequence[Span], costs: Sequence[int], room: int, found: dict[int, int], number: int) -> bool:
    """Put in what nothing tells yet of what can be asked for; whether anything changed."""
    changed = False
    order = sorted(
        (at for at in range(len(spans)) if at not in found and spans[at].asks),
        key=lambda at: (-len(spans[at].asks) * spans[at].weight / costs[at], at),
    )
    for at in order:
        told = Counter(name for other in found for name in spans[other].asks)
        missing = {name for name in spans[at].asks if not told[name]}
        if missing and _make_room(spans, costs, room, found, told, at, len(missing)):
            found[at] = number
            changed = True
    return changed


def _make_room(
    spans: Sequence[Span], costs: Sequence[int], room: int, found: dict[int, int], told: Counter[str],
    new: int, worth: int,
) -> bool:  # fmt: skip
    """Take out notes until `new` fits: those that alone tell nothing, or together less than it. None where they would
    not be enough."""
    spare = room - sum(costs[at] for at in found)
    left, told, lost, out = set(found), told.copy(), 0, []

    def alone(at: int) -> int:
        return sum(1 for name in spans[at].asks if told[name] == 1)

    while spare < costs[new] and left:
        worst = min(left, key=lambda at: (alone(at), spans[at].weight / costs[at], at))
        lost += alone(worst)
        if lost >= worth:
            return False
        told.subtract(spans[worst].asks)
        left.remove(worst)
        out.append(worst)
        spare += costs[worst]
    if spare < costs[new]:
        return False
    for at in out:
        del found[at]
    return True


def _note(span: Span, number: int) -> NapNote:
    return NapNote(
        message_id=span.message.id, message=span.message.short_id, text=span.text, start=span.start, end=span.end,
        found_in=number,
    )  # fmt: skip
