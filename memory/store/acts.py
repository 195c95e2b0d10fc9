"""Acts on memories: a list of changes, made within one transaction.

Each change has its revision; passages, full text and outbox move along in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from memory.errors import InvalidInput, NotFound, Refused
from memory.ids import new_id
from memory.passages import remove_passages, write_passages
from memory.schema import ChangeSetRow, MemoryRow, MessageRow, RevisionRow, SourceRow
from memory.store.rows import EDITABLE, MEMORY_COLUMNS, memory_from_json, memory_to_json, to_memory
from memory.tags import joined_tags
from memory.text import clean
from memory.types import (
    Actor,
    ChangeKind,
    ChangeSet,
    Kind,
    Memory,
    NewMemory,
    Revision,
    Sensitivity,
    Source,
    Trust,
    parse_short_id,
)

MAX_MEMORY_CHARS = 2_000
"""A memory is a statement, not a document."""


@dataclass(frozen=True, kw_only=True)
class Create:
    """Add a memory. With `id` another change of the same act can name it before it exists."""

    new: NewMemory
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, kw_only=True)
class Update:
    """Change fields of a memory; with `base`, only if its revision is still that one."""

    memory: str
    values: Mapping[str, Any]
    base: int | None = None


Change = Create | Update


class Act:
    """One act within a transaction: what it changes is written with a revision each, under one change set."""

    def __init__(self, session: Session, row: ChangeSetRow) -> None:
        self.session = session
        self.row = row

    @classmethod
    def begin(
        cls,
        session: Session,
        kind: ChangeKind,
        *,
        actor: Actor,
        at: datetime,
        reason: str,
        run_id: str | None = None,
        target: int | None = None,
    ) -> Self:
        """A new act; `target` is the number of the one that it undoes or does again."""
        row = ChangeSetRow(
            kind=kind, state="done", actor=actor, reason=clean(reason), run_id=run_id, target=target, at=at
        )
        session.add(row)
        session.flush()
        return cls(session, row)

    def make(self, change: Change, zone: str) -> None:
        """Carry a change out; a new memory that names no time zone is of `zone`."""
        if isinstance(change, Create):
            new = _checked(change.new)
            values = {f.name: getattr(new, f.name) for f in fields(new)}
            memory = Memory(**values, id=change.id, number=0, created_at=self.row.at, updated_at=self.row.at)
            self.write(memory if memory.zone else replace(memory, zone=zone), None)
            return
        row = memory_row(self.session, change.memory)
        if change.base is not None and row.revision != change.base:
            raise Refused(f"m{row.number} was changed meanwhile.")
        unknown = set(change.values) - EDITABLE
        if unknown:
            raise InvalidInput(f"A memory has no {', '.join(sorted(unknown))}.")
        self.write(_checked(replace(load_memory(self.session, row), **change.values)), row)

    def write(self, memory: Memory, row: MemoryRow | None) -> None:
        """Bring the row (None: a new one) to the state `memory`, with its revision, sources and passages."""
        session = self.session
        before = memory_to_json(load_memory(session, row)) if row is not None else None
        values = {name: getattr(memory, name) for name in MEMORY_COLUMNS}
        values |= {"updated_at": self.row.at, "revision": 0}
        if row is None:
            if not memory.number:
                del values["number"]
            row = MemoryRow(**values)
            session.add(row)
        else:
            for name, value in values.items():
                setattr(row, name, value)
        session.flush()
        _write_sources(session, row, memory.sources)
        if before is None or before["text"] != memory.text:
            write_passages(session, "memory", row.number, memory.text)
        self._record(row, before)

    def delete(self, row: MemoryRow) -> None:
        """Take a memory out, as if it had not been added; its revision stays."""
        before = memory_to_json(load_memory(self.session, row))
        remove_passages(self.session, "memory", row.number)
        self.session.add(
            RevisionRow(changeset=self.row.number, memory_id=row.id, memory_number=row.number, before=before)
        )
        self.session.delete(row)
        self.session.flush()

    def _record(self, row: MemoryRow, before: dict[str, Any] | None) -> None:
        revision = RevisionRow(
            changeset=self.row.number, memory_id=row.id, memory_number=row.number, before=before, after={}
        )
        self.session.add(revision)
        self.session.flush()
        row.revision = revision.number
        self.session.flush()
        revision.after = memory_to_json(load_memory(self.session, row))

    def told(self) -> ChangeSet:
        """The act as others are given it."""
        row = self.row
        return ChangeSet(
            number=row.number,
            kind=row.kind,  # type: ignore[arg-type]
            actor=row.actor,
            reason=row.reason,
            run_id=row.run_id,
            at=row.at,
            revisions=tuple(revision_of(r, row) for r in revisions_of(self.session, row)),
        )


def _checked(memory: Any) -> Any:
    """The memory with its text made safe, or InvalidInput."""
    text = clean(memory.text).strip()
    if not text:
        raise InvalidInput("A memory needs some text.")
    if len(text) > MAX_MEMORY_CHARS:
        raise InvalidInput(
            f"The text has {len(text):,} characters; a memory holds {MAX_MEMORY_CHARS:,}.",
            "Keep the statement; the conversation keeps the rest.",
        )
    if not 0.0 <= memory.confidence <= 1.0:
        raise InvalidInput(f"Confidence {memory.confidence} is not between 0 and 1.")
    try:
        named = {name: clean(value) for name in ("subject", "slot", "value") if (value := getattr(memory, name))}
        named["tags"] = joined_tags(memory.tags)
        named["sensitivity"] = Sensitivity.SENSITIVE if _is_sensitive(text) else memory.sensitivity
        return replace(memory, text=text, kind=Kind(memory.kind), trust=Trust(memory.trust), **named)
    except ValueError as error:
        raise InvalidInput(f"{error}.", f"Kinds: {', '.join(Kind)}.") from error


def _is_sensitive(text: str) -> bool:
    """Whoever writes a memory, the words decide; only a stricter mark than theirs is kept."""
    from memory.sensitive import matters_of

    return bool(matters_of(text))


def memory_row(session: Session, reference: str) -> MemoryRow:
    """The row that a short id or ULID names. Raises NotFound or InvalidInput."""
    by_id = len(reference) == 26
    where = MemoryRow.id == reference if by_id else MemoryRow.number == parse_short_id(reference, "m")[1]
    row = session.scalar(select(MemoryRow).where(where))
    if row is None:
        raise NotFound(f"There is no memory {reference}.", "`reverie memory list` shows them.")
    return row


def sources_of(session: Session, memory_ids: Sequence[str]) -> dict[str, list[SourceRow]]:
    """The rows of the quotes that memories rest on, by the memory's ULID."""
    grouped: dict[str, list[SourceRow]] = {}
    query = select(SourceRow).where(SourceRow.memory_id.in_(memory_ids)).order_by(SourceRow.number)
    for row in session.scalars(query):
        grouped.setdefault(row.memory_id, []).append(row)
    return grouped


def load_memory(session: Session, row: MemoryRow) -> Memory:
    """The memory of a row, with its sources."""
    return to_memory(row, sources_of(session, [row.id]).get(row.id, []))


def _write_sources(session: Session, row: MemoryRow, sources: tuple[Source, ...]) -> None:
    """Replace a memory's sources. Raises InvalidInput for a quote that its message does not hold."""
    session.execute(delete(SourceRow).where(SourceRow.memory_id == row.id))
    for source in sources:
        message = session.scalar(select(MessageRow).where(MessageRow.id == source.message_id))
        if message is None:
            continue  # undo after the message was purged: the memory returns without that source
        if message.content[source.start : source.end] != source.quote or not source.quote:
            raise InvalidInput(f"The quote {source.quote[:40]!r} is not in t{message.number}.")
        session.add(
            SourceRow(
                memory_id=row.id,
                message_id=source.message_id,
                quote=source.quote,
                start=source.start,
                end=source.end,
            )
        )
    session.flush()


def revisions_of(session: Session, act: ChangeSetRow) -> list[RevisionRow]:
    """The revisions of an act, in their order."""
    query = select(RevisionRow).where(RevisionRow.changeset == act.number).order_by(RevisionRow.number)
    return list(session.scalars(query))


def revision_of(row: RevisionRow, act: ChangeSetRow) -> Revision:
    """A revision of an act, as others are given it."""
    return Revision(
        number=row.number,
        memory_id=row.memory_id,
        memory_number=row.memory_number,
        before=memory_from_json(row.before) if row.before else None,
        after=memory_from_json(row.after) if row.after else None,
        actor=act.actor,
        reason=act.reason,
        run_id=act.run_id,
        at=act.at,
    )
