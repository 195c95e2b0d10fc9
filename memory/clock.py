"""The time, passed in: UTC instants, and the zone that words like "tomorrow" are meant in."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from memory.errors import InvalidInput


class Clock(Protocol):
    """Where the program gets the time from."""

    @property
    def zone(self) -> str:
        """IANA name of the user's zone."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock and zone."""

    zone: str = "UTC"

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands at one instant until it is moved: tests, demonstrations, `REVERIE_NOW`."""

    instant: datetime
    zone: str = "UTC"

    def now(self) -> datetime:
        return self.instant


def parse_instant(text: str, *, zone: str = "UTC") -> datetime:
    """An RFC 3339 time (a space or a missing offset are forgiven; without an offset `zone` counts) as UTC.

    Raises InvalidInput.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"{text!r} is not a time.", "Write it as 2026-05-03T18:30:00Z.") from error


def local_zone() -> str:
    """IANA name of the machine's zone, from TZ or /etc/localtime; UTC where neither tells."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _zone_of_localtime(), *time.tzname):
        try:
            if name and ZoneInfo(name):
                return name
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return "UTC"


def _zone_of_localtime() -> str:
    parts = Path("/etc/localtime").resolve().parts
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else ""


def clock_from_environment() -> Clock:
    """The machine's clock, or one standing at `REVERIE_NOW` where that is set."""
    fixed = os.environ.get("REVERIE_NOW")
    zone = local_zone()
    return FixedClock(parse_instant(fixed, zone=zone), zone) if fixed else SystemClock(zone)
