"""A question asked again in other words, or in parts, by a language model; and what the answers make together.

Off unless the settings say otherwise: it costs a call of a model. Whatever the model does, the plain question is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from memory.errors import ReverieError
from memory.text import one_line
from memory.types import Hit

MOST = 3
"""So many other questions are asked at the most."""
MOST_CHARS = 300
"""Of each."""
SHARE = 0.9
"""What a hit of another question counts: it may have been rewritten into something else."""


class RewriteFailed(ReverieError):
    """There is no other way to ask it; the question is asked as it is."""


class Rewriter(Protocol):
    """Puts a question into other words."""

    def rewrite(self, query: str) -> Sequence[str]:
        """Other ways to ask, or the parts of it. Raises RewriteFailed."""
        ...


def usable(query: str, written: Sequence[str]) -> tuple[str, ...]:
    """Of what a model wrote, what can be asked: one line each, bounded, each once, and not the question itself."""
    lines = (one_line(text, MOST_CHARS) for text in written)
    known = {query.strip().casefold()}
    kept: list[str] = []
    for line in lines:
        if any(map(str.isalnum, line)) and line.casefold() not in known:
            known.add(line.casefold())
            kept.append(line)
    return tuple(kept[:MOST])


def merged(found: Sequence[Sequence[Hit]], k: int) -> tuple[Hit, ...]:
    """The best `k` of several answers, the first that of the question itself; each hit once, by its best score."""
    best: dict[tuple[str, str], Hit] = {}
    for place, hits in enumerate(found):
        for hit in hits:
            score = hit.score * (SHARE if place else 1.0)
            known = best.get((hit.type, hit.id))
            if known is None:
                best[hit.type, hit.id] = replace(hit, score=score)
            elif score > known.score:
                best[hit.type, hit.id] = replace(known, score=score)
    return _in_order(best, found)[:k]


def _in_order(best: Mapping[tuple[str, str], Hit], found: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """By score; of equal ones those of the question itself first."""
    first = {(hit.type, hit.id): place for hits in reversed(found) for place, hit in enumerate(hits)}
    return tuple(sorted(best.values(), key=lambda hit: (-hit.score, first[hit.type, hit.id])))
