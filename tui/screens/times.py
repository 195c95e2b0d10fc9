"""Moments as people say them, in the user's own zone."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def ago(moment: datetime, now: datetime, zone: str) -> str:
    """`moment` seen from `now`, at most 11 characters: "5 min ago", "yesterday", "3 May", "12 Dec 2024"."""
    seconds = (now - moment).total_seconds()
    here = _zone(zone)
    then, today = moment.astimezone(here), now.astimezone(here)
    days = (today.date() - then.date()).days
    if seconds < 0 or days >= 7:
        return _date(then, today)
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if days == 0:
        return f"{int(seconds // 3600)} h ago"
    return "yesterday" if days == 1 else f"{then:%A}"


def day(moment: datetime, now: datetime, zone: str) -> str:
    """The date of `moment`, with the year only where it is another one than that of `now`."""
    here = _zone(zone)
    return _date(moment.astimezone(here), now.astimezone(here))


def minute(moment: datetime, now: datetime, zone: str) -> str:
    """The date and the time of `moment`: "3 May 14:05"."""
    return f"{day(moment, now, zone)} {moment.astimezone(_zone(zone)):%H:%M}"


def _date(then: datetime, today: datetime) -> str:
    year = "" if then.year == today.year else f" {then.year}"
    return f"{then.day} {then:%b}{year}"


def _zone(name: str) -> tzinfo:
    """The zone, or UTC for a name that this machine's tables do not know (imported data may hold any)."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
