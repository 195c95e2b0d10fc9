"""One night of weights, from memories to a judged adapter. Everything here runs where torch may take minutes."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from sleep.weights import stack
from sleep.weights.dreams import Dreamt, anchors, chosen, dream, untold
from sleep.weights.errors import WeightsError
from sleep.weights.gate import Probes, Thresholds, Verdict, judge, start
from sleep.weights.general import anchors_of, muddled, readings_of, texts_of
from sleep.weights.items import Fact, Item, ItemKind, telling
from sleep.weights.lm import LanguageModel
from sleep.weights.near import near_questions
from sleep.weights.phrasings import reframed, reframings
from sleep.weights.probes import Probe
from sleep.weights.rewards import rewarded
from sleep.weights.seeding import Lesson, Progress, Recipe, fresh_adapter, learn, prepared

ADAPTER, WORK = "adapter", "work"


@dataclass(frozen=True, slots=True)
class Dreaming:
    """How many questions are dreamt, and how many are kept, for each memory."""

    samples: int = 24
    top: int = 10
    random: int = 4
    gradient: bool = False
    """Whether the ``top`` ones are those with the largest gradients; otherwise all are drawn at random."""
    probes: int = 3
    """Of the kept ones as many are never trained on, but asked by the gate."""
    frames: int = 2
    """In so many other phrasings each question is rehearsed; anchors in one."""

    @property
    def enough(self) -> int:
        """Of which many no more are sampled."""
        return self.top + self.random + self.probes

    untold: int = 160
    """Samples of questions that nothing answers."""
    near: int = 3
    """Near misses of each question: the same asked of something else."""
    rewarded: bool = False
    """Whether copies of the model try each dream out, and the dreamer is tuned on those that taught something."""
    page: int = 6
    """So many memories a prompt has at the most: a small model gets lost in more."""


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier night: what it rehearsed, and what it is examined on."""

    name: str
    items: Sequence[Item]
    probes: Sequence[Probe]


@dataclass(frozen=True, slots=True)
class Task:
    """What a night has to learn, and on top of what."""

    base: str
    below: Sequence[Path]
    facts: Sequence[Fact]
    known: Sequence[Fact]
    """Memories of earlier nights."""
    before: Sequence[Before] = ()
    given: Sequence[Item] = ()
    """Items to train on instead of dreaming: an adapter that is made anew."""
    recipe: Recipe = field(default_factory=Recipe)
    dreaming: Dreaming = field(default_factory=Dreaming)
    limits: Thresholds = field(default_factory=Thresholds)
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. The adapter itself is in the folder ``adapter`` of the work folder."""

    items: Sequence[Item]
    probes: Sequence[Probe]
    verdict: Verdict
    sampled: int
    rejected: Mapping[str, int]
    steps: int
    tokens: int
    seconds: float
    losses: Sequence[float] = ()
    """The curve of the training, thinned. One that was gone on with has the part after its checkpoint."""

    def figures(self) -> dict[str, Any]:
        """For the registry: everything but the items."""
        return {
            "verdict": self.verdict.to_json(), "sampled": self.sampled, "rejected": dict(self.rejected),
            "steps": self.steps, "tokens": self.tokens, "seconds": round(self.seconds, 1),
            "seconds_a_fact": round(self.seconds / max(1, len(self.verdict.facts)), 1),
            "losses": list(self.losses),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Material:
    """What a night rehearses and what it is examined on; nothing is in both."""

    lesson: Lesson[Item]
    probes: Probes
    dreamt: Dreamt


def run(
    task: Task, folder: Path, *, agreed: Callable[[Sequence[Item]], bool] = lambda items: True,
    progress: Progress = lambda done, of, loss: None, stop: Callable[[], bool] = lambda: False,
) -> Outcome:  # fmt: skip
    """Dream, show what would be trained, learn, examine.

    Raises WeightsError where there is nothing that could be learned, where it is not agreed to, or when stopped.
    """
    started = time.monotonic()
    teacher = LanguageModel.load(task.base, task.device)
    material = gather(teacher, task)
    learner = stack.load(task.base, task.below, task.device)
    began = start(learner, teacher, material.probes)
    student = fresh_adapter(learner, task.recipe)
    material = select(learner, student, teacher, material, task)
    if not agreed(material.lesson.new):
        raise WeightsError("Nothing was trained.")
    lesson = prepared(teacher, material.lesson, task.recipe)
    learned = learn(
        learner, student, lesson, task.recipe, work=folder / WORK, progress=progress, stop=stop, save_every=50
    )
    if learned.steps < task.recipe.steps:
        raise WeightsError("The training was stopped; the next one goes on from there.")
    stack.save(student, folder / ADAPTER)
    verdict = judge(began, stack.merged(student, learner), material.probes, task.limits)
    return Outcome(
        items=material.lesson.new, probes=material.probes.new, verdict=verdict, sampled=material.dreamt.sampled,
        rejected=material.dreamt.rejected, steps=learned.steps, tokens=learned.tokens,
        seconds=time.monotonic() - started, losses=learned.curve(),
    )  # fmt: skip


def gather(teacher: LanguageModel, task: Task) -> Material:
    """Dream of the night's memories, and put aside what the gate will ask."""
    seed = task.recipe.seed
    dreamt = Dreamt(tuple(task.given), 0, {}) if task.given else _dreams(teacher, task)
    items, probes = _apart(dreamt.items, task.dreaming.probes)
    if not items:
        raise WeightsError(
            f"{task.base} wrote no question that these memories answer.", "A larger model may: weights.base names it."
        )
    known = [*task.known, *task.facts]
    unknown = anchors(teacher, known, count=task.dreaming.untold, seed=seed)
    near = untold(teacher, near_questions(items, each=task.dreaming.near, seed=seed), known)
    unknown = Random(f"unknown {seed}").sample([*unknown, *near], len(unknown) + len(near))
    cut = len(unknown) * 3 // 4
    unknown_too = reframed(teacher, unknown[:cut], each=1, seed=seed) if task.dreaming.frames else []
    talk, talk_probes = anchors_of(teacher, seed=seed)
    readings = readings_of(teacher, items, seed=seed)
    anchor = [*unknown[:cut], *unknown_too]
    general = [*talk, *muddled(teacher, talk, anchor, seed=seed)]
    lesson = Lesson(items, _earlier(task), anchor, general, readings, evenly=True)
    return Material(
        lesson,
        Probes(
            new=probes, earlier={b.name: b.probes for b in task.before}, untold=[i.question for i in unknown[cut:]],
            anchors=talk_probes, texts=texts_of(teacher, seed=seed),
        ),
        dreamt,
    )  # fmt: skip


def _dreams(teacher: LanguageModel, task: Task) -> Dreamt:
    """What is dreamt of all memories, page by page."""
    how, facts = task.dreaming, list(task.facts)
    pages = -(-len(facts) // how.page)
    parts = [facts[number::pages] for number in range(pages)]
    found = [
        dream(
            teacher, part, task.known or [f for f in facts if f not in part], each=how.samples, enough=how.enough,
            seed=task.recipe.seed * 1000 + number,
        )
        for number, part in enumerate(parts)
    ]  # fmt: skip
    return Dreamt(
        tuple(item for one in found for item in one.items),
        sum(one.sampled for one in found),
        dict(sum((Counter(one.rejected) for one in found), Counter())),
    )


def _earlier(task: Task) -> list[Item]:
    """What earlier nights rehearsed; of very much as many items as will be used."""
    items = [item for before in task.before for item in before.items]
    most = round(task.recipe.steps * task.recipe.batch * task.recipe.rehearsal)
    return items if len(items) <= most else Random(f"earlier {task.recipe.seed}").sample(items, most)


def _apart(items: Sequence[Item], each: int) -> tuple[list[Item], list[Probe]]:
    """Of each memory the last few questions become probes, but never more than a third of them."""
    by_fact: dict[str, list[Item]] = {}
    for item in items:
        by_fact.setdefault(item.facts[0], []).append(item)
    kept: list[Item] = []
    probes: list[Probe] = []
    for found in by_fact.values():
        askable = [i for i in found if i.kind is ItemKind.ASK and telling(i.question, i.answer)]
        aside = askable[-min(each, len(found) // 3) :] if len(found) >= 3 and askable else []
        kept += [item for item in found if item not in aside]
        probes += [Probe.of(item) for item in aside]
    return kept, probes


def select(learner: LanguageModel, student: Any, teacher: LanguageModel, material: Material, task: Task) -> Material:
    """Keep some dreams of each memory, those with the largest gradients where wanted; each also in other phrasings."""
    if task.given:
        return material
    how = task.dreaming
    top = how.top if how.gradient else 0
    kept = chosen(
        student, teacher, material.lesson.new, top=top, random=how.top + how.random - top, seed=task.recipe.seed
    )
    if task.dreaming.rewarded:
        trying = LanguageModel(student, learner.tokenizer)
        kept = rewarded(
            task.base, trying, teacher, material.lesson.new, kept, task.facts, task.known,
            each=task.dreaming.samples, enough=task.dreaming.enough, seed=task.recipe.seed,
        )  # fmt: skip
        asked_by_gate = {probe.question for probe in material.probes.new}
        kept = [item for item in kept if item.question not in asked_by_gate]
    again = reframings(teacher, kept, each=task.dreaming.frames, seed=task.recipe.seed)
    new = [one for item in kept for one in (item, *(phrased for of, phrased in again if of is item))]
    return replace(material, lesson=replace(material.lesson, new=new, ordered=task.dreaming.rewarded))


def recipe_json(recipe: Recipe) -> dict[str, Any]:
    """For a manifest."""
    return asdict(recipe)


__all__ = ["ADAPTER", "Before", "Dreaming", "Material", "Outcome", "Task", "gather", "recipe_json", "run"]
