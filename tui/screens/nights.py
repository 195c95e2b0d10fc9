"""Nights in words: what one did, how its exam went, and how exams went over time."""

from collections.abc import Sequence
from typing import Any

from textual.content import Content

from memory.nights import Run
from memory.text import one_line
from tui.screens.charts import spark
from tui.screens.memory_detail import Writer, percent
from tui.screens.prose import muted, plain
from tui.screens.times import ago, minute

STATUS = {
    "applied": "applied",
    "undone": "taken back",
    "refused": "left as it was",
    "stopped": "stopped",
    "running": "interrupted",
    "nothing": "nothing new",
    "failed": "failed",
}


def exam_share(run: Run, when: str = "after") -> float | None:
    """The share of exam questions answered rightly; None where there was no exam."""
    classes = run.report.get("exam", {}).get(when, {})
    rows: list[dict[str, Any]] = [row for name, row in classes.items() if not name.endswith("memories alone")]
    total = sum(sum(row.values()) for row in rows)
    return sum(row.get("right", 0) for row in rows) / total if total else None


def exam_history(runs: Sequence[Run], width: int, *, ascii_only: bool) -> Content | None:
    """The exams of all nights as a curve with its numbers, the oldest first; None for fewer than two."""
    shares = [share for run in reversed(runs) if (share := exam_share(run)) is not None]
    if len(shares) < 2:
        return None
    curve = spark(shares, max(8, min(40, width)), ascii_only=ascii_only, scale=(0.0, 1.0))
    numbers = f"  {percent(shares[0])} in the first of {len(shares)} nights, {percent(shares[-1])} in the last"
    return muted("exam  ") + Content.styled(curve, "$accent") + muted(numbers)


def night_line(run: Run, writer: Writer) -> Content:
    """One night in a list."""
    from assistant.telling.nights import did

    when = ago(run.started_at, writer.now, writer.zone)
    style = "bold" if run.status == "applied" else "$foreground-muted"
    head = Content.styled(f"{run.short_id:<5}{when:<13}{STATUS.get(run.status, run.status):<16}", style)
    return head + plain(did(run.report) if run.report.get("changes") else "")


def night_page(run: Run, writer: Writer) -> Content:
    """One night in full: its report."""
    from assistant.telling.nights import DONE, did, exam_lines

    status = STATUS.get(run.status, run.status)
    lines = [
        Content.styled(run.short_id, "bold $primary") + muted(f"  {status}"),
        muted(f"{minute(run.started_at, writer.now, writer.zone)}, {_helper(run.model)}"),
        Content(""),
    ]
    if run.report.get("changes"):
        lines.append(plain(did(run.report)))
        for stage, kinds in run.report["changes"].items():
            parts = ", ".join(f"{number} {DONE.get(kind, kind)}" for kind, number in kinds.items())
            lines.append(muted(f"  {stage:<10} {parts}"))
    lines += [plain(line) for line in exam_lines(run.report)]
    lines += _classes(run)
    for note in run.report.get("dropped", []):
        lines.append(Content.styled("dropped by the exam: ", "$text-warning") + plain(one_line(str(note), 200)))
    seconds = run.report.get("seconds")
    if seconds is not None:
        calls, tokens = run.report.get("calls", 0), run.report.get("tokens", 0)
        spent = f"{calls} model calls, {tokens:,} tokens" if calls else "no model was asked"
        lines.append(muted(f"{seconds:g} s, {spent}"))
    if run.status == "applied":
        lines += [Content(""), muted("enter shows each change, and takes one back · U takes the night back")]
    return Content("\n").join(lines)


def _classes(run: Run) -> list[Content]:
    """The exam by class, before and after, as far as there were questions."""
    exam = run.report.get("exam", {})
    lines = []
    for name, after in exam.get("after", {}).items():
        before = exam.get("before", {}).get(name, {})
        total = sum(after.values())
        if total and not name.endswith("memories alone"):
            lines.append(muted(f"  {name:<12} {before.get('right', 0)} → {after.get('right', 0)} of {total}"))
    return lines


def _helper(model: str) -> str:
    return "by rules alone" if model in ("", "none") else f"with {one_line(model, 40)}"
