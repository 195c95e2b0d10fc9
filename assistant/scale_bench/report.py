"""The figures of homes of several sizes as a table, with how fast each of them grows."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.scale_bench.measure import Figures

NAMED = 10_000
"""The size that a turn's retrieval is compared with."""
AT_MOST = 3.0
"""So many times as long it may take in the largest home."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was measured: how a figure is read, and how it is written."""

    what: str
    value: Callable[[Figures], float]
    write: Callable[[float], str]


def _milliseconds(value: float) -> str:
    return f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"


def _seconds(value: float) -> str:
    return f"{value:,.1f} s"


def _bytes(value: float) -> str:
    return f"{value / 1e9:.2f} GB" if value >= 1e9 else f"{value / 1e6:,.0f} MB"


ROWS = (
    Row("a turn, p50", lambda f: f.turn.p50, _milliseconds),
    Row("a turn, p95", lambda f: f.turn.p95, _milliseconds),
    Row("a turn, processor p95", lambda f: f.turn.processor_p95, _milliseconds),
    Row("its retrieval, p50", lambda f: f.retrieval.p50, _milliseconds),
    Row("its retrieval, p95", lambda f: f.retrieval.p95, _milliseconds),
    Row("its retrieval, processor p95", lambda f: f.retrieval.processor_p95, _milliseconds),
    Row("recall without embedding, p50", lambda f: f.recall.p50, _milliseconds),
    Row("recall without embedding, p95", lambda f: f.recall.p95, _milliseconds),
    Row("recall without embedding, processor p95", lambda f: f.recall.processor_p95, _milliseconds),
    Row("search screen, p50", lambda f: f.screen.p50, _milliseconds),
    Row("search screen, p95", lambda f: f.screen.p95, _milliseconds),
    Row("search screen, processor p95", lambda f: f.screen.processor_p95, _milliseconds),
    Row("a night over the new messages", lambda f: f.night.clock, _seconds),
    Row("a night, processor", lambda f: f.night.processor, _seconds),
    Row("its backup, verified", lambda f: f.backup.clock, _seconds),
    Row("its backup, processor", lambda f: f.backup.processor, _seconds),
    Row("start to the list of chats", lambda f: f.opening.clock, _seconds),
    Row("from there to the first answer", lambda f: f.warming.clock, _seconds),
    Row("from there, processor", lambda f: f.warming.processor, _seconds),
    Row("resident memory", lambda f: f.resident, _bytes),
    Row("disk", lambda f: f.disk, _bytes),
)


def growth(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The exponent that a figure grows with: 0 stays, 1 doubles as the home doubles. Least squares on logarithms.

    NaN for fewer than two sizes.
    """
    if len(sizes) < 2:
        return math.nan
    x, y = [math.log(size) for size in sizes], [math.log(max(value, 1e-9)) for value in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((a - mean_x) ** 2 for a in x)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / spread if spread else math.nan


def growths(figures: Sequence[Figures]) -> dict[str, float]:
    """The exponent of every row."""
    sizes = [float(one.messages) for one in figures]
    return {row.what: growth(sizes, [row.value(one) for one in figures]) for row in ROWS}


def retrieval_ratio(figures: Sequence[Figures], value: Callable[[Figures], float]) -> float | None:
    """The largest home's figure against that of the one of `NAMED` messages; None where one of them is missing."""
    named = next((one for one in figures if NAMED <= one.messages < 2 * NAMED), None)
    last = figures[-1]
    return value(last) / value(named) if named is not None and last.messages >= 2 * NAMED else None


def markdown(figures: Sequence[Figures]) -> str:
    """A table with a column for each size."""
    exponents = growths(figures)
    header = ["", *(f"{one.messages:,}" for one in figures), "grows with"]
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines.append("| " + " | ".join(["vectors by", *(one.index for one in figures), ""]) + " |")
    for row in ROWS:
        cells = [row.write(row.value(one)) for one in figures]
        exponent = exponents[row.what]
        cells.append("" if math.isnan(exponent) else f"n^{exponent:.2f}")
        lines.append("| " + " | ".join([row.what, *cells]) + " |")
    for name, value in (("by the clock", _p95), ("of the processor", _processor_p95)):
        ratio = retrieval_ratio(figures, value)
        if ratio is not None:
            lines.append(
                f"\nA turn's retrieval, p95 {name}: {ratio:.2f} times that at {NAMED:,} (at most {AT_MOST:.0f})."
            )
    return "\n".join(lines)


def _p95(one: Figures) -> float:
    return one.retrieval.p95


def _processor_p95(one: Figures) -> float:
    return one.retrieval.processor_p95
