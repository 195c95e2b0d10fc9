"""Which memories are meant: a filter, and the conditions that it becomes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from memory.schema import ChangeSetRow, MemoryRow, RecallRow, RevisionRow
from memory.tags import folded
from memory.types import Kind, Status, Trust


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


ACTIVE = MemoryFilter()
"""All that counts."""


def conditions_of(wanted: MemoryFilter) -> list[ColumnElement[bool]]:
    """What a row must hold to match."""
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
