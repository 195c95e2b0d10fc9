"""Questions about the store that only a reader asks: how much a memory is used, what was known on a day, what was sent.

Nothing here writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from memory.database import Database
from memory.schema import ChangeSetRow, MemoryRow, MessageRow, ModelCallRow, RecallRow, RevisionRow, SourceRow
from memory.store.acts import revision_of, sources_of
from memory.store.rows import memory_from_json, to_memory
from memory.types import Memory, Revision, Status


@dataclass(frozen=True, kw_only=True)
class Use:
    """How often answers cited a memory, and when the last one did."""

    cited: int
    last: datetime


@dataclass(frozen=True, kw_only=True)
class Spent:
    """The calls of one model for one purpose."""

    model: str
    purpose: str
    remote: bool
    calls: int
    prompt_tokens: int
    completion_tokens: int
    milliseconds: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class Growth:
    """One week: its first day, memories made and memories that stopped counting in it."""

    week: str
    made: int
    gone: int


class Insight:
    """Reads across the tables. Every method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- use

    def uses(self) -> dict[str, Use]:
        """By short id: how often each memory was cited. Those never cited are left out."""
        query = (
            select(RecallRow.hit_number, func.count(), func.max(MessageRow.said_at))
            .join(MessageRow, MessageRow.id == RecallRow.message_id)
            .where(RecallRow.hit_type == "memory", RecallRow.state == "cited")
            .group_by(RecallRow.hit_number)
        )
        with self._database.read() as session:
            return {f"m{number}": Use(cited=n, last=last) for number, n, last in session.execute(query)}

    def growth(self) -> tuple[Growth, ...]:
        """Memories made and gone by week, oldest first; weeks without a change are left out."""
        with self._database.read() as session:
            rows = session.execute(
                select(ChangeSetRow.at, RevisionRow.before, RevisionRow.after).join(ChangeSetRow)
            ).all()
        weeks: dict[str, list[int]] = {}
        for at, before, after in rows:
            was = before is not None and before["status"] == Status.ACTIVE
            now = after is not None and after["status"] == Status.ACTIVE
            if was != now:
                year, week, _ = at.isocalendar()
                weeks.setdefault(f"{year}-W{week:02}", [0, 0])[was] += 1
        return tuple(Growth(week=week, made=made, gone=gone) for week, (made, gone) in sorted(weeks.items()))

    # -- time travel

    def known_at(self, moment: datetime) -> tuple[Memory, ...]:
        """The memories that counted at a moment, as they were then, newest first. Purged ones left nothing."""
        latest = (
            select(RevisionRow.memory_id, func.max(RevisionRow.number).label("number"))
            .join(ChangeSetRow)
            .where(ChangeSetRow.at <= moment)
            .group_by(RevisionRow.memory_id)
            .subquery()
        )
        query = select(RevisionRow.after).join(latest, latest.c.number == RevisionRow.number)
        with self._database.read() as session:
            states = [memory_from_json(after) for after in session.scalars(query) if after is not None]
        known = [memory for memory in states if memory.status is Status.ACTIVE]
        return tuple(sorted(known, key=lambda m: (m.updated_at, m.number), reverse=True))

    def true_at(self, moment: datetime) -> tuple[Memory, ...]:
        """What, as is known today, was so at a moment: begun by then and not yet over. Retired ones are left out."""
        begins = func.coalesce(MemoryRow.valid_from, MemoryRow.event_from, MemoryRow.said_at, MemoryRow.created_at)
        query = (
            select(MemoryRow)
            .where(MemoryRow.status.in_([Status.ACTIVE, Status.SUPERSEDED]), begins <= moment)
            .where((MemoryRow.valid_to.is_(None)) | (MemoryRow.valid_to > moment))
            .where((MemoryRow.status == Status.ACTIVE) | (MemoryRow.valid_to.is_not(None)))
            .order_by(MemoryRow.number.desc())
        )
        with self._database.read() as session:
            rows = session.scalars(query).all()
            sources = sources_of(session, [row.id for row in rows])
            return tuple(to_memory(row, sources.get(row.id, ())) for row in rows)

    def revisions(self, limit: int = 300) -> Sequence[Revision]:
        """The latest changes of all memories, newest first."""
        query = select(RevisionRow, ChangeSetRow).join(ChangeSetRow).order_by(RevisionRow.number.desc()).limit(limit)
        with self._database.read() as session:
            return [revision_of(r, c) for r, c in session.execute(query)]

    # -- conversations

    def drawn_from(self, conversation_id: str) -> tuple[Memory, ...]:
        """The memories, in or out of the trash, that quote a message of a conversation."""
        quoted = (
            select(SourceRow.memory_id)
            .join(MessageRow, MessageRow.id == SourceRow.message_id)
            .where(MessageRow.conversation_id == conversation_id)
        )
        with self._database.read() as session:
            rows = session.scalars(select(MemoryRow).where(MemoryRow.id.in_(quoted)).order_by(MemoryRow.number)).all()
            sources = sources_of(session, [row.id for row in rows])
            return tuple(to_memory(row, sources.get(row.id, ())) for row in rows)

    # -- the ledger

    def spent(self) -> tuple[Spent, ...]:
        """What each model was called for, the most called first; calls that left the machine before the others."""
        rows = (
            select(
                ModelCallRow.model, ModelCallRow.purpose, ModelCallRow.remote, func.count(),
                func.coalesce(func.sum(ModelCallRow.prompt_tokens), 0),
                func.coalesce(func.sum(ModelCallRow.completion_tokens), 0),
                func.coalesce(func.sum(ModelCallRow.milliseconds), 0),
                func.sum(case((ModelCallRow.status == "ok", 0), else_=1)),
            )
            .group_by(ModelCallRow.model, ModelCallRow.purpose, ModelCallRow.remote)
            .order_by(ModelCallRow.remote.desc(), func.count().desc())
        )  # fmt: skip
        with self._database.read() as session:
            return tuple(
                Spent(
                    model=model, purpose=purpose, remote=remote, calls=calls, prompt_tokens=prompt,
                    completion_tokens=completion, milliseconds=milliseconds, failed=failed,
                )
                for model, purpose, remote, calls, prompt, completion, milliseconds, failed in session.execute(rows)
            )  # fmt: skip
