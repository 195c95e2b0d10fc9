"""One arm with one seed: all its nights, and what the model can do after each."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from random import Random

from pydantic import TypeAdapter

from sleep.weights.bench.arms import ARMS, OURS, Arm
from sleep.weights.bench.learners import Desk, Seeding
from sleep.weights.bench.material import kept_material
from sleep.weights.bench.scores import Examiner, Side
from sleep.weights.bench.study import make_study
from sleep.weights.general import anchors_of, texts_of
from sleep.weights.lm import LanguageModel, base_hash
from sleep.weights.pocket.smalltalk import fitting
from sleep.weights.quiet import quietly
from sleep.weights.seeding import Recipe


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is run."""

    nights: int = 10
    facts: int = 5
    steps: int = 80
    batch: int = 32
    alone: bool = True

    @property
    def name(self) -> str:
        """Of the folder for what was run with this base at this scale."""
        return f"{self.nights}x{self.facts}-{self.steps}-{self.batch}-{base_hash('pocket')[:8]}"


@dataclass(frozen=True, slots=True)
class Job:
    """One arm with one seed."""

    arm: str
    seed: int
    scale: Scale
    folder: Path

    @property
    def file(self) -> Path:
        """Where its trial is kept."""
        name = "".join(c if c.isalnum() else "-" for c in self.arm)
        return self.folder / f"seed{self.seed}-{name}.json"

    @property
    def material(self) -> Path:
        """Where the seed's dreams are kept."""
        return self.folder / f"material{self.seed}.json"


@dataclass(frozen=True, slots=True)
class Deletion:
    """A few facts are purged after the last night, and the adapter is made anew without them. Recall, 0 to 1."""

    purged: int
    untrained: float
    """Of the purged facts by the base."""
    before: float
    after: float
    others_before: float
    others_after: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a job. Recall is by night; a matrix has a row for what is known after each night."""

    arm: str
    seed: int
    scale: Scale
    untrained: Sequence[float]
    base: Side
    matrix: Sequence[Sequence[float]]
    after: Side
    false_memories: Sequence[float]
    """After each night."""
    with_retrieval: Sequence[float] = ()
    """Recall by night after the last one, with retrieved memories in the prompt; of our arm only."""
    seconds: float = 0.0
    """For learning, without dreaming and without examining; with what arms share counted for each."""
    dreaming: float = 0.0
    """For dreaming, which all arms of a seed share."""
    deletion: Deletion | None = None
    """Of our arm only."""


def dream_of(job: Job) -> None:
    """Make a seed's dreams, if there are none yet."""
    _one_thread()
    with quietly():
        study = make_study(job.seed, job.scale.nights, job.scale.facts)
        kept_material(job.material, study, alone=job.scale.alone)


def run(job: Job) -> Trial:
    """Run a job, or read what it came to before."""
    shape = TypeAdapter(Trial)
    if job.file.is_file():
        return shape.validate_json(job.file.read_bytes())
    _one_thread()
    with quietly():
        made = _run(job, ARMS[job.arm])
    job.file.write_bytes(shape.dump_json(made))
    return made


def _run(job: Job, arm: Arm) -> Trial:
    desk = _desk(job.seed, job.scale, job.material)
    kept_talk = anchors_of(desk.teacher, seed=job.seed)[1]
    small_talk = [replace(item, answer=fitting(item.question)) for item in kept_talk]
    examiner = Examiner(desk.study, small_talk, texts_of(desk.teacher, seed=job.seed), desk.material.found)
    return _trained(job, arm, examiner, desk) if arm.learner else _prompted(job, arm, examiner, desk.teacher)


@lru_cache(maxsize=1)
def _desk(seed: int, scale: Scale, file: Path) -> Desk:
    """What the arms of a seed share; they come one after the other."""
    study = make_study(seed, scale.nights, scale.facts)
    material = kept_material(file, study, alone=scale.alone)
    base = LanguageModel.load("pocket")
    return Desk(study, material, base, anchors_of(base, seed=seed)[0], Recipe(steps=scale.steps, batch=scale.batch))


def _prompted(job: Job, arm: Arm, examiner: Examiner, base: LanguageModel) -> Trial:
    given = examiner.in_prompt if arm.prompt == "night" else examiner.prompts
    row, side = examiner.recall(base, given), examiner.side(base)
    matrix = [row for _ in examiner.study.nights]
    return Trial(arm.name, job.seed, job.scale, row, side, matrix, side, [side.false_memories] * len(matrix))


def _trained(job: Job, arm: Arm, examiner: Examiner, desk: Desk) -> Trial:
    assert arm.learner is not None
    learner = arm.learner(desk)
    untrained, base = examiner.recall(learner.model), examiner.side(learner.model)
    matrix, false, seconds = [], [], 0.0
    for night in range(1, job.scale.nights + 1):
        started = time.monotonic()
        learner.sleep(night)
        seconds += time.monotonic() - started
        matrix.append(examiner.recall(learner.model))
        false.append(examiner.false(learner.model))
    if isinstance(learner, Seeding):
        seconds += learner.spared
    ours = arm.name == OURS
    return Trial(
        arm.name, job.seed, job.scale, untrained, base, matrix, examiner.side(learner.model), false,
        examiner.recall(learner.model, examiner.prompts) if ours else [], seconds, desk.material.seconds,
        _deletion(learner, examiner, desk) if ours and isinstance(learner, Seeding) else None,
    )  # fmt: skip


def _deletion(learner: Seeding, examiner: Examiner, desk: Desk) -> Deletion:
    facts = desk.study.facts
    purged = Random(f"purge {desk.study.seed}").sample(facts, max(1, len(facts) // 10))
    gone, others = desk.study.about(purged), desk.study.about([fact for fact in facts if fact not in purged])
    started = time.monotonic()
    anew = learner.without(purged)
    seconds = time.monotonic() - started
    share = examiner.share
    return Deletion(
        len(purged), share(desk.teacher, gone), share(learner.model, gone), share(anew, gone),
        share(learner.model, others), share(anew, others), seconds,
    )  # fmt: skip


def _one_thread() -> None:
    """Two processes with two threads each on two cores wait for each other."""
    import torch

    torch.set_num_threads(1)
