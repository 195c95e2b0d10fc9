"""Curves: what is right by the steps that it takes, and how it came to be."""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from sleep.nap.recurrent.campaign import ARMS, TASKS, Trial
from sleep.weights.bench.plots import KINDS, needed

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(trials: Sequence[Trial], folder: Path, kinds: Sequence[str] = KINDS) -> list[Path]:
    """Write ``naps``, or ``naps-links`` where it is of one task, to a folder.

    Raises WeightsError where matplotlib is not installed.
    """
    needed()
    folder.mkdir(parents=True, exist_ok=True)
    figure = curves(trials)
    tasks = {trial.task for trial in trials}
    name = f"naps-{tasks.pop().replace(' ', '-')}" if len(tasks) == 1 else "naps"
    files = [folder / f"{name}.{kind}" for kind in kinds]
    for file in files:
        figure.savefig(file, dpi=110, metadata={"Date": None} if file.suffix == ".svg" else None)
    return files


def curves(trials: Sequence[Trial]) -> "Figure":
    """For each task exact answers by steps at the end of the training, and their mean during it."""
    from matplotlib.figure import Figure

    tasks = [task for task in TASKS if any(t.task == task for t in trials)]
    figure = Figure(figsize=(9, 3.2 * len(tasks)), layout="constrained")
    for (by_steps, over_time), task in zip(figure.subplots(len(tasks), 2, squeeze=False), tasks, strict=True):
        for arm in ARMS:
            found = [t for t in trials if (t.task, t.arm) == (task, arm)]
            if not found:
                continue
            ends = [mean(cells) for cells in zip(*(t.exact for t in found), strict=True)]
            by_steps.plot(range(1, len(ends) + 1), ends, marker=".", label=arm)
            rises = [mean(mean(mark) for mark in marks) for marks in zip(*(t.curve for t in found), strict=True)]
            over_time.plot(found[0].steps, rises, marker=".", label=arm)
        by_steps.set_title(f"{task}: exact answers by steps t", fontsize=9)
        over_time.set_title(f"{task}: mean over t, during the training", fontsize=9)
        for place in (by_steps, over_time):
            place.set_ylim(0, 1.02)
            place.axhline(next(t.chance for t in trials if t.task == task), color="grey", linewidth=0.6)
        by_steps.legend(fontsize=7)
    return figure
