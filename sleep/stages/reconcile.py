"""reconcile: a slot that holds one value at a time keeps the value that was said last; the others become history.

Only the same subject and the same functional slot supersede, and only a statement that was said later. What the user
wrote, pinned or confirmed is not overruled by a weaker source: that conflict becomes a question.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from memory.extraction import is_functional
from memory.nights import Change, ChangeKind
from memory.text import normalise
from memory.types import Memory, Status, Trust
from sleep.stages.base import Tools
from sleep.view import View

NAME = "reconcile"
STRENGTH = {Trust.DREAM: 0, Trust.INFERRED: 1, Trust.IMPORTED: 2, Trust.USER: 3}


def plan(view: View, tools: Tools) -> Iterable[Change]:
    """Close what was overtaken, slot by slot, for the slots that this night touches."""
    slots = {(m.subject, m.slot) for m in view.new_memories() if m.slot and is_functional(m.slot)}
    for subject, slot in sorted(slots):
        assert slot is not None
        yield from _settle(view.in_slot(subject, slot))


def _settle(memories: list[Memory]) -> Iterable[Change]:
    """`memories` fill one functional slot; the last said is first among them."""
    ordered = sorted(memories, key=lambda m: (said(m), m.id))
    if not ordered:
        return
    latest = ordered[-1]
    for older in ordered[:-1]:
        if normalise(older.value or older.text) == normalise(latest.value or latest.text):
            continue  # the same value twice is no conflict
        if older.pinned or STRENGTH[older.trust] > STRENGTH[latest.trust]:
            yield _question(older, latest)
            continue
        closed = replace(
            older, status=Status.SUPERSEDED, superseded_by=latest.id, valid_to=older.valid_to or said(latest)
        )
        yield Change(
            stage=NAME,
            kind=ChangeKind.SUPERSEDE,
            before=older,
            after=closed,
            reason=f"later you said: {latest.text}",
            confidence=min(older.confidence, latest.confidence),
        )


def _question(older: Memory, latest: Memory) -> Change:
    return Change(
        stage=NAME,
        kind=ChangeKind.ASK,
        before=older,
        after=older,
        reason=f'"{older.text}" was written or pinned by you; what you said later differs: "{latest.text}"',
        confidence=0.5,
        safe=False,
    )


def said(memory: Memory) -> datetime:
    """When it was said, or else when it was written down."""
    return memory.said_at or memory.created_at
