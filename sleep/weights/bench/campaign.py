"""All arms with all seeds, in a few processes; what was run before is not run again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sleep.weights.bench.arms import ARMS
from sleep.weights.bench.trials import Job, Scale, Trial, dream_of, run

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is compared."""

    folder: Path
    """Where dreams and trials are kept."""
    seeds: Sequence[int] = (1, 2, 3)
    arms: Sequence[str] = tuple(ARMS)
    scale: Scale = field(default_factory=Scale)
    processes: int = 2

    def jobs(self) -> list[Job]:
        """Every arm with every seed."""
        return [Job(arm, seed, self.scale, self.folder) for seed in self.seeds for arm in self.arms]


def compare(campaign: Campaign, tell: Tell = lambda line: None) -> list[Trial]:
    """Run a campaign. ``tell`` is given a line whenever a part is done.

    Raises what an arm raised, after the others have been run.
    """
    campaign.folder.mkdir(parents=True, exist_ok=True)
    jobs = campaign.jobs()
    first = [next(job for job in jobs if job.seed == seed) for seed in campaign.seeds]
    with ProcessPoolExecutor(campaign.processes, mp_context=get_context("spawn")) as pool:
        for job in _done({pool.submit(dream_of, job): job for job in first}):
            tell(f"seed {job.seed}: dreamt")
        running = {pool.submit(run, job): job for job in jobs}
        for count, job in enumerate(_done(running), 1):
            tell(f"{count} of {len(jobs)}: {job.arm}, seed {job.seed}")
        return [future.result() for future in running]


def _done(running: "Mapping[Future[Any], Job]") -> Iterator[Job]:
    for future in as_completed(running):
        if future.exception() is None:
            yield running[future]
    for future in running:
        future.result()
