"""What nights change, as rows and as JSON: memories, summaries, lines of the page, dreams."""

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

from memory.nights import Change, ChangeKind, Decision, Dream, Level, Payload, ProfileLine, Section, Summary, Target
from memory.schema import Base, format_instant
from memory.schema_nights import ChangeRow, DreamRow, ProfileLineRow, SummaryRow
from memory.store.rows import memory_from_json, memory_to_json
from memory.types import Memory

Derived = TypeVar("Derived", Summary, ProfileLine, Dream)
ROWS: dict[type, type[Base]] = {Summary: SummaryRow, ProfileLine: ProfileLineRow, Dream: DreamRow}


def derived(kind: type[Derived], row: Any) -> Derived:
    """A summary, a line or a dream as its row has it."""
    return cast("Derived", payload_of(kind, row))


def payload_of(kind: Any, row: Any) -> Payload:
    """The same, where the kind is known only while it runs."""
    values = {f.name: getattr(row, f.name) for f in fields(kind)}
    for name in ("sources", "memories"):
        if name in values:
            values[name] = tuple(values[name])
    _name_enums(values)
    return cast("Payload", kind(**values))


def _name_enums(values: dict[str, Any]) -> None:
    for name, kind in (("level", Level), ("section", Section)):
        if name in values:
            values[name] = kind(values[name])


def without_stored(payload: Payload | None) -> dict[str, Any] | None:
    """Its values without what storing it adds."""
    return None if payload is None else {k: v for k, v in asdict(payload).items() if k not in ("number", "at")}


def write_derived(session: Session, kind: type[Base], row: Any, after: Summary | ProfileLine | Dream) -> None:
    """Bring a row (None: a new one) to what it is to be."""
    values = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(after).items() if k != "number"}
    if row is None:
        number = getattr(after, "number", 0)  # what comes back has the number that it had
        session.add(kind(**values, **({"number": number} if number else {})))
    else:
        for name, value in values.items():
            setattr(row, name, value)


_KINDS: dict[Target, type] = {"summary": Summary, "line": ProfileLine, "dream": Dream}


def payload_to_json(payload: Payload | None) -> dict[str, Any] | None:
    """The stored form of one side of a change."""
    if payload is None:
        return None
    if isinstance(payload, Memory):
        return memory_to_json(payload)
    values = asdict(payload)
    return {**values, "at": format_instant(values["at"])}


def payload_from_json(target: Target, values: dict[str, Any] | None) -> Payload | None:
    """The inverse of `payload_to_json`."""
    if values is None:
        return None
    if target == "memory":
        return memory_from_json(values)
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    values["at"] = datetime.fromisoformat(values["at"])
    _name_enums(values)
    make = cast("Callable[..., Payload]", _KINDS[target])
    return make(**values)


def change_row(run: int, position: int, change: Change) -> ChangeRow:
    """The row of a change at a position of a night."""
    target, target_id = change.key
    return ChangeRow(
        run=run,
        position=position,
        stage=change.stage,
        kind=change.kind,
        target=target,
        target_id=target_id,
        before=payload_to_json(change.before),
        after=payload_to_json(change.after),
        reason=change.reason,
        confidence=change.confidence,
        safe=change.safe,
        decision=change.decision,
        note=change.note,
    )


def change_of(row: ChangeRow) -> Change:
    """The change of a row."""
    target = cast("Target", row.target)
    return Change(
        stage=row.stage,
        kind=ChangeKind(row.kind),
        before=payload_from_json(target, row.before),
        after=payload_from_json(target, row.after),
        reason=row.reason,
        confidence=row.confidence,
        safe=row.safe,
        decision=cast("Decision", row.decision),
        note=row.note,
    )
