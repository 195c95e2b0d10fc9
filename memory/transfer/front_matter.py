"""The YAML at the head of a Markdown file, and times as people write them there."""

import re
from datetime import date, datetime, time
from typing import Any

from memory.clock import parse_instant
from memory.errors import InvalidInput

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,65536}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_DATES = ("date", "created", "created_at")


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """(the fields at the head of `text`, the text below them); no fields where there are none or they are not YAML."""
    match = _FRONT_MATTER.match(text)
    fields = _yaml(match[1]) if match else None
    return (fields, text[match.end() :]) if match and fields is not None else ({}, text)


def dated(fields: dict[str, Any], zone: str) -> datetime | None:
    """When the file says that it was written; what names no zone is in `zone`."""
    return next((moment for moment in (when(fields.get(name), zone) for name in _DATES) if moment), None)


def when(value: Any, zone: str) -> datetime | None:
    """A time, or noon of a day, as UTC; None for anything else."""
    if isinstance(value, datetime):
        return _parsed(value.isoformat(), zone)
    if isinstance(value, date):
        return _parsed(datetime.combine(value, time(12)).isoformat(), zone)
    return _parsed(value, zone) if isinstance(value, str) else None


def _yaml(text: str) -> dict[str, Any] | None:
    import yaml

    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        return None
    return value if isinstance(value, dict) else None


def _parsed(text: str, zone: str) -> datetime | None:
    try:
        return parse_instant(text, zone=zone)
    except InvalidInput:
        return None
