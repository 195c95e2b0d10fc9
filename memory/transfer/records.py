"""Rows of the home as records (plain JSON values) and back, checked against the tables they belong to.

A record is the row of its table by column name, times as RFC 3339, plus what `dump` joins to it. What comes back from
a file is as untrusted as any other import: every value is checked for its type and every text is cleaned.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from sqlalchemy import Table
from sqlalchemy.types import JSON, Boolean, Double, Float, Integer

from memory.nights import ChangeKind, Decision, ItemKind, Level, RunStatus, Section, Target
from memory.preferences import PreferenceKind
from memory.schema import (
    Base,
    ChangeSetRow,
    ConversationRow,
    FeedbackRow,
    Instant,
    MemoryRow,
    MessageRow,
    ModelCallRow,
    RecallRow,
    RevisionRow,
    TombstoneRow,
    format_instant,
)
from memory.schema_nights import ChangeRow, DreamRow, ExamItemRow, ProfileLineRow, RunRow, SummaryRow, WaitingRow
from memory.schema_weights import PreferenceRow
from memory.store.rows import LATER as LATER_COLUMNS
from memory.text import MAX_MESSAGE_CHARS, clean
from memory.types import Kind, Sensitivity, Status, Trust

VERSION = 1
"""Of the export's own layout, independent of the schema's."""

Record = dict[str, Any]

TABLES: dict[str, type[Base]] = {
    "conversation": ConversationRow,
    "message": MessageRow,
    "memory": MemoryRow,
    "change": ChangeSetRow,
    "revision": RevisionRow,
    "recall": RecallRow,
    "feedback": FeedbackRow,
    "call": ModelCallRow,
    "tombstone": TombstoneRow,
    "night": RunRow,
    "step": ChangeRow,
    "summary": SummaryRow,
    "line": ProfileLineRow,
    "dream": DreamRow,
    "exam": ExamItemRow,
    "waiting": WaitingRow,
    "preference": PreferenceRow,
}
NUMBERED = (
    *("conversation", "message", "memory", "changeset", "revision", "model_call"),
    *("sleep_run", "summary", "profile_line", "dream", "exam_item", "preference"),
)
"""Tables whose last number is kept, so that no number is ever given twice."""

SECTIONS = ("memories", "history", "recall", "feedback", "ledger", "tombstones", "nights")
"""What an export has beside the conversations, in the order in which it is read back."""
LATER = frozenset({"nights", "feedback"})
"""Sections that earlier exports do not have."""

LARGEST_NUMBER = 10**9
_LARGEST_INTEGER = 2**53
_CHOICES: dict[tuple[str, str], frozenset[str]] = {
    ("message", "role"): frozenset({"user", "assistant", "system"}),
    ("message", "status"): frozenset({"complete", "stopped", "failed"}),
    ("memory", "kind"): frozenset(Kind),
    ("memory", "trust"): frozenset(Trust),
    ("memory", "sensitivity"): frozenset(Sensitivity),
    ("memory", "status"): frozenset(Status),
    ("change", "kind"): frozenset({"change", "undo", "redo"}),
    ("change", "state"): frozenset({"done", "undone", "dropped"}),
    ("recall", "hit_type"): frozenset({"message", "memory"}),
    ("feedback", "hit_type"): frozenset({"message", "memory"}),
    ("recall", "state"): frozenset({"cited", "given", "found"}),
    ("call", "status"): frozenset({"ok", "stopped", "failed"}),
    ("night", "status"): frozenset(get_args(RunStatus)),
    ("step", "kind"): frozenset(ChangeKind),
    ("step", "target"): frozenset(get_args(Target)),
    ("step", "decision"): frozenset(get_args(Decision)),
    ("summary", "level"): frozenset(Level),
    ("line", "section"): frozenset(Section),
    ("line", "owner"): frozenset({"sleep", "you"}),
    ("dream", "status"): frozenset({"new", "kept", "dismissed"}),
    ("exam", "kind"): frozenset(ItemKind),
    ("preference", "kind"): frozenset(PreferenceKind),
}


class BadRecord(Exception):
    """A record that cannot be a row; says why."""


def table_of(kind: str) -> Table:
    """The table that records of this kind are rows of."""
    table = TABLES[kind].__table__
    assert isinstance(table, Table)
    return table


def to_record(kind: str, row: Mapping[str, Any]) -> Record:
    """A row as a record."""
    values = {column.name: row[column.name] for column in table_of(kind).columns}
    return {name: format_instant(v) if isinstance(v, datetime) else v for name, v in values.items()}


def to_row(kind: str, record: Record) -> dict[str, Any]:
    """A record as the values of a row. Raises BadRecord."""
    row: dict[str, Any] = {}
    for column in table_of(kind).columns:
        value = record.get(column.name)
        if value is None and column.server_default is not None:
            value = LATER_COLUMNS.get(column.name)  # a column that earlier exports do not have
        if value is None:
            if not column.nullable:
                raise BadRecord("an incomplete record")
            row[column.name] = None
            continue
        row[column.name] = _value(column.type, value)
        choices = _CHOICES.get((kind, column.name))
        if choices is not None and value not in choices:
            raise BadRecord(f"an unknown {column.name}")
    _check_names(row)
    return row


def _check_names(row: Mapping[str, Any]) -> None:
    if "number" in row and not 0 < row["number"] <= LARGEST_NUMBER:
        raise BadRecord("a number out of range")
    if "id" in row and len(row["id"]) != 26:
        raise BadRecord("an id that is not a ULID")


def _value(kind: Any, value: Any) -> Any:
    if isinstance(kind, Instant):
        return _instant(value)
    if isinstance(kind, JSON):
        if not isinstance(value, (dict, list)):
            raise BadRecord("a value of the wrong type")
        return cleaned(value)
    if isinstance(kind, Boolean):
        return _typed(value, bool)
    if isinstance(kind, Integer):
        if abs(_typed(value, int)) > _LARGEST_INTEGER or isinstance(value, bool):
            raise BadRecord("a number out of range")
        return value
    if isinstance(kind, (Float, Double)):
        if isinstance(value, bool) or not math.isfinite(_typed(value, (int, float))):
            raise BadRecord("a number out of range")
        return float(value)
    return _text(_typed(value, str))


def _typed(value: Any, kind: type | tuple[type, ...]) -> Any:
    if not isinstance(value, kind):
        raise BadRecord("a value of the wrong type")
    return value


def _text(value: str) -> str:
    if len(value) > MAX_MESSAGE_CHARS:
        raise BadRecord(f"longer than {MAX_MESSAGE_CHARS:,} characters")
    return clean(value)


def _instant(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(_typed(value, str)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRecord("a value that is not a time") from error


def cleaned(value: Any) -> Any:
    """A JSON value with every text in it cleaned. Raises BadRecord if it is nested absurdly deep."""
    try:
        return _cleaned(value)
    except RecursionError as error:
        raise BadRecord("nested too deep") from error


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_text(name): _cleaned(item) for name, item in value.items()}
    return value


def dumps(record: Record) -> str:
    """A record on one line, the same text for the same values."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
