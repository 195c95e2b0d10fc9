"""Rows to values and back, in one place."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from memory.schema import ConversationRow, MemoryRow, MessageRow, SourceRow, format_instant
from memory.types import Conversation, Kind, Memory, Message, NewMemory, Sensitivity, Source, Status, Trust

_ENUMS = {"kind": Kind, "trust": Trust, "sensitivity": Sensitivity, "status": Status}
_INSTANTS = ("said_at", "event_from", "event_to", "valid_from", "valid_to", "created_at", "updated_at")
MEMORY_COLUMNS = tuple(f.name for f in fields(Memory) if f.name != "sources")
LATER = {"tags": ""}
"""What earlier revisions and exports do not have."""
EDITABLE = frozenset(f.name for f in fields(NewMemory)) | {"status", "superseded_by"}


def to_conversation(row: ConversationRow, messages: int = 0) -> Conversation:
    return Conversation(
        id=row.id,
        number=row.number,
        title=row.title,
        created_at=row.created_at,
        updated_at=row.updated_at,
        archived_at=row.archived_at,
        origin=row.origin,
        external_id=row.external_id,
        head_message_id=row.head_message_id,
        draft=row.draft,
        messages=messages,
    )


def to_message(row: MessageRow) -> Message:
    return Message(**{f.name: getattr(row, f.name) for f in fields(Message)})


def to_memory(row: MemoryRow, sources: Sequence[SourceRow]) -> Memory:
    values = {name: getattr(row, name) for name in MEMORY_COLUMNS}
    for name, enum in _ENUMS.items():
        values[name] = enum(values[name])
    cited = tuple(Source(message_id=s.message_id, quote=s.quote, start=s.start, end=s.end) for s in sources)
    return Memory(**values, sources=cited)


def memory_to_json(memory: Memory) -> dict[str, Any]:
    """The state of a memory as a revision and an export keep it."""
    state = {name: getattr(memory, name) for name in MEMORY_COLUMNS}
    state |= {name: format_instant(state[name]) for name in _INSTANTS if state[name] is not None}
    state["sources"] = [
        {"message_id": s.message_id, "quote": s.quote, "start": s.start, "end": s.end} for s in memory.sources
    ]
    return state


def memory_from_json(state: dict[str, Any]) -> Memory:
    """The inverse of `memory_to_json`."""
    values = {name: (LATER | state)[name] for name in MEMORY_COLUMNS}
    for name, enum in _ENUMS.items():
        values[name] = enum(values[name])
    values |= {name: _instant(values[name]) for name in _INSTANTS if values[name] is not None}
    return Memory(**values, sources=tuple(Source(**s) for s in state["sources"]))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
