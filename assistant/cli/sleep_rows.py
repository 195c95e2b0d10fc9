"""Nights and their changes as rows, for people and for programs."""

import shutil
import textwrap
from collections.abc import Iterator
from typing import Any

from assistant.cli.output import instant
from assistant.telling.nights import Names, did, exam_lines, moved
from memory.nights import Change, ChangeKind, Dream, Run
from memory.text import one_line
from sleep.events import Ended, Planned


def change_row(change: Change, names: Names) -> dict[str, Any]:
    """A change for `--json`."""
    return {
        "id": names.own(change) or None,
        "stage": change.stage,
        "kind": change.kind,
        "target": change.target,
        "before": change.before.text if change.before is not None else None,
        "after": change.after.text if change.after is not None else None,
        "moved": {k: [names.value(old), names.value(new)] for k, (old, new) in moved(change).items()},
        "reason": change.reason,
        "confidence": change.confidence,
        "safe": change.safe,
        "decision": change.decision,
        "note": change.note,
        "sources": names.sources(change),
    }


def run_row(run: Run) -> dict[str, Any]:
    """A night for `--json`."""
    return {
        "id": run.short_id,
        "status": run.status,
        "stage": run.stage,
        "model": run.model,
        "started_at": instant(run.started_at),
        "ended_at": instant(run.ended_at) if run.ended_at else None,
        "report": run.report,
    }


# -- for people


def width() -> int:
    """Columns of the terminal."""
    return max(shutil.get_terminal_size((80, 24)).columns, 20)


def wrapped(text: str, first: str, columns: int) -> list[str]:
    """`text` behind `first`, its further lines below it."""
    body = one_line(text, 1_000)
    rest = " " * len(first)
    return textwrap.wrap(body, columns, initial_indent=first, subsequent_indent=rest) or [first]


def change_lines(change: Change, names: Names, columns: int) -> Iterator[str]:
    """A change in full: what it is, before and after, why, from where."""
    head = " ".join(filter(None, (change.kind, names.own(change), "" if change.safe else "(doubtful)")))
    asked = change.kind is ChangeKind.ASK and change.decision == "applied"
    if change.decision != "planned" and not asked:
        head += f", {change.decision}" + (f": {one_line(change.note)}" if change.note else "")
    yield head
    before, after = change.before, change.after
    if before is not None and after is not None and before.text == after.text:
        yield from wrapped(after.text, "    ", columns)
    else:
        yield from wrapped(before.text, "  - ", columns) if before is not None else ()
        yield from wrapped(after.text, "  + ", columns) if after is not None else ()
    if isinstance(after, Dream):
        yield from wrapped(after.question, "  ? ", columns)
    for name, (old, new) in moved(change).items():
        yield from wrapped(f"{name.replace('_', ' ')}: {names.value(old)} → {names.value(new)}", "    ", columns)
    sources = names.sources(change)
    where = f" [{', '.join(sources[:6])}{' …' if len(sources) > 6 else ''}]" if sources else ""
    yield from wrapped(f"because: {change.reason}{where}", "    ", columns)


def planned_lines(planned: Planned) -> list[str]:
    """A change that a dry run tells of."""
    columns = width()
    lines = [f"{planned.kind}{'' if planned.safe else ' (doubtful)'}"]
    if planned.before and planned.before != planned.text:
        lines += wrapped(planned.before, "  - ", columns)
    lines += wrapped(planned.text, "    " if planned.before == planned.text else "  + ", columns)
    return [*lines, *wrapped(f"because: {planned.reason}", "    ", columns)]


def outcome(event: Ended) -> Iterator[str]:
    """The end of a night in a few lines."""
    if event.status == "nothing":
        yield "Nothing is new since the last night."
        return
    report = event.report
    if event.status == "stopped":
        yield f"{event.run}: stopped after {report.get('stage')}; nothing is changed yet, the next night goes on there."
        return
    yield f"{event.run or 'Planned, nothing written'}: {did(report)}"
    yield from exam_lines(report)
    if event.run:
        yield f"`reverie sleep show {event.run}` lists every change, `reverie sleep undo {event.run}` takes them back."
