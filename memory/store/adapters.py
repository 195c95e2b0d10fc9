"""Adapters as stored. Whether one is dirty is not stored: it is what its memories say today."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from memory.database import Database
from memory.errors import InvalidInput, NotFound
from memory.ids import new_id
from memory.schema import MemoryRow
from memory.schema_weights import AdapterFactRow, AdapterItemRow, AdapterRow
from memory.store.preferences import in_force
from memory.text import fingerprint
from memory.types import Status
from memory.weights import Adapter, AdapterFact, AdapterItem, AdapterStatus


class AdapterStore:
    """Reads and writes adapters. Every method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> tuple[Adapter, ...]:
        """All adapters, newest first."""
        with self._database.read() as session:
            rows = session.scalars(select(AdapterRow).order_by(AdapterRow.number.desc())).all()
            return _adapters(session, rows)

    def get(self, reference: str) -> Adapter:
        """An adapter by `a3`, `3` or its id. Raises NotFound or InvalidInput."""
        bare = reference.strip().removeprefix("a").removeprefix("A")
        condition = AdapterRow.number == int(bare) if bare.isdecimal() else AdapterRow.id == reference.strip()
        if not bare.isdecimal() and len(reference.strip()) != 26:
            raise InvalidInput(f"{reference!r} is no adapter.", "`reverie adapter list` lists them: a1, a2 ...")
        with self._database.read() as session:
            row = session.scalar(select(AdapterRow).where(condition))
            if row is None:
                raise NotFound(f"There is no adapter {reference}.", "`reverie adapter list` lists them.")
            return _adapters(session, [row])[0]

    def active(self, base: str = "") -> tuple[Adapter, ...]:
        """The adapters that the chat uses, the lowest first: those switched on, up to the first that is dirty or lacks
        one it was trained on. With `base` only those of that base's hash.
        """
        with self._database.read() as session:
            rows = session.scalars(
                select(AdapterRow).where(AdapterRow.status == AdapterStatus.ACTIVE).order_by(AdapterRow.number)
            ).all()
            stack: list[Adapter] = []
            for adapter in _adapters(session, rows):
                if (base and adapter.base_hash != base) or adapter.below != tuple(a.id for a in stack):
                    continue
                if adapter.dirty:
                    break
                stack.append(adapter)
            return tuple(stack)

    def items(self, adapter: Adapter) -> tuple[AdapterItem, ...]:
        """What an adapter rehearsed of its own night, in the order it was written."""
        with self._database.read() as session:
            rows = session.scalars(
                select(AdapterItemRow).where(AdapterItemRow.adapter == adapter.number).order_by(AdapterItemRow.number)
            )
            return tuple(
                AdapterItem(
                    kind=r.kind, question=r.question, answer=r.answer, block=r.block, memories=tuple(r.memories)
                )
                for r in rows
            )

    def learned(self) -> Mapping[str, str]:
        """Ids of the memories that switched-on adapters learned, with the fingerprint of what they said."""
        with self._database.read() as session:
            rows = session.execute(
                select(AdapterFactRow.memory_id, AdapterFactRow.fingerprint)
                .join(AdapterRow)
                .where(AdapterRow.status == AdapterStatus.ACTIVE)
                .order_by(AdapterRow.number)
            )
            return {memory_id: mark for memory_id, mark in rows}

    def add(
        self,
        *,
        id: str = "",
        status: AdapterStatus,
        base: str,
        base_hash: str,
        below: Sequence[str],
        manifest: Mapping[str, Any],
        metrics: Mapping[str, Any],
        facts: Iterable[AdapterFact],
        items: Iterable[AdapterItem],
        at: datetime,
    ) -> Adapter:
        """Store a trained adapter; its files are there already."""
        with self._database.write() as session:
            row = AdapterRow(
                id=id or new_id(), status=status, base=base, base_hash=base_hash, below=list(below),
                manifest=dict(manifest), metrics=dict(metrics), created_at=at,
            )  # fmt: skip
            session.add(row)
            session.flush()
            session.add_all(
                AdapterFactRow(adapter=row.number, memory_id=f.memory_id, fingerprint=f.fingerprint, streak=f.streak)
                for f in facts
            )
            session.add_all(
                AdapterItemRow(
                    adapter=row.number, kind=i.kind, question=i.question, answer=i.answer, block=i.block,
                    memories=list(i.memories),
                )
                for i in items
            )  # fmt: skip
            session.flush()
            return _adapters(session, [row])[0]

    def set_status(self, adapters: Iterable[Adapter], status: AdapterStatus) -> None:
        """Switch adapters on or off."""
        with self._database.write() as session:
            numbers = [adapter.number for adapter in adapters]
            session.execute(update(AdapterRow).where(AdapterRow.number.in_(numbers)).values(status=status))

    def mark(self, recalled: Mapping[str, bool]) -> None:
        """Count for each memory the nights in a row in which it was recalled without retrieval."""
        with self._database.write() as session:
            for fact in session.scalars(select(AdapterFactRow).where(AdapterFactRow.memory_id.in_(list(recalled)))):
                fact.streak = fact.streak + 1 if recalled[fact.memory_id] else 0

    def remove(self, adapter: Adapter) -> None:
        """Forget an adapter with its items. Its files are the caller's to remove."""
        with self._database.write() as session:
            session.delete(session.get_one(AdapterRow, adapter.number))


def _adapters(session: Session, rows: Sequence[AdapterRow]) -> tuple[Adapter, ...]:
    numbers = [row.number for row in rows]
    facts: dict[int, list[AdapterFactRow]] = {}
    for fact in session.scalars(select(AdapterFactRow).where(AdapterFactRow.adapter.in_(numbers))):
        facts.setdefault(fact.adapter, []).append(fact)
    wanted = {fact.memory_id for found in facts.values() for fact in found}
    says = dict(in_force(session, wanted))
    for row in session.scalars(select(MemoryRow).where(MemoryRow.id.in_(wanted))):
        if row.status != Status.RETIRED and not row.muted:
            says[row.id] = fingerprint(row.text)
    return tuple(_adapter(row, facts.get(row.number, []), says) for row in rows)


def _adapter(row: AdapterRow, facts: Sequence[AdapterFactRow], says: Mapping[str, str]) -> Adapter:
    return Adapter(
        id=row.id,
        number=row.number,
        status=AdapterStatus(row.status),
        base=row.base,
        base_hash=row.base_hash,
        below=tuple(row.below),
        manifest=row.manifest,
        metrics=row.metrics,
        created_at=row.created_at,
        facts=tuple(AdapterFact(memory_id=f.memory_id, fingerprint=f.fingerprint, streak=f.streak) for f in facts),
        dirty=tuple(f.memory_id for f in facts if says.get(f.memory_id) != f.fingerprint),
    )
