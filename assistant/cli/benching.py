"""Runs a comparison and prints its table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from assistant.cli.output import say, show, show_json
from memory.errors import InvalidInput

if TYPE_CHECKING:
    from sleep.weights.bench.trials import Trial


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of `reverie bench sleep`."""

    arms: Sequence[str]
    seeds: int
    nights: int
    facts: int
    steps: int
    processes: int
    folder: Path | None
    plots: Path | None
    as_json: bool


def bench_sleep(wanted: Wanted) -> int:
    """Compare ways of learning night after night. Raises InvalidInput for an arm that does not exist."""
    from sleep.weights.bench.arms import ARMS, COMPARED
    from sleep.weights.bench.campaign import Campaign, compare
    from sleep.weights.bench.trials import Scale

    unknown = [arm for arm in wanted.arms if arm not in ARMS]
    if unknown:
        raise InvalidInput(f"There is no arm {unknown[0]!r}.", f"The arms are: {'; '.join(ARMS)}.")
    if wanted.plots:
        from sleep.weights.bench.plots import needed

        needed()
    scale = Scale(wanted.nights, wanted.facts, wanted.steps)
    arms = tuple(arm for arm in ARMS if arm in (wanted.arms or COMPARED))
    with _folder(wanted.folder, scale.name) as folder:
        trials = compare(Campaign(folder, range(1, wanted.seeds + 1), arms, scale, wanted.processes), say)
    if wanted.plots:
        from sleep.weights.bench.plots import draw

        for file in draw(trials, wanted.plots):
            say(str(file))
    _print(trials, as_json=wanted.as_json)
    return 0


@dataclass(frozen=True, slots=True)
class NapsWanted:
    """The options of `reverie bench nap`."""

    arms: Sequence[str]
    tasks: Sequence[str]
    seeds: int
    steps: int
    processes: int
    folder: Path | None
    plots: Path | None
    as_json: bool


def bench_naps(wanted: NapsWanted) -> int:
    """Compare passes before eviction. Raises InvalidInput for an arm or a task that does not exist."""
    from sleep.nap.recurrent.campaign import ARMS, TASKS, Campaign, Scale, compare, time_arms
    from sleep.nap.recurrent.report import markdown

    for kind, named, known in (("arm", wanted.arms, ARMS), ("task", wanted.tasks, TASKS)):
        unknown = [name for name in named if name not in known]
        if unknown:
            raise InvalidInput(f"There is no {kind} {unknown[0]!r}.", f"There are: {'; '.join(known)}.")
    if wanted.plots:
        from sleep.weights.bench.plots import needed

        needed()
    scale = Scale(steps=wanted.steps)
    arms, tasks = wanted.arms or tuple(ARMS), wanted.tasks or TASKS
    with _folder(wanted.folder, scale.name) as folder:
        campaign = Campaign(folder, range(1, wanted.seeds + 1), arms, tasks, scale, wanted.processes)
        trials = compare(campaign, say)
        timings = time_arms(campaign)
    if wanted.plots:
        from sleep.nap.recurrent.plots import draw

        for file in draw(trials, wanted.plots):
            say(str(file))
    if wanted.as_json:
        times = {task: {arm: asdict(one) for arm, one in found.items()} for task, found in timings.items()}
        show_json({"trials": [asdict(trial) for trial in trials], "milliseconds": times})
    else:
        show(markdown(trials, timings))
    return 0


@contextmanager
def _folder(given: Path | None, name: str) -> Iterator[Path]:
    if given is not None:
        yield given.expanduser() / name
        return
    with TemporaryDirectory() as made:
        yield Path(made)


def _print(trials: "Sequence[Trial]", *, as_json: bool) -> None:
    from sleep.weights.bench.arms import OURS
    from sleep.weights.bench.report import deletion_of, heat_lines, markdown, mean_matrix, rows

    deletion = deletion_of(trials)
    if as_json:
        show_json({
            "rows": [asdict(row) for row in rows(trials)],
            "deletion": asdict(deletion) if deletion else None,
            "trials": [asdict(trial) for trial in trials],
        })  # fmt: skip
        return
    show(markdown(trials))
    if any(trial.arm == OURS for trial in trials):
        show(f"\nRecall without retrieval of what was told on each day, in hundredths ({OURS}):")
        show("\n".join(heat_lines(mean_matrix(trials, OURS))))
    if deletion:
        show(
            f"\nPurge of {deletion.purged}: recall of them {deletion.before:.2f} before, {deletion.after:.2f} after "
            f"(base {deletion.untrained:.2f}); of the others {deletion.others_before:.2f} before, "
            f"{deletion.others_after:.2f} after; {deletion.seconds:.0f} s."
        )
