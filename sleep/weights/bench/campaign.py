"""All arms with all seeds, in a few processes; what was run before is not run again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sleep.weights.bench.arms import COMPARED
from sleep.weights.bench.trials import Job, Scale, Trial, dream_of, run

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is compared."""

    folder: Path
    """Where dreams and trials are kept."""
    seeds: Sequence[int] = (1, 2, 3)
    arms: Sequence[str] = COMPARED
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
    running: dict[Future[Any], Job] = {}
    with ProcessPoolExecutor(campaign.processes, mp_context=get_context("spawn")) as pool:
        dreaming = {pool.submit(dream_of, next(j for j in jobs if j.seed == seed)): seed for seed in campaign.seeds}
        for dreamt in as_completed(dreaming):
            dreamt.result()
            tell(f"seed {dreaming[dreamt]}: dreamt")
            running |= {pool.submit(run, job): job for job in jobs if job.seed == dreaming[dreamt]}
        for count, job in enumerate(_done(running), 1):
            tell(f"{count} of {len(jobs)}: {job.arm}, seed {job.seed}")
        found = {job: future.result() for future, job in running.items()}
    return [found[job] for job in jobs]


def _done(running: "Mapping[Future[Any], Job]") -> Iterator[Job]:
    for future in as_completed(running):
        if future.exception() is None:
            yield running[future]
    for future in running:
        future.result()
