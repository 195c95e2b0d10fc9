"""Times as exports write them."""

import math
from datetime import UTC, datetime
from typing import Any

from memory.clock import parse_instant
from memory.errors import InvalidInput

_LATEST = 4_102_444_800  # 2100: what is later is in milliseconds, or nonsense


def instant(value: Any) -> datetime | None:
    """Seconds (or milliseconds) since 1970, or an RFC 3339 text, as UTC; None for a missing, zero or absurd one."""
    if isinstance(value, str):
        try:
            return parse_instant(value)
        except InvalidInput:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    seconds = value / 1000 if value > _LATEST else value
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds <= _LATEST else None


def first_instant(*values: Any) -> datetime | None:
    """The first of `values` that is a time."""
    return next((moment for moment in map(instant, values) if moment is not None), None)
