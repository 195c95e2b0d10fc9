"""Planned changes become real, in one transaction: all that were accepted, or none.

Each memory's base revision is checked: one that was changed since the night looked at it is skipped and named. The
same code runs on a trial that is rolled back, so that the exam sits on exactly what would be applied.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from memory.clock import Clock
from memory.database import Database
from memory.errors import NotFound
from memory.nights import Change, ChangeKind, Decision, Run
from memory.store import Create, MemoryStore, Update
from memory.store.nights import NightStore
from memory.store.rows import EDITABLE
from memory.types import Memory, NewMemory


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of each change, by its position in the plan."""

    decisions: tuple[tuple[int, Decision, str], ...]

    @property
    def applied(self) -> int:
        return sum(decision == "applied" for _, decision, _ in self.decisions)


def apply(database: Database, clock: Clock, run_id: str, changes: Sequence[Change]) -> Outcome:
    """Make the planned ones of `changes` real in `database` (a view from `Database.together`)."""
    memories, nights = MemoryStore(database, clock), NightStore(database)
    stale = _stale(memories, changes)
    decisions: list[tuple[int, Decision, str]] = []
    acts: dict[str, Create | Update] = {}
    for position, change in enumerate(changes):
        if change.decision != "planned":
            decisions.append((position, change.decision, change.note))
        elif change.target != "memory":
            done = nights.put(change.before, change.after)
            decisions.append((position, "applied", "") if done else (position, "skipped", "changed meanwhile"))
        elif change.payload.id in stale:
            decisions.append((position, "skipped", stale[change.payload.id]))
        else:
            if change.kind is not ChangeKind.ASK:
                _compose(acts, change)
            decisions.append((position, "applied", ""))
    if acts:
        memories.apply(_in_order(acts), actor=f"sleep:{run_id}", reason="sleep", run_id=run_id)
    return Outcome(decisions=tuple(decisions))


def _stale(memories: MemoryStore, changes: Sequence[Change]) -> dict[str, str]:
    """Memories that are not as the night first saw them, with the reason; and what leans on them."""
    seen: dict[str, Memory | None] = {}
    for change in changes:
        if change.target == "memory" and change.decision == "planned":
            before = change.before
            assert before is None or isinstance(before, Memory)
            seen.setdefault(change.payload.id, before)
    stale = {}
    for memory_id, before in seen.items():
        current = _current(memories, memory_id)
        if before is None and current is not None:
            stale[memory_id] = f"m{current.number} is there already"
        elif before is not None and before.number and (current is None or current.revision != before.revision):
            stale[memory_id] = f"m{before.number} was changed meanwhile"
    return stale


def _current(memories: MemoryStore, memory_id: str) -> Memory | None:
    try:
        return memories.get(memory_id)
    except NotFound:
        return None


def _compose(acts: dict[str, Create | Update], change: Change) -> None:
    """Lay one change over what the plan does to the same memory already."""
    before, after = change.before, change.after
    assert isinstance(after, Memory)
    earlier = acts.get(after.id)
    if before is None:
        acts[after.id] = Create(new=_new(after), id=after.id)
        return
    assert isinstance(before, Memory)
    values = {name: value for name in EDITABLE if (value := getattr(after, name)) != getattr(before, name)}
    if isinstance(earlier, Create):
        plain = {k: v for k, v in values.items() if k not in ("status", "superseded_by")}
        acts[after.id] = replace(earlier, new=replace(earlier.new, **plain))
        left = {k: v for k, v in values.items() if k not in plain}
        if left:
            acts[f"{after.id}+"] = _joined(acts.get(f"{after.id}+"), after.id, left)
    else:
        acts[after.id] = _joined(earlier, after.id, values)


def _joined(earlier: Create | Update | None, memory_id: str, values: dict[str, Any]) -> Update:
    known = dict(earlier.values) if isinstance(earlier, Update) else {}
    return Update(memory=memory_id, values={**known, **values})


def _in_order(acts: dict[str, Create | Update]) -> list[Create | Update]:
    """New memories first: others may point at them."""
    return sorted(acts.values(), key=lambda act: isinstance(act, Update))


def _new(memory: Memory) -> NewMemory:
    return NewMemory(**{f.name: getattr(memory, f.name) for f in fields(NewMemory)})


def run_id(run: Run | None) -> str:
    """What revisions of a night carry: its short id; a dry run has none."""
    return run.short_id if run is not None else "dry"
