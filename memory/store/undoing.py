"""Taking acts back, and doing them again: each memory moves between the two states that its revision holds.

A memory that is not in the state expected stays as it is: it was changed since, and that must not be lost.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.errors import Refused
from memory.schema import ChangeSetRow, MemoryRow, RevisionRow
from memory.store.acts import Act, load_memory, revisions_of
from memory.store.rows import memory_from_json, memory_to_json


def undoable(session: Session, only: int | None) -> ChangeSetRow | None:
    """The last act that can be taken back (or act `only`). Acts of nights are not among them."""
    query = select(ChangeSetRow).where(
        ChangeSetRow.kind == "change", ChangeSetRow.state == "done", ChangeSetRow.run_id.is_(None)
    )
    if only is not None:
        query = query.where(ChangeSetRow.number == only)
    return session.scalar(query.order_by(ChangeSetRow.number.desc()).limit(1))


def redoable(session: Session) -> ChangeSetRow | None:
    """The first of the acts that were undone and can be done again."""
    undone = (ChangeSetRow.kind == "change", ChangeSetRow.state == "undone")
    return session.scalar(select(ChangeSetRow).where(*undone).order_by(ChangeSetRow.number))


def invert(act: Act, target: ChangeSetRow) -> None:
    """Take back all that `target` did, the last first. Raises Refused where a memory was changed since."""
    for row in reversed(revisions_of(act.session, target)):
        _move(act, row, expected=row.after, wanted=row.before)


def replay(act: Act, target: ChangeSetRow) -> None:
    """Do again all that `target` did. Raises Refused where a memory was changed since."""
    for row in revisions_of(act.session, target):
        _move(act, row, expected=row.before, wanted=row.after)


def moved_back(act: Act, row: RevisionRow) -> bool:
    """Bring a memory to what it was before a revision. False where it was changed since."""
    try:
        _move(act, row, expected=row.after, wanted=row.before)
    except Refused:
        return False
    return True


def _move(act: Act, revision: RevisionRow, *, expected: dict[str, Any] | None, wanted: dict[str, Any] | None) -> None:
    """Bring one memory from `expected` to `wanted`, refusing if it is anything else now."""
    row, current = _state(act.session, revision.memory_id)
    if _comparable(current) != _comparable(expected):
        raise Refused(f"m{revision.memory_number} was changed since; undo that first.")
    if wanted is None:
        assert row is not None
        act.delete(row)
    else:
        act.write(memory_from_json(wanted), row)


def _state(session: Session, memory_id: str) -> tuple[MemoryRow | None, dict[str, Any] | None]:
    row = session.scalar(select(MemoryRow).where(MemoryRow.id == memory_id))
    return row, memory_to_json(load_memory(session, row)) if row is not None else None


def ends_of(session: Session, run_id: str) -> list[RevisionRow]:
    """For each memory that a night changed: its state before the night and after it. Those it made come last, and one
    that gave way to another before that other: a memory that goes is forgotten by those that point at it.
    """
    query = select(RevisionRow).join(ChangeSetRow).where(ChangeSetRow.run_id == run_id).order_by(RevisionRow.number)
    ends: dict[str, RevisionRow] = {}
    for row in session.scalars(query):
        first = ends.setdefault(
            row.memory_id, RevisionRow(memory_id=row.memory_id, memory_number=row.memory_number, before=row.before)
        )
        first.after = row.after

    def steps(row: RevisionRow, seen: int = 0) -> int:
        """How many memories of the night took its place, one after the other."""
        successor = ends.get((row.after or {}).get("superseded_by") or "")
        return seen if successor is None or seen > len(ends) else steps(successor, seen + 1)

    return sorted(ends.values(), key=lambda row: (row.before is None, -steps(row)))


def is_back(session: Session, move: RevisionRow) -> bool:
    """Whether a memory is what it was before already: this change of a night was taken back alone."""
    return _comparable(_state(session, move.memory_id)[1]) == _comparable(move.before)


def _comparable(state: dict[str, Any] | None) -> dict[str, Any] | None:
    """A state without what every write changes by itself."""
    if state is None:
        return None
    return {name: value for name, value in state.items() if name not in {"updated_at", "revision"}}
