"""Memories: every change is one transaction with revisions and an actor, and can be undone and redone.

`apply` is the only writer. It takes a list of changes (one act of a person, of the assistant, or of a night), writes
them with a revision each under one change set, and moves passages, full text and outbox along in the same transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, delete, func, or_, select, update
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.database import Database
from memory.errors import InvalidInput, NotFound, Refused
from memory.ids import new_id
from memory.passages import remove_passages, write_passages
from memory.schema import ChangeSetRow, MemoryRow, MessageRow, RecallRow, RevisionRow, SourceRow, TombstoneRow
from memory.store.rows import EDITABLE, MEMORY_COLUMNS, memory_from_json, memory_to_json, to_memory
from memory.tags import folded, joined_tags
from memory.text import clean, fingerprint
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
    Status,
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


@dataclass(frozen=True, kw_only=True)
class MemoryFilter:
    """Which memories to list. An empty field does not restrict."""

    text: str = ""
    kinds: tuple[Kind, ...] = ()
    statuses: tuple[Status, ...] = (Status.ACTIVE,)
    trusts: tuple[Trust, ...] = ()
    subject: str = ""
    slot: str = ""
    pinned: bool | None = None
    muted: bool | None = None
    since: datetime | None = None
    """Said (or, without a date, stored) at this moment or later."""
    used_least: int | None = None
    """Cited by at least so many answers."""
    used_most: int | None = None
    surer_than: float | None = None
    less_sure_than: float | None = None
    tag: str = ""
    """With this tag, or one below it: `trips` also finds `trips/2026`."""
    source: str = ""
    """Who made it: you, assistant, import, sleep."""
    limit: int = 1_000
    offset: int = 0


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
            return _load(session, memory_row(session, reference))

    def list(self, wanted: MemoryFilter = MemoryFilter()) -> tuple[Memory, ...]:
        """Matching memories, the newest first."""
        query = (
            select(MemoryRow)
            .where(*_conditions(wanted))
            .order_by(MemoryRow.updated_at.desc(), MemoryRow.number.desc())
            .limit(wanted.limit)
            .offset(wanted.offset)
        )
        with self._database.read() as session:
            rows = session.scalars(query).all()
            sources = _sources(session, [row.id for row in rows])
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

    def count(self, wanted: MemoryFilter = MemoryFilter()) -> int:
        """How many memories match, whatever the limit."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(MemoryRow).where(*_conditions(wanted))) or 0

    def history(self, reference: str | None = None, *, limit: int = 200) -> tuple[Revision, ...]:
        """The revisions of one memory, or of all, newest first."""
        query = select(RevisionRow, ChangeSetRow).join(ChangeSetRow).order_by(RevisionRow.number.desc())
        with self._database.read() as session:
            if reference is not None:
                query = query.where(RevisionRow.memory_id == memory_row(session, reference).id)
            return tuple(_revision(r, c) for r, c in session.execute(query.limit(limit)))

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
            act = self._open(session, "change", actor=actor, reason=reason, run_id=run_id)
            for change in changes:
                self._make(session, act, change)
            return _changeset(session, act)

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

    def supersede(self, reference: str, new: NewMemory, *, actor: Actor = "you", reason: str = "") -> Memory:
        """Add `new` in the place of a memory, which is kept as history with its interval closed."""
        create = Create(new=new)
        closed = {"status": Status.SUPERSEDED, "superseded_by": create.id, "valid_to": new.said_at}
        act = self.apply([create, Update(memory=reference, values=closed)], actor=actor, reason=reason)
        return _after(act)

    # -- undo and redo

    def undo(self, *, actor: Actor = "you", only: int | None = None) -> ChangeSet:
        """Take the last act back (or act `only`): each of its memories returns to what it was.

        Acts of sleep runs are not on this stack; a night is undone as a night. Raises Refused if there is nothing to
        undo, or if a memory was changed since.
        """
        with self._database.write() as session:
            target = _undoable(session, only)
            if target is None:
                raise Refused("There is nothing to undo.")
            act = self._open(session, "undo", actor=actor, reason=target.reason, target=target.number)
            self._invert(session, act, target)
            target.state = "undone"
            return _changeset(session, act)

    def redo(self, *, actor: Actor = "you") -> ChangeSet:
        """Do again what was undone last. Raises Refused if there is nothing."""
        with self._database.write() as session:
            undone = (ChangeSetRow.kind == "change", ChangeSetRow.state == "undone")
            target = session.scalar(select(ChangeSetRow).where(*undone).order_by(ChangeSetRow.number))
            if target is None:
                raise Refused("There is nothing to redo.")
            act = self._open(session, "redo", actor=actor, reason=target.reason, target=target.number)
            self._replay(session, act, target)
            target.state = "done"
            return _changeset(session, act)

    def revert(
        self, run_id: str, *, actor: Actor = "you", only: frozenset[str] | None = None
    ) -> tuple[ChangeSet | None, tuple[str, ...]]:
        """Take back what a night did to memories: to all, or to those with the ids `only`. Returns the act (None:
        nothing was left to take back), and the short ids of those that were changed since, which stay as they are.
        """
        with self._database.write() as session:
            moves = [row for row in _ends(session, run_id) if only is None or row.memory_id in only]
            moves = [row for row in moves if not _is_back(session, row)]
            act = self._open(session, "undo", actor=actor, reason="undo of a night", run_id=f"undo:{run_id}")
            kept = [f"m{row.memory_number}" for row in moves if not self._moved(session, act, row)]
            if len(kept) == len(moves):  # none moved, or there was none
                session.delete(act)
                return None, tuple(kept)
            session.flush()
            return _changeset(session, act), tuple(kept)

    def _moved(self, session: Session, act: ChangeSetRow, row: RevisionRow) -> bool:
        try:
            self._move(session, act, row, expected=row.after, wanted=row.before)
        except Refused:
            return False
        return True

    def _invert(self, session: Session, act: ChangeSetRow, target: ChangeSetRow) -> None:
        for row in reversed(_revisions(session, target)):
            self._move(session, act, row, expected=row.after, wanted=row.before)

    def _replay(self, session: Session, act: ChangeSetRow, target: ChangeSetRow) -> None:
        for row in _revisions(session, target):
            self._move(session, act, row, expected=row.before, wanted=row.after)

    def _move(
        self,
        session: Session,
        act: ChangeSetRow,
        revision: RevisionRow,
        *,
        expected: dict[str, Any] | None,
        wanted: dict[str, Any] | None,
    ) -> None:
        """Bring one memory from `expected` to `wanted`, refusing if it is anything else now."""
        row = session.scalar(select(MemoryRow).where(MemoryRow.id == revision.memory_id))
        current = memory_to_json(_load(session, row)) if row is not None else None
        if _comparable(current) != _comparable(expected):
            raise Refused(f"m{revision.memory_number} was changed since; undo that first.")
        if wanted is None:
            assert row is not None
            self._delete(session, act, row)
        else:
            self._write(session, act, memory_from_json(wanted), row)

    # -- the parts of a change

    def _open(
        self,
        session: Session,
        kind: ChangeKind,
        *,
        actor: Actor,
        reason: str,
        run_id: str | None = None,
        target: int | None = None,
    ) -> ChangeSetRow:
        act = ChangeSetRow(
            kind=kind,
            state="done",
            actor=actor,
            reason=clean(reason),
            run_id=run_id,
            target=target,
            at=self._clock.now(),
        )
        session.add(act)
        session.flush()
        return act

    def _make(self, session: Session, act: ChangeSetRow, change: Change) -> None:
        if isinstance(change, Create):
            new = _checked(change.new)
            values = {f.name: getattr(new, f.name) for f in fields(new)}
            memory = Memory(**values, id=change.id, number=0, created_at=act.at, updated_at=act.at)
            if not memory.zone:
                memory = replace(memory, zone=self._clock.zone)
            self._write(session, act, memory, None)
            return
        row = memory_row(session, change.memory)
        if change.base is not None and row.revision != change.base:
            raise Refused(f"m{row.number} was changed meanwhile.")
        unknown = set(change.values) - EDITABLE
        if unknown:
            raise InvalidInput(f"A memory has no {', '.join(sorted(unknown))}.")
        self._write(session, act, _checked(replace(_load(session, row), **change.values)), row)

    def _write(self, session: Session, act: ChangeSetRow, memory: Memory, row: MemoryRow | None) -> None:
        """Bring the row to the state `memory`, with its revision, sources and passages."""
        before = memory_to_json(_load(session, row)) if row is not None else None
        values = {name: getattr(memory, name) for name in MEMORY_COLUMNS}
        values |= {"updated_at": act.at, "revision": 0}
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
        self._record(session, act, row, before)

    def _delete(self, session: Session, act: ChangeSetRow, row: MemoryRow) -> None:
        before = memory_to_json(_load(session, row))
        remove_passages(session, "memory", row.number)
        session.add(RevisionRow(changeset=act.number, memory_id=row.id, memory_number=row.number, before=before))
        session.delete(row)
        session.flush()

    def _record(self, session: Session, act: ChangeSetRow, row: MemoryRow, before: dict[str, Any] | None) -> None:
        revision = RevisionRow(
            changeset=act.number, memory_id=row.id, memory_number=row.number, before=before, after={}
        )
        session.add(revision)
        session.flush()
        row.revision = revision.number
        session.flush()
        revision.after = memory_to_json(_load(session, row))


def _after(act: ChangeSet) -> Memory:
    memory = act.revisions[0].after
    assert memory is not None
    return memory


def _name(reference: str) -> str:
    return reference if len(reference) == 26 else f"m{parse_short_id(reference, 'm')[1]}"


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


def _conditions(wanted: MemoryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, values in (
        (MemoryRow.kind, wanted.kinds),
        (MemoryRow.status, wanted.statuses),
        (MemoryRow.trust, wanted.trusts),
    ):
        if values:
            conditions.append(column.in_([str(v) for v in values]))
    if wanted.pinned is not None:
        conditions.append(MemoryRow.pinned.is_(wanted.pinned))
    if wanted.muted is not None:
        conditions.append(MemoryRow.muted.is_(wanted.muted))
    if wanted.subject:
        conditions.append(func.lower(MemoryRow.subject) == wanted.subject.lower())
    if wanted.slot:
        conditions.append(MemoryRow.slot == wanted.slot)
    conditions.extend(_rare_conditions(wanted))
    conditions.extend(
        or_(
            MemoryRow.text.icontains(word, autoescape=True),
            MemoryRow.subject.icontains(word, autoescape=True),
            MemoryRow.kind == word.lower(),
        )
        for word in wanted.text.split()
    )
    return conditions


def _rare_conditions(wanted: MemoryFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.tag:
        tags, tag = " " + MemoryRow.tags + " ", folded(wanted.tag.lstrip("#"))
        yield or_(*(tags.contains(f" {tag}{end}", autoescape=True) for end in " /"))
    if wanted.since is not None:
        yield (func.coalesce(MemoryRow.said_at, MemoryRow.created_at) >= wanted.since)
    if wanted.surer_than is not None:
        yield (MemoryRow.confidence > wanted.surer_than)
    if wanted.less_sure_than is not None:
        yield (MemoryRow.confidence < wanted.less_sure_than)
    if wanted.used_least is not None:
        yield (times_cited() >= wanted.used_least)
    if wanted.used_most is not None:
        yield (times_cited() <= wanted.used_most)
    if wanted.source:
        made = select(RevisionRow.number).join(ChangeSetRow)
        made = made.where(RevisionRow.memory_id == MemoryRow.id, RevisionRow.before.is_(None))
        yield made.where(ChangeSetRow.actor.startswith(wanted.source, autoescape=True)).exists()


def times_cited() -> ScalarSelect[int]:
    """How many answers cited the memory of the query around it."""
    return (
        select(func.count())
        .select_from(RecallRow)
        .where(RecallRow.hit_type == "memory", RecallRow.hit_number == MemoryRow.number, RecallRow.state == "cited")
        .correlate(MemoryRow)
        .scalar_subquery()
    )


def memory_row(session: Session, reference: str) -> MemoryRow:
    """The row that a short id or ULID names. Raises NotFound or InvalidInput."""
    by_id = len(reference) == 26
    where = MemoryRow.id == reference if by_id else MemoryRow.number == parse_short_id(reference, "m")[1]
    row = session.scalar(select(MemoryRow).where(where))
    if row is None:
        raise NotFound(f"There is no memory {reference}.", "`reverie memory list` shows them.")
    return row


def _sources(session: Session, memory_ids: Sequence[str]) -> dict[str, list[SourceRow]]:
    grouped: dict[str, list[SourceRow]] = {}
    query = select(SourceRow).where(SourceRow.memory_id.in_(memory_ids)).order_by(SourceRow.number)
    for row in session.scalars(query):
        grouped.setdefault(row.memory_id, []).append(row)
    return grouped


def _load(session: Session, row: MemoryRow) -> Memory:
    return to_memory(row, _sources(session, [row.id]).get(row.id, []))


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


def _undoable(session: Session, only: int | None) -> ChangeSetRow | None:
    query = select(ChangeSetRow).where(
        ChangeSetRow.kind == "change", ChangeSetRow.state == "done", ChangeSetRow.run_id.is_(None)
    )
    if only is not None:
        query = query.where(ChangeSetRow.number == only)
    return session.scalar(query.order_by(ChangeSetRow.number.desc()).limit(1))


def _revisions(session: Session, act: ChangeSetRow) -> list[RevisionRow]:
    query = select(RevisionRow).where(RevisionRow.changeset == act.number).order_by(RevisionRow.number)
    return list(session.scalars(query))


def _ends(session: Session, run_id: str) -> list[RevisionRow]:
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


def _is_back(session: Session, move: RevisionRow) -> bool:
    """Whether a memory is what it was before already: this change of a night was taken back alone."""
    row = session.scalar(select(MemoryRow).where(MemoryRow.id == move.memory_id))
    current = memory_to_json(_load(session, row)) if row is not None else None
    return _comparable(current) == _comparable(move.before)


def _comparable(state: dict[str, Any] | None) -> dict[str, Any] | None:
    """A state without what every write changes by itself."""
    if state is None:
        return None
    return {name: value for name, value in state.items() if name not in {"updated_at", "revision"}}


def _revision(row: RevisionRow, act: ChangeSetRow) -> Revision:
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


def _changeset(session: Session, act: ChangeSetRow) -> ChangeSet:
    revisions = tuple(_revision(row, act) for row in _revisions(session, act))
    return ChangeSet(
        number=act.number,
        kind=act.kind,  # type: ignore[arg-type]
        actor=act.actor,
        reason=act.reason,
        run_id=act.run_id,
        at=act.at,
        revisions=revisions,
    )
