"""tense: what was planned and whose day has passed is told as past, and what was said to last until then as over.

Nobody said that it took place: the memory is marked as inferred (`Trust.INFERRED`), which the assistant says with it,
and which any later word of the user outranks. Its quotes stay what was said.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from memory.nights import Change, ChangeKind
from memory.types import Kind, Memory, Trust
from sleep.stages.base import Tools
from sleep.tenses import in_past
from sleep.view import View

NAME = "tense"
CONFIDENCE = 0.7
"""How sure it is at the most that what was planned took place."""


def plan(view: View, tools: Tools) -> Iterable[Change]:
    """One change for each active plan or state whose time has passed."""
    for memory in view.due(view.now):
        yield _passed(memory, view.now)


def _passed(memory: Memory, now: datetime) -> Change:
    planned = memory.kind is Kind.PLAN
    after = replace(
        memory,
        text=in_past(memory.text) or memory.text,
        kind=Kind.EVENT if planned else memory.kind,
        trust=Trust.INFERRED,
        confidence=min(memory.confidence, CONFIDENCE),
    )
    end = memory.event_to if planned else memory.valid_to
    assert end is not None
    return Change(
        stage=NAME,
        kind=ChangeKind.TENSE if planned else ChangeKind.EXPIRE,
        before=memory,
        after=after,
        reason=f"its time passed on {end:%Y-%m-%d}; assumed, nobody said so",
        confidence=after.confidence,
    )
