"""Passes against controls, on both tasks, with some seeds; what was run before is not run again."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from sleep.nap.recurrent.hybrid import Shape
    from sleep.nap.recurrent.tasks import Task
    from sleep.nap.recurrent.timing import Timing

TASKS = ("rule 110", "links")


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of reading; `shows` says what it is there for."""

    name: str
    shows: str
    passes: int = 1
    layers: int = 4
    keeps: bool = True
    evicts: bool = True
    plain: float = 0.0
    """The share of the training in which a chunk is read once all the same."""


ARMS: Mapping[str, Arm] = {
    arm.name: arm
    for arm in (
        Arm("N = 1", "an ordinary hybrid"),
        Arm("N = 2", "two passes before a chunk is dropped", passes=2),
        Arm("N = 4", "four passes", passes=4),
        Arm("N = 2, begun plain", "the same after a third of the training with one", passes=2, plain=1 / 3),
        Arm("N = 4, begun plain", "the same after a third of the training with one", passes=4, plain=1 / 3),
        Arm("deep", "one pass, and twice the layers: the work of two passes", layers=8),
        Arm("in view", "one pass, and nothing is dropped", evicts=False),
        Arm("dropped", "chunks are dropped without a trace", keeps=False),
    )
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the models are, and how long they learn."""

    width: int = 64
    steps: int = 4_000
    batch: int = 64

    @property
    def name(self) -> str:
        return f"{self.width}-{self.steps}-{self.batch}"


@dataclass(frozen=True, slots=True)
class Job:
    """An arm on a task with a seed."""

    arm: str
    task: str
    seed: int
    scale: Scale
    folder: Path

    @property
    def file(self) -> Path:
        """Where its trial is kept."""
        name = "".join(c if c.isalnum() else "-" for c in f"{self.task} {self.arm}")
        return self.folder / f"{name}-{self.seed}.json"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a job. `exact` has, for each number of steps from 1 on, the share of questions that were right."""

    arm: str
    task: str
    seed: int
    parameters: int
    chance: float
    steps: tuple[int, ...]
    """After so many training steps it was examined ..."""
    curve: tuple[tuple[float, ...], ...]
    """... with these figures."""
    losses: tuple[float, ...]
    seconds: float

    @property
    def exact(self) -> tuple[float, ...]:
        """At the end."""
        return self.curve[-1]


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is compared."""

    folder: Path
    seeds: Sequence[int] = (1,)
    arms: Sequence[str] = tuple(ARMS)
    tasks: Sequence[str] = TASKS
    scale: Scale = field(default_factory=Scale)
    processes: int = 2

    def jobs(self) -> list[Job]:
        """The longest first, so that the processes end together."""
        made = [
            Job(arm, task, seed, self.scale, self.folder)
            for seed in self.seeds
            for task in self.tasks
            for arm in self.arms
        ]
        return sorted(made, key=lambda job: -ARMS[job.arm].passes * ARMS[job.arm].layers)


def compare(campaign: Campaign, tell: Callable[[str], None] = lambda line: None) -> list[Trial]:
    """Run a campaign. ``tell`` is given a line whenever a job is done. Raises what a job raised."""
    campaign.folder.mkdir(parents=True, exist_ok=True)
    jobs = campaign.jobs()
    with ProcessPoolExecutor(campaign.processes, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(run, job): job for job in jobs}
        for count, done in enumerate(as_completed(running), 1):
            done.result()
            job = running[done]
            tell(f"{count} of {len(jobs)}: {job.task}, {job.arm}, seed {job.seed}")
        found = {job: future.result() for future, job in running.items()}
    return [found[job] for job in sorted(jobs, key=lambda j: (TASKS.index(j.task), list(ARMS).index(j.arm), j.seed))]


def run(job: Job) -> Trial:
    """Run a job, or read what it came to before."""
    shape = TypeAdapter(Trial)
    if job.file.is_file():
        return shape.validate_json(job.file.read_bytes())
    made = _run(job)
    job.file.write_bytes(shape.dump_json(made))
    return made


def _run(job: Job) -> Trial:
    import torch

    from sleep.nap.recurrent.training import Course, train
    from sleep.weights.quiet import quietly

    torch.set_num_threads(1)
    arm = ARMS[job.arm]
    task = _task(job.task)
    with quietly():
        course = Course(job.scale.steps, job.scale.batch, plain=arm.plain)
        learnt = train(_shape(arm, job.scale), task, course, job.seed)
    return Trial(
        arm=arm.name, task=task.name, seed=job.seed, parameters=learnt.parameters, chance=task.chance,
        steps=tuple(m.step for m in learnt.marks), curve=tuple(m.exact for m in learnt.marks),
        losses=tuple(m.loss for m in learnt.marks), seconds=learnt.seconds,
    )  # fmt: skip


def time_arms(campaign: Campaign) -> "Mapping[str, Mapping[str, Timing]]":
    """For each task what each arm takes, in a process of its own with one thread; nothing of it is kept."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return {task: pool.submit(_timed, task, campaign.arms, campaign.scale).result() for task in campaign.tasks}


def _timed(task: str, arms: Sequence[str], scale: Scale) -> "Mapping[str, Timing]":
    import torch

    from sleep.nap.recurrent.timing import timed
    from sleep.weights.quiet import quietly

    torch.set_num_threads(1)
    with quietly():
        return timed({name: _shape(ARMS[name], scale) for name in arms}, _task(task))


def _task(name: str) -> "Task":
    from sleep.nap.recurrent.tasks import Links, Rule110

    return Rule110() if name == "rule 110" else Links()


def _shape(arm: Arm, scale: Scale) -> "Shape":
    from sleep.nap.recurrent.hybrid import Shape

    return Shape(width=scale.width, layers=arm.layers, passes=arm.passes, keeps=arm.keeps, evicts=arm.evicts)
