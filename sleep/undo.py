"""Taking a night back: what it changed returns to what it was, except what was changed since."""

from dataclasses import dataclass

from memory.errors import Refused
from memory.nights import Change, Run
from memory.store import MemoryStore
from memory.store.nights import NightStore
from sleep.home import Home


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What was taken back, and what was left because it was changed since."""

    restored: int
    kept: tuple[str, ...]


def undo(home: Home, run: Run) -> Undone:
    """Take a night back, in one transaction; its messages are new again. Raises Refused if it was not applied."""
    if run.status != "applied":
        raise Refused(f"{run.short_id} changed nothing that could be taken back ({run.status}).")
    changes = home.nights.changes(run)
    with home.database.together() as whole:
        memories, nights = MemoryStore(whole, home.clock), NightStore(whole)
        act, kept = memories.revert(run.short_id)
        derived = [c for c in changes if c.decision == "applied" and c.target != "memory"]
        left = [_name(c) for c in reversed(derived) if not nights.put(c.after, c.before)]
        waiting = {int(number): int(attempts) for number, attempts in run.report.get("waited", {}).items()}
        nights.wait_again(run.after_message, waiting)
        nights.move_cursor(min(nights.cursor(), run.after_message))
        nights.forget_exam(run)
        nights.update(run, status="undone", ended_at=home.clock.now())
    restored = len({r.memory_id for r in act.revisions}) if act else 0
    return Undone(restored=restored + len(derived) - len(left), kept=(*kept, *left))


def _name(change: Change) -> str:
    return f"{change.target}: {change.payload.text}"
