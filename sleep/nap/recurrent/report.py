"""The tables of a comparison: what is right after how many steps, and what it takes."""

from collections.abc import Sequence
from statistics import mean

from sleep.nap.recurrent.campaign import ARMS, TASKS, Trial

SHOWN = {"rule 110": (1, 2, 4, 6, 8, 10, 12), "links": (1, 2, 3, 4, 5, 6)}
"""The numbers of steps that have a column."""


def markdown(trials: Sequence[Trial]) -> str:
    """For each task a table of exact answers by steps, and one of costs."""
    return "\n\n".join(_task(task, found) for task in TASKS if (found := [t for t in trials if t.task == task]))


def _task(task: str, trials: Sequence[Trial]) -> str:
    steps = [s for s in SHOWN[task] if s <= len(trials[0].exact)]
    head = ["", *(f"t = {s}" for s in steps), "parameters", "examples/s", "reading ms", "answering ms"]
    rows = [_row(arm, [t for t in trials if t.arm == arm], steps) for arm in ARMS]
    lines = [head, ["---"] * len(head), *(row for row in rows if row)]
    guess = f"{task}, exact answers; by guessing {trials[0].chance:.3f}; seeds: {len({t.seed for t in trials})}"
    return "\n".join([guess, "", *("| " + " | ".join(cells) + " |" for cells in lines)])


def _row(arm: str, trials: Sequence[Trial], steps: Sequence[int]) -> list[str]:
    if not trials:
        return []
    return [
        arm,
        *(f"{mean(t.exact[s - 1] for t in trials):.2f}" for s in steps),
        f"{trials[0].parameters:,}",
        f"{mean(t.examples_a_second for t in trials):.0f}",
        f"{mean(t.sleep_ms for t in trials):.1f}",
        f"{mean(t.answer_ms for t in trials):.1f}",
    ]
