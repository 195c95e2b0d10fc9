"""Memories: every change is one transaction with revisions and an actor, and can be undone and redone.

`apply` is the only writer. It takes a list of changes: one act of a person, of the assistant, or of a night.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select, update

from memory.clock import Clock
from memory.database import Database
from memory.errors import InvalidInput, Refused
from memory.schema import ChangeSetRow, MemoryRow, RevisionRow, TombstoneRow
from memory.store.acts import Act, Change, Create, Update, load_memory, memory_row, revision_of, sources_of
from memory.store.filters import ACTIVE, MemoryFilter, conditions_of
from memory.store.rows import to_memory
from memory.store.undoing import ends_of, invert, is_back, moved_back, redoable, replay, undoable
from memory.text import fingerprint
from memory.types import Actor, ChangeSet, Memory, NewMemory, Revision, Status, parse_short_id

IDS_AT_ONCE = 5_000


class MemoryStore:
    """Reads and writes memories. Every method is one short transaction and may be called from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # -- reading

    def get(self, reference: str) -> Memory:
        """By short id (`m41`, `41`) or ULID, whatever its status. Raises NotFound or InvalidInput."""
        with self._database.read() as session:
            return load_memory(session, memory_row(session, reference))

    def list(self, wanted: MemoryFilter = ACTIVE) -> tuple[Memory, ...]:
        """Matching memories, the newest first."""
        query = (
            select(MemoryRow)
            .where(*conditions_of(wanted))
            .order_by(MemoryRow.updated_at.desc(), MemoryRow.number.desc())
            .limit(wanted.limit)
            .offset(wanted.offset)
        )
        with self._database.read() as session:
            rows = session.scalars(query).all()
            sources = sources_of(session, [row.id for row in rows])
            return tuple(to_memory(row, sources.get(row.id, ())) for row in rows)

    def short_ids(self, ids: Iterable[str]) -> dict[str, str]:
        """`m41` for each ULID; unknown ones are left out."""
        wanted = sorted(set(ids))
        found: dict[str, str] = {}
        with self._database.read() as session:
            for start in range(0, len(wanted), IDS_AT_ONCE):
                query = select(MemoryRow.id, MemoryRow.number).where(
                    MemoryRow.id.in_(wanted[start : start + IDS_AT_ONCE])
                )
                found |= {memory_id: f"m{number}" for memory_id, number in session.execute(query)}
        return found

    def by_slot(self, slot: str, subject: str = "user") -> tuple[Memory, ...]:
        """The active memories that fill a slot, newest statement first."""
        found = self.list(MemoryFilter(slot=slot, subject=subject))
        return tuple(sorted(found, key=lambda m: (m.said_at or m.created_at, m.number), reverse=True))

    def count(self, wanted: MemoryFilter = ACTIVE) -> int:
        """How many memories match, whatever the limit."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(MemoryRow).where(*conditions_of(wanted))) or 0

    def history(self, reference: str | None = None, *, limit: int = 200) -> tuple[Revision, ...]:
        """The revisions of one memory, or of all, newest first."""
        query = select(RevisionRow, ChangeSetRow).join(ChangeSetRow).order_by(RevisionRow.number.desc())
        with self._database.read() as session:
            if reference is not None:
                query = query.where(RevisionRow.memory_id == memory_row(session, reference).id)
            return tuple(revision_of(r, c) for r, c in session.execute(query.limit(limit)))

    def is_purged(self, statement: str) -> bool:
        """Whether a tombstone says that this statement was purged and must not come back by itself."""
        with self._database.read() as session:
            return session.get(TombstoneRow, fingerprint(statement)) is not None

    def purged(self) -> frozenset[str]:
        """The fingerprints of all purged statements."""
        with self._database.read() as session:
            return frozenset(session.scalars(select(TombstoneRow.fingerprint)))

    # -- writing

    def apply(
        self, changes: Sequence[Change], *, actor: Actor, reason: str = "", run_id: str | None = None
    ) -> ChangeSet:
        """Make all changes or none, as one act. Raises InvalidInput, NotFound, or Refused for a stale base."""
        if not changes:
            raise InvalidInput("There is nothing to change.")
        with self._database.write() as session:
            # What was undone cannot be redone once something else has happened.
            session.execute(update(ChangeSetRow).where(ChangeSetRow.state == "undone").values(state="dropped"))
            act = Act.begin(session, "change", actor=actor, at=self._clock.now(), reason=reason, run_id=run_id)
            for change in changes:
                act.make(change, self._clock.zone)
            return act.told()

    def add(self, new: NewMemory, *, actor: Actor = "you", reason: str = "") -> Memory:
        """Add one memory."""
        return _after(self.apply([Create(new=new)], actor=actor, reason=reason))

    def edit(self, reference: str, *, actor: Actor = "you", reason: str = "", **values: Any) -> Memory:
        """Change fields of one memory (text, kind, subject, slot, value, dates, pinned, muted ...)."""
        return _after(self.apply([Update(memory=reference, values=values)], actor=actor, reason=reason))

    def pin(self, reference: str, pinned: bool = True, *, actor: Actor = "you") -> Memory:
        """Pinned memories come first and never fade."""
        return self.edit(reference, actor=actor, reason="pin" if pinned else "unpin", pinned=pinned)

    def mute(self, reference: str, muted: bool = True, *, actor: Actor = "you") -> Memory:
        """A muted memory is kept and not brought up."""
        return self.edit(reference, actor=actor, reason="mute" if muted else "unmute", muted=muted)

    def retire(self, reference: str, *, actor: Actor = "you", reason: str = "forget") -> Memory:
        """Put a memory into the trash: no longer recalled, still restorable. Raises Refused if it is there."""
        if self.get(reference).status is Status.RETIRED:
            raise Refused(f"{_name(reference)} is already in the trash.", "`reverie memory restore` brings it back.")
        return self.edit(reference, actor=actor, reason=reason, status=Status.RETIRED)

    def restore(self, reference: str, *, actor: Actor = "you") -> Memory:
        """Make a retired or superseded memory active again. Raises Refused if it is active."""
        if self.get(reference).status is Status.ACTIVE:
            raise Refused(f"{_name(reference)} is active already.")
        return self.edit(reference, actor=actor, reason="restore", status=Status.ACTIVE, superseded_by=None)

    # -- undo and redo

    def undo(self, *, actor: Actor = "you", only: int | None = None) -> ChangeSet:
        """Take the last act back (or act `only`): each of its memories returns to what it was.

        Acts of sleep runs are not on this stack; a night is undone as a night. Raises Refused if there is nothing to
        undo, or if a memory was changed since.
        """
        with self._database.write() as session:
            target = undoable(session, only)
            if target is None:
                raise Refused("There is nothing to undo.")
            now = self._clock.now()
            act = Act.begin(session, "undo", actor=actor, at=now, reason=target.reason, target=target.number)
            invert(act, target)
            target.state = "undone"
            return act.told()

    def redo(self, *, actor: Actor = "you") -> ChangeSet:
        """Do again what was undone last. Raises Refused if there is nothing."""
        with self._database.write() as session:
            target = redoable(session)
            if target is None:
                raise Refused("There is nothing to redo.")
            now = self._clock.now()
            act = Act.begin(session, "redo", actor=actor, at=now, reason=target.reason, target=target.number)
            replay(act, target)
            target.state = "done"
            return act.told()

    def revert(
        self, run_id: str, *, actor: Actor = "you", only: frozenset[str] | None = None
    ) -> tuple[ChangeSet | None, tuple[str, ...]]:
        """Take back what a night did to memories: to all, or to those with the ids `only`. Returns the act (None:
        nothing was left to take back), and the short ids of those that were changed since, which stay as they are.
        """
        with self._database.write() as session:
            moves = [row for row in ends_of(session, run_id) if only is None or row.memory_id in only]
            moves = [row for row in moves if not is_back(session, row)]
            why, now = "undo of a night", self._clock.now()
            act = Act.begin(session, "undo", actor=actor, at=now, reason=why, run_id=f"undo:{run_id}")
            kept = [f"m{row.memory_number}" for row in moves if not moved_back(act, row)]
            if len(kept) == len(moves):  # none moved, or there was none
                session.delete(act.row)
                return None, tuple(kept)
            session.flush()
            return act.told(), tuple(kept)


def _after(act: ChangeSet) -> Memory:
    memory = act.revisions[0].after
    assert memory is not None
    return memory


def _name(reference: str) -> str:
    return reference if len(reference) == 26 else f"m{parse_short_id(reference, 'm')[1]}"
