"""The latest value first: asked for what holds now, what was said last of the same thing comes before what it replaced.

A message is never taken away by this: only the first few places are dealt out anew among those that tell of the value.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from memory.ranking.asking import Asked
from memory.ranking.gather import Candidate

if TYPE_CHECKING:
    from memory.ranking.features import Column

PLACES = 5
"""The first so many hits are put in order; further down relevance is too weak to tell which value is meant."""
REACH = 7.0
"""Scores this far below the best are of something else."""
ALIKE_IN_MEANING = 0.65
"""Of the best cosine; or else half of the best one's words."""

_VALUE = re.compile(
    r"^\W*(?:what|which|how (?:many|much|old|long|often)|when|where|who)\b[^?]*?"
    r"(?:\b(?:is|are|am|do|does|have|has|can)\b|['’](?:s|re)\b)"
    r"|^\W*(?:am|is|are|do|does) (?:i|we|my|our)\b",
    re.I,
)
_NOT_ONE_VALUE = re.compile(
    r"\b(?:did|was|were|had|would)\b|\bacross\b|\bdifferent\b|\bbetween\b|\bmention|\ball\b", re.I
)


def asks_for_present(asked: Asked) -> bool:
    """Whether a question of the user's own life wants the one value that holds now."""
    plain = not (asked.broad or asked.request or asked.past or asked.yours)
    value = bool(_VALUE.search(asked.text)) and not _NOT_ONE_VALUE.search(asked.text)
    return asked.own and not asked.authors and plain and value


def latest_first(order: Sequence[int], candidates: Sequence[Candidate], scores: "Column", asked: Asked) -> list[int]:
    """`order` (candidates, best first) with the user's own of the first few in the order of time, the latest first."""
    if not asks_for_present(asked) or not order:
        return list(order)
    best = max(scores[i] for i in order[:PLACES])
    group = [
        place
        for place, i in enumerate(order[:PLACES])
        if candidates[i].role in ("user", "memory")
        and scores[i] > best - REACH
        and _alike(candidates[i], candidates, order)
    ]
    newest = sorted((order[place] for place in group), key=lambda i: candidates[i].said_at, reverse=True)
    arranged = list(order)
    for place, i in zip(group, newest, strict=True):
        arranged[place] = i
    return arranged


def _alike(one: Candidate, candidates: Sequence[Candidate], order: Sequence[int]) -> bool:
    """Whether it is nearly as much of what is asked about as the best of the first few, by its meaning or its words."""
    rivals = [candidates[i] for i in order[:PLACES]]
    near = (one.dense or 0.0) >= ALIKE_IN_MEANING * max(c.dense or 0.0 for c in rivals)
    return near or 2 * len(one.matched) >= max(1, *(len(c.matched) for c in rivals))
