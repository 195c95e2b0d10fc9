"""Heat maps of what each night kept, and curves over the nights, as SVG or PNG."""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from sleep.weights.bench.arms import ARMS, OURS
from sleep.weights.bench.report import mean_matrix
from sleep.weights.bench.trials import Trial
from sleep.weights.errors import WeightsError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS = ("svg", "png")
DRAWN = ("raw text", "questions, replay", "SDFT", "OSF", OURS)
"""Curves of every arm would hide each other."""
_COLUMNS = 4


def needed() -> None:
    """Raises WeightsError where matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise WeightsError("Plots need matplotlib.", "pip install 'reverie[bench]'") from error


def draw(trials: Sequence[Trial], folder: Path, kinds: Sequence[str] = KINDS) -> list[Path]:
    """Write ``matrices`` and ``curves`` to a folder. Raises WeightsError where matplotlib is not installed."""
    needed()
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, figure in (("matrices", matrices(trials)), ("curves", curves(trials))):
        for kind in kinds:
            file = folder / f"{name}.{kind}"
            figure.savefig(file, dpi=110, metadata={"Date": None} if kind == "svg" else None)
            files.append(file)
    return files


def matrices(trials: Sequence[Trial]) -> "Figure":
    """For every trained arm the matrix of recalls, mean over seeds."""
    arms = [arm for arm in ARMS if ARMS[arm].learner and any(t.arm == arm for t in trials)]
    lines = -(-len(arms) // _COLUMNS)
    figure = _figure(2.6 * _COLUMNS, 2.7 * lines + 0.6)
    axes = list(figure.subplots(lines, _COLUMNS, squeeze=False).flat)
    shown: Any = None
    for place, arm in zip(axes, arms, strict=False):
        shown = place.imshow(mean_matrix(trials, arm), vmin=0, vmax=1, cmap="viridis")
        place.set_title(arm, fontsize=8)
        _days(place, len(mean_matrix(trials, arm)))
    for place in axes[len(arms) :]:
        place.set_axis_off()
    figure.supxlabel("recall of what was told on day", fontsize=9)
    figure.supylabel("after night", fontsize=9)
    if shown is not None:
        figure.colorbar(shown, ax=axes, shrink=0.6)
    return figure


def _days(place: "Axes", nights: int) -> None:
    ticks = list(range(0, nights, max(1, nights // 5)))
    place.set_xticks(ticks, [str(t + 1) for t in ticks], fontsize=7)
    place.set_yticks(ticks, [str(t + 1) for t in ticks], fontsize=7)


def curves(trials: Sequence[Trial]) -> "Figure":
    """Recall of everything told so far, and false memories, night after night."""
    figure = _figure(9, 3.6)
    recall, false = figure.subplots(1, 2)
    for arm in [arm for arm in DRAWN if any(t.arm == arm for t in trials)]:
        found = [t for t in trials if t.arm == arm]
        nights = range(1, len(found[0].matrix) + 1)
        recall.plot(nights, [mean(mean(t.matrix[n - 1][:n]) for t in found) for n in nights], marker=".", label=arm)
        false.plot(nights, [mean(t.false_memories[n - 1] for t in found) for n in nights], marker=".", label=arm)
    recall.set_title("recall of all that was told so far, without retrieval", fontsize=9)
    false.set_title("questions about what was never told that are answered", fontsize=9)
    for place in (recall, false):
        place.set_xlabel("night", fontsize=8)
        place.set_ylim(-0.03, 1.03)
        place.tick_params(labelsize=7)
    recall.legend(fontsize=7)
    return figure


def _figure(width: float, height: float) -> "Figure":
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.hashsalt"] = "reverie"
    return Figure(figsize=(width, height), layout="constrained")
