"""Where an embedder's similarities begin to mean something, measured on labelled pairs.

0.8 is close for one embedder and far for another. The default's thresholds are shipped, since measuring takes seconds.
A pair below `nominate` is not looked at. A pair that the guard finds nothing against is merged from `merge` on.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from memory.extraction.voice import second_person
from sleep.guard import unlike

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

KEY = "sleep_thresholds:2:"
"""A later version of the pairs or of the guard has a later number, so that thresholds are measured anew."""
MISSED = 0.01
"""The share of true duplicates that may lie below `nominate`."""
MARGIN = 0.02


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Cosine similarities of one embedder."""

    nominate: float
    merge: float


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two statements, and whether they say the same."""

    one: str
    other: str
    same: bool


NOTHING = Thresholds(nominate=2.0, merge=2.0)
"""Without an embedder nothing is close."""


def thresholds(
    embedder: str,
    kept: Callable[[str], str],
    keep: Callable[[str, str], None],
    embed: Callable[[Sequence[str]], "Matrix"],
) -> Thresholds:
    """The thresholds of an embedder: as shipped or kept, or measured now and kept."""
    if not embedder:
        return NOTHING
    if stored := _shipped().get(embedder) or kept(KEY + embedder):
        return from_text(stored)
    found = measure(labelled(), embed)
    keep(KEY + embedder, to_text(found))
    return found


def measure(pairs: Sequence[Pair], embed: Callable[[Sequence[str]], "Matrix"]) -> Thresholds:
    """`nominate` leaves nearly all duplicates above it; `merge` all near-misses below it that the guard would pass."""
    import numpy as np

    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other)))
    vectors = embed(texts)
    place = {text: number for number, text in enumerate(texts)}
    ones, others = ([place[getattr(p, side)] for p in pairs] for side in ("one", "other"))
    close = np.einsum("ij,ij->i", vectors[ones], vectors[others])
    same = np.array([pair.same for pair in pairs])
    nominate = float(np.quantile(close[same], MISSED)) - MARGIN
    passed = [c for c, p in zip(close, pairs, strict=True) if not p.same and not unlike(p.one, p.other)]
    merge = max([nominate, *(float(c) + MARGIN for c in passed)])
    return Thresholds(nominate=round(nominate, 4), merge=round(merge, 4))


@cache
def _shipped() -> dict[str, str]:
    text = (files("sleep") / "data" / "thresholds.json").read_text(encoding="utf-8")
    return {str(name): str(value) for name, value in json.loads(text).items()}


@cache
def labelled() -> tuple[Pair, ...]:
    """The shipped pairs, as memories word them."""
    lines = (files("sleep") / "data" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    found = (json.loads(line) for line in lines)
    return tuple(
        Pair(one=second_person(p["one"]), other=second_person(p["other"]), same=bool(p["same"])) for p in found
    )


def to_text(found: Thresholds) -> str:
    """As a single stored value."""
    return f"{found.nominate} {found.merge}"


def from_text(text: str) -> Thresholds:
    """The inverse of `to_text`."""
    nominate, merge = text.split()
    return Thresholds(nominate=float(nominate), merge=float(merge))
