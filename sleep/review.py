"""Looking over a plan before it is applied: what belongs together, and what is applied unasked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from memory.nights import Change, ChangeKind
from memory.types import Memory

DOUBTFUL = "doubtful: it waits for a review"


def units(changes: Sequence[Change]) -> list[tuple[int, ...]]:
    """Positions of the planned changes that a user decides on, the two sides of a merge as one.

    Those of memories: summaries, the page and dreams follow from them.
    """
    found: list[tuple[int, ...]] = []
    for position, change in enumerate(changes):
        if change.decision != "planned" or change.target != "memory":
            continue
        if found and found[-1][-1] == position - 1 and _one_merge(changes[position - 1], change):
            found[-1] = (*found[-1], position)
        else:
            found.append((position,))
    return found


def _one_merge(kept: Change, gone: Change) -> bool:
    if not kept.kind is gone.kind is ChangeKind.MERGE:
        return False
    return isinstance(gone.after, Memory) and gone.after.superseded_by == kept.key[1]


def following(changes: Sequence[Change]) -> Counter[str]:
    """How many summaries, lines of the page and dreams are planned."""
    return Counter(c.target for c in changes if c.decision == "planned" and c.target != "memory")


def ticked(changes: Sequence[Change], unit: Sequence[int]) -> bool:
    """Whether a unit is safe: applied unless the user takes it out. A question changes nothing."""
    return all(changes[i].safe or changes[i].kind is ChangeKind.ASK for i in unit)


def decline(changes: Sequence[Change], positions: set[int], why: str) -> tuple[Change, ...]:
    """The changes with those at `positions` declined."""
    return tuple(replace(c, decision="declined", note=why) if i in positions else c for i, c in enumerate(changes))


def safe_only(changes: Sequence[Change]) -> tuple[Change, ...]:
    """For nights that nobody watches: what is doubtful is left out."""
    doubtful = {i for unit in units(changes) if not ticked(changes, unit) for i in unit}
    return decline(changes, doubtful, DOUBTFUL)
