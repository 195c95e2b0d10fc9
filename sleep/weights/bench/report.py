"""The table of a comparison: one row an arm, means over seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import mean, stdev

from sleep.weights.bench.arms import ARMS, OURS, WITH_RETRIEVAL
from sleep.weights.bench.trials import Deletion, Trial
from sleep.weights.metrics import Matrix, retention


@dataclass(frozen=True, slots=True)
class Row:
    """What an arm came to. Shares from 0 to 1, but for perplexity, which is a multiple of the base's."""

    arm: str
    shows: str
    recall: float
    spread: float
    """Standard deviation of the recall over seeds."""
    of_teacher: float
    forgetting: float
    forward: float
    false_memories: float
    small_talk: float
    reading: float
    abstention: float
    perplexity: float
    seconds_a_fact: float

    @property
    def told_from_untold(self) -> float:
        """Balanced accuracy: the mean of what was told and is recalled, and of what was not and is not answered. A
        model that answers everything, and one that answers nothing, come to a half at the most."""
        return (self.recall + 1 - self.false_memories) / 2


COLUMNS: Sequence[tuple[str, str, Callable[[Row], str]]] = (
    ("arm", "", lambda r: r.arm),
    ("recall", "after the last night, all nights", lambda r: f"{r.recall:.3f} ± {r.spread:.3f}"),
    ("of the teacher's", "", lambda r: f"{r.of_teacher:.2f}"),
    ("forgetting", "", lambda r: f"{r.forgetting:.3f}"),
    ("false memories", "", lambda r: f"{r.false_memories:.1%}"),
    ("told from untold", "", lambda r: f"{r.told_from_untold:.3f}"),
    ("small talk", "", lambda r: f"{r.small_talk:.1%}"),
    ("reading", "", lambda r: f"{r.reading:.1%}"),
    ("abstention", "", lambda r: f"{r.abstention:.1%}"),
    ("perplexity", "", lambda r: f"{r.perplexity:.3f}x"),
    ("s a fact", "", lambda r: f"{r.seconds_a_fact:.1f}"),
)


def rows(trials: Sequence[Trial]) -> list[Row]:
    """One row an arm, in the order of the arms; and one for ours with retrieval."""
    of = {arm: [t for t in trials if t.arm == arm] for arm in ARMS}
    teacher = _recall(of["teacher"]) if of["teacher"] else 1.0
    made = [_row(arm, found, teacher) for arm, found in of.items() if found]
    if of[OURS]:
        made.append(_row(WITH_RETRIEVAL, [_with_retrieval(trial) for trial in of[OURS]], teacher))
    return made


def _row(arm: str, trials: Sequence[Trial], teacher: float) -> Row:
    figures = [retention(t.matrix, t.untrained) for t in trials]
    recalls = [figure.accuracy for figure in figures]
    facts = trials[0].scale.nights * trials[0].scale.facts
    return Row(
        arm, ARMS[arm].shows if arm in ARMS else "what users run", mean(recalls),
        stdev(recalls) if len(recalls) > 1 else 0.0, mean(recalls) / teacher if teacher else 0.0,
        mean(f.forgetting for f in figures), mean(f.forward for f in figures),
        mean(t.after.false_memories for t in trials), mean(t.after.small_talk for t in trials),
        mean(t.after.reading for t in trials), mean(t.after.abstention for t in trials),
        mean(t.after.perplexity / t.base.perplexity for t in trials),
        mean(t.seconds for t in trials) / facts,
    )  # fmt: skip


def _recall(trials: Sequence[Trial]) -> float:
    return mean(retention(t.matrix, t.untrained).accuracy for t in trials)


def _with_retrieval(trial: Trial) -> Trial:
    """The same nights; what is known after the last one is asked with retrieved memories in the prompt."""
    return replace(trial, matrix=[trial.with_retrieval] * len(trial.matrix))


def base_of(trials: Sequence[Trial]) -> dict[str, float]:
    """What the base does, for comparison: means over seeds."""
    names = ("false_memories", "small_talk", "reading", "abstention")
    return {name: mean(getattr(t.base, name) for t in trials) for name in names}


def markdown(trials: Sequence[Trial]) -> str:
    """The table as Markdown."""
    head = "| " + " | ".join(name for name, _, _ in COLUMNS) + " |"
    rule = "|" + "---|" * len(COLUMNS)
    lines = ["| " + " | ".join(show(row) for _, _, show in COLUMNS) + " |" for row in rows(trials)]
    base = base_of(trials)
    false, *kept = (f"{base[name]:.1%}" for name in base)
    untold = f"{(1 - base['false_memories']) / 2:.3f}"
    floor = ["base", "0", "", "", false, untold, *kept, "1.000x", ""]
    return "\n".join([head, rule, "| " + " | ".join(floor) + " |", *lines])


def mean_matrix(trials: Sequence[Trial], arm: str) -> Matrix:
    """Mean over seeds of an arm's matrix of recalls."""
    found = [t.matrix for t in trials if t.arm == arm]
    return [[mean(cells) for cells in zip(*rows, strict=True)] for rows in zip(*found, strict=True)]


def heat_lines(matrix: Matrix) -> list[str]:
    """A matrix of recalls in hundredths, as lines of text: a row for what is known after each night."""
    head = "after night  " + "".join(f"{j:>4}" for j in range(1, len(matrix) + 1))
    return [head, *(
        f"{i:>11}  " + "".join(f"{round(cell * 100):>4}" for cell in row) for i, row in enumerate(matrix, 1)
    )]  # fmt: skip


def deletion_of(trials: Sequence[Trial]) -> Deletion | None:
    """The mean of the deletions."""
    found = [t.deletion for t in trials if t.deletion]
    if not found:
        return None
    names = ("untrained", "before", "after", "others_before", "others_after", "seconds")
    return Deletion(found[0].purged, *(mean(getattr(d, name) for d in found) for name in names))
