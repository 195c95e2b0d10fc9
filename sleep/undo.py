"""Taking a night back: what it changed returns to what it was, except what was changed since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from memory.errors import Refused
from memory.nights import Change, Run
from memory.store import MemoryStore
from memory.store.nights import NightStore
from memory.types import Memory
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


TAKEN_BACK = "you took it back"


def undo_changes(home: Home, run: Run, positions: Iterable[int]) -> Undone:
    """Take single changes of a night back, with what rests on them; all that the night did to a memory goes together.

    The night stays applied and can be taken back later. Raises Refused where nothing is left to take back.
    """
    if run.status != "applied":
        raise Refused(f"{run.short_id} changed nothing that could be taken back ({run.status}).")
    changes = home.nights.changes(run)
    chosen = _with_what_rests(changes, positions)
    if not chosen:
        raise Refused("That change was not made.")
    with home.database.together() as whole:
        memories, nights = MemoryStore(whole, home.clock), NightStore(whole)
        ids = {changes[i].payload.id for i in chosen if changes[i].target == "memory"}
        act, kept = memories.revert(run.short_id, only=frozenset(ids)) if ids else (None, ())
        derived = [i for i in sorted(chosen, reverse=True) if changes[i].target != "memory"]
        left = [i for i in derived if not nights.put(changes[i].after, changes[i].before)]
        restored = len({r.memory_id for r in act.revisions}) if act else 0
        if not restored and len(left) == len(derived):
            raise Refused("It was changed since, so it stays as it is.", "Edit it where it stands now.")
        nights.decide(run, [(i, "declined", TAKEN_BACK) for i in sorted(chosen - set(left))])
    return Undone(restored=restored + len(derived) - len(left), kept=(*kept, *(_name(changes[i]) for i in left)))


def _with_what_rests(changes: Sequence[Change], positions: Iterable[int]) -> set[int]:
    """The applied ones of `positions`; what gave way to a memory that goes, and what was derived from one."""
    applied = {i for i, c in enumerate(changes) if c.decision == "applied"}
    chosen: set[int] = set()
    fresh = applied & set(positions)
    while fresh:
        chosen |= fresh
        touched = {changes[i].payload.id for i in chosen if changes[i].target == "memory"}
        made = {changes[i].payload.id for i in chosen if changes[i].target == "memory" and changes[i].before is None}
        fresh = {i for i in applied - chosen if _rests(changes[i], touched, made)}
    return chosen


def _rests(change: Change, touched: set[str], made: set[str]) -> bool:
    payload = change.payload
    if isinstance(payload, Memory):
        return payload.id in touched or (payload.superseded_by or "") in made
    return bool(made & set(getattr(payload, "memories", ())))


def _name(change: Change) -> str:
    return f"{change.target}: {change.payload.text}"
