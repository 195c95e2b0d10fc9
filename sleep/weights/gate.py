"""The gate before an adapter may be used: what it must have learned, and what it must not have cost.

A probe set that is missing or empty fails the gate: nothing passes unexamined.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sleep.weights.items import Item, Pair
from sleep.weights.lm import LanguageModel
from sleep.weights.probes import WORST, Probe, false_memories, kept, marks, perplexity, preferred, recall

Text = tuple[Sequence[dict[str, str]], str]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts as passing; differences are to the model before, in shares from 0 to 1."""

    recall: float = 0.8
    """Of the teacher's recall of the new memories."""
    forgetting: float = 0.1
    """How far the recall of an earlier night may fall."""
    false_memories: float = 0.05
    """How many more questions about what was never told may be answered."""
    anchors: float = 0.9
    """Of the general prompts: answered as before."""
    perplexity: float = 1.15
    """Perplexity on held-out text, as a multiple of before."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What the gate asks. None of it was trained on."""

    new: Sequence[Probe]
    """About this night's memories."""
    earlier: Mapping[str, Sequence[Probe]]
    """About those of earlier nights, by adapter."""
    untold: Sequence[str]
    anchors: Sequence[Item]
    texts: Sequence[Text]
    preferred: Sequence[Pair] = ()
    """Of an alignment, which has no new memories: pairs that were not trained on."""

    @property
    def missing(self) -> list[str]:
        """The sets in which there is nothing to ask."""
        empty = [name for name in ("new", "untold", "anchors", "texts") if not getattr(self, name)]
        if self.preferred and "new" in empty:
            empty.remove("new")
        return empty + [f"earlier ({name})" for name, asked in self.earlier.items() if not asked]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one model scores."""

    recall: float
    earlier: Mapping[str, float]
    false_memories: float
    anchors: float
    perplexity: float
    preferred: float | None = None
    """Share of the held-out pairs of which the better answer is the likelier one; of an alignment only."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures before and after, and why it does not pass; no reason: it passes."""

    teacher: float
    before: Figures
    after: Figures
    facts: Mapping[str, bool]
    """For each memory whether it is recalled in other words."""
    reasons: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        return not self.reasons

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"passed": self.passed, "reasons": list(self.reasons)}


def figures(model: LanguageModel, probes: Probes) -> Figures:
    """What a model scores. Raises ValueError where there is nothing to ask."""
    return Figures(
        recall=recall(model, probes.new) if probes.new else 0.0,
        earlier={name: recall(model, asked) for name, asked in probes.earlier.items()},
        false_memories=false_memories(model, probes.untold),
        anchors=kept(model, probes.anchors),
        perplexity=perplexity(model, probes.texts),
        preferred=preferred(model, probes.preferred) if probes.preferred else None,
    )


@dataclass(frozen=True, slots=True)
class Start:
    """What is known before the training: what the model does without the adapter, and what its teacher recalls."""

    figures: Figures
    teacher: float


def start(before: LanguageModel, teacher: LanguageModel, probes: Probes) -> Start:
    """Examine the model that an adapter is laid on, and the teacher with the memories in its prompt."""
    if probes.missing:
        return Start(Figures(0.0, {}, 1.0, 0.0, WORST), 0.0)
    return Start(figures(before, probes), recall(teacher, probes.new, told=True) if probes.new else 0.0)


def judge(began: Start, after: LanguageModel, probes: Probes, limits: Thresholds) -> Verdict:
    """Examine an adapter."""
    was, teacher = began.figures, began.teacher
    if probes.missing:
        return Verdict(0.0, was, was, {}, tuple(f"there are no probes: {name}" for name in probes.missing))
    now = figures(after, probes)
    return Verdict(
        teacher,
        was,
        now,
        _by_fact(after, [*probes.new, *(p for asked in probes.earlier.values() for p in asked)]),
        (*_gained(was, now, teacher, limits), *_cost(was, now, limits)),
    )


def _gained(was: Figures, now: Figures, teacher: float, limits: Thresholds) -> list[str]:
    """Why too little was learned."""
    if was.preferred is not None and now.preferred is not None:
        if now.preferred > was.preferred or now.preferred == 1:
            return []
        return [
            f"the better answer is the likelier one in {now.preferred:.0%} of the pairs, before {was.preferred:.0%}"
        ]
    if teacher == 0 or now.recall < limits.recall * teacher:
        return [f"recall of the new memories is {now.recall:.2f}, with them in the prompt {teacher:.2f}"]
    return []


def _cost(was: Figures, now: Figures, limits: Thresholds) -> list[str]:
    """What was lost."""
    found = []
    for name, share in now.earlier.items():
        if share < was.earlier[name] - limits.forgetting:
            found.append(f"recall of {name} fell from {was.earlier[name]:.2f} to {share:.2f}")
    if now.false_memories > was.false_memories + limits.false_memories:
        found.append(f"{now.false_memories:.0%} of what was never told is answered, before {was.false_memories:.0%}")
    if now.anchors < limits.anchors:
        found.append(f"{now.anchors:.0%} of the general prompts are answered as before")
    if not now.perplexity <= limits.perplexity * was.perplexity:
        found.append(f"perplexity on other text rose from {was.perplexity:.2f} to {now.perplexity:.2f}")
    return found


def _by_fact(model: LanguageModel, probes: Sequence[Probe]) -> dict[str, bool]:
    """A memory is recalled if most of its probes are answered."""
    found: dict[str, list[bool]] = {}
    for probe, fine in zip(probes, marks(model, probes), strict=True):
        for fact in probe.facts:
            found.setdefault(fact, []).append(fine)
    return {fact: sum(fine) * 2 > len(fine) for fact, fine in found.items()}
