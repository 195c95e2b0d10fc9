"""The tables of a comparison: what is right after how many steps, and what it takes."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import TYPE_CHECKING

from sleep.nap.recurrent.campaign import ARMS, TASKS, Trial

if TYPE_CHECKING:
    from sleep.nap.recurrent.timing import Timing

SHOWN = {"rule 110": (1, 2, 3, 4, 5, 6, 8, 10, 12), "links": (1, 2, 3, 4, 5, 6)}
"""The numbers of steps that have a column."""


def markdown(trials: Sequence[Trial], timings: "Mapping[str, Mapping[str, Timing]]") -> str:
    """For each task a table of exact answers by steps, with what each arm takes against N = 1."""
    return "\n\n".join(
        _task(task, found, timings.get(task, {}))
        for task in TASKS
        if (found := [t for t in trials if t.task == task])
    )  # fmt: skip


def _task(task: str, trials: Sequence[Trial], timings: "Mapping[str, Timing]") -> str:
    steps = [s for s in SHOWN[task] if s <= len(trials[0].exact)]
    head = ["", *(f"t = {s}" for s in steps), "parameters", "learning", "reading", "answering"]
    rows = [_row(arm, [t for t in trials if t.arm == arm], steps, timings) for arm in ARMS]
    lines = [head, ["---"] * len(head), *(row for row in rows if row)]
    guess = f"{task}, exact answers; by guessing {trials[0].chance:.3f}; seeds: {len({t.seed for t in trials})}"
    return "\n".join([guess, "", *("| " + " | ".join(cells) + " |" for cells in lines)])


def _row(arm: str, trials: Sequence[Trial], steps: Sequence[int], timings: "Mapping[str, Timing]") -> list[str]:
    if not trials:
        return []
    return [
        arm,
        *(f"{mean(t.exact[s - 1] for t in trials):.2f}" for s in steps),
        f"{trials[0].parameters:,}",
        *_times(timings.get(arm), timings.get("N = 1")),
    ]


def _times(own: "Timing | None", plain: "Timing | None") -> list[str]:
    """Milliseconds, and how often those of one pass."""
    if own is None:
        return ["", "", ""]
    pairs = [(own.learn, plain and plain.learn), (own.read, plain and plain.read), (own.answer, plain and plain.answer)]
    return [f"{value:.1f} ms" + (f" ({value / base:.2f}x)" if base else "") for value, base in pairs]
