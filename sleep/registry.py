"""The stages of a night, in their order. A new stage is a module with NAME and `plan`, and a line here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from memory.nights import Change
from sleep.stages import dedupe, dream, extract, profile, reconcile, summarize, tense
from sleep.stages.base import Tools
from sleep.view import View


@dataclass(frozen=True, slots=True)
class Stage:
    """A named step: what it would change, given what is there."""

    name: str
    plan: Callable[[View, Tools], Iterable[Change]]
    examined: bool = True
    """Whether it changes what answers are made from, so that the exam looks at it by itself."""
    settled: bool = True
    """Whether a slot holds one value after it: before that, two values of one slot are no mistake."""


STAGES: tuple[Stage, ...] = (
    Stage(extract.NAME, extract.plan, settled=False),
    Stage(dedupe.NAME, dedupe.plan, settled=False),
    Stage(reconcile.NAME, reconcile.plan),
    Stage(tense.NAME, tense.plan),
    Stage(summarize.NAME, summarize.plan, examined=False),
    Stage(profile.NAME, profile.plan, examined=False),
    Stage(dream.NAME, dream.plan, examined=False),
)
