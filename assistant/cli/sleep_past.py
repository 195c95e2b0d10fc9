"""What became of nights: status, history, one night in full, taking one back."""

from contextlib import closing
from typing import Any

from assistant.cli.output import fields, rows, say, show, show_json
from assistant.cli.sleep_rows import change_lines, change_row, run_row, width
from assistant.cli.store import opened
from assistant.sleep_state import sleep_state
from assistant.telling.nights import Names, did, exam_lines
from memory.nights import Run
from memory.store.nights import NightStore
from memory.text import one_line


def print_status(*, as_json: bool) -> int:
    """`reverie sleep status`."""
    with opened() as home:
        state = sleep_state(home.paths, home.database, home.clock.now())
    last, new, sleeper = state.last, state.new, state.sleeper
    if as_json:
        asleep = {"pid": sleeper.pid, "run": sleeper.run or None, "stage": sleeper.stage} if sleeper else None
        values: dict[str, Any] = {"sleeping": asleep, "interrupted": None if sleeper else new.unfinished or None}
        values |= {"messages": new.messages, "waiting": new.waiting, "due": new.due}
        show_json({**values, "last": run_row(last) if last else None})
        return 0
    interrupted = f"{new.unfinished}, at {last.stage or 'its beginning'}" if last and new.unfinished else ""
    asleep_line = f"process {sleeper.pid}, {sleeper.run} at {sleeper.stage or 'its beginning'}" if sleeper else "no"
    lines = {
        "asleep": asleep_line,
        "interrupted": "" if sleeper else interrupted,
        "new messages": f"{new.messages:,}",
        "waiting": f"{new.waiting:,} that earlier nights could not read" if new.waiting else "",
        "last night": f"{last.short_id}, {last.started_at:%Y-%m-%d %H:%M}, {last.status}" if last else "none yet",
    }
    fields({name: value for name, value in lines.items() if value})
    return 0


def print_history(limit: int, *, as_json: bool) -> int:
    """`reverie sleep history`."""
    with opened() as home:
        found = NightStore(home.database).list(limit)
    if as_json:
        show_json([run_row(run) for run in found])
    elif found:
        rows(("id", "began", "status", "model", "did"), (_line(run) for run in found))
    else:
        say("There was no night yet; `reverie sleep` begins one.")
    return 0


def _line(run: Run) -> tuple[str, ...]:
    return (
        run.short_id,
        f"{run.started_at:%Y-%m-%d %H:%M}",
        run.status,
        run.model,
        did(run.report) if run.report else "",
    )


def print_night(which: str, *, as_json: bool) -> int:
    """`reverie sleep show`."""
    with opened() as home:
        nights = NightStore(home.database)
        run = nights.get(which)
        changes = nights.changes(run)
        names = Names(home.conversations, home.memories, changes)
        if as_json:
            show_json({**run_row(run), "changes": [change_row(c, names) for c in changes]})
            return 0
    columns = width()
    show(f"{run.short_id}, {run.started_at:%Y-%m-%d %H:%M}, model {run.model}, {run.status}")
    if run.report:
        show(did(run.report))
    for line in exam_lines(run.report):
        show(line)
    for note in run.report.get("dropped", []):
        show(f"Dropped by the exam: {one_line(str(note), 300)}")
    for stage in dict.fromkeys(change.stage for change in changes):
        show(f"\n{stage}")
        for change in (c for c in changes if c.stage == stage):
            for line in change_lines(change, names, columns):
                show(line)
    return 0


def undo_night(which: str, *, as_json: bool) -> int:
    """`reverie sleep undo`."""
    from assistant import nights
    from assistant.runtime import Runtime

    with closing(Runtime.open()) as runtime:
        run, done = nights.undo_night(runtime, which)
    if as_json:
        show_json({"id": run.short_id, "restored": done.restored, "kept": list(done.kept)})
        return 0
    show(f"{run.short_id} is undone: {done.restored} taken back. Its messages are new to the next night.")
    for kept in done.kept:
        show(f"kept, since you changed it: {one_line(kept, 200)}")
    return 0
