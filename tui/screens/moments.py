"""Days and spans as a person types them into a filter."""

import re
from datetime import datetime, timedelta

from memory.errors import InvalidInput
from tui.screens.times import _zone

_SPAN = re.compile(r"(\d{1,5})\s*([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_FORMS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%b %d %Y", "%B %d %Y")
_FORMS_WITHOUT_YEAR = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")


def parse_moment(text: str, now: datetime, zone: str) -> datetime:
    """The end of the day that is meant: `2025-05-03`, `3 May`, `yesterday`, `30d`. Raises InvalidInput."""
    begins = parse_since(text, now, zone)
    return min(begins + timedelta(days=1) - timedelta(seconds=1), now) if begins <= now else begins


def parse_since(text: str, now: datetime, zone: str) -> datetime:
    """The beginning of the day that is meant. Raises InvalidInput."""
    here = now.astimezone(_zone(zone))
    today = here.replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = " ".join(text.strip().lower().replace(",", " ").split())
    if wanted in ("today", "now"):
        return today
    if wanted == "yesterday":
        return today - timedelta(days=1)
    if span := _SPAN.fullmatch(wanted):
        return today - timedelta(days=int(span[1]) * _DAYS[span[2]])
    for written, forms in ((wanted, _FORMS), (f"{wanted} {here.year}", _FORMS_WITHOUT_YEAR)):
        for form in forms:
            try:
                found = datetime.strptime(written, form).replace(tzinfo=today.tzinfo)
            except ValueError:
                continue
            # A date without a year is the last one that has been.
            return found.replace(year=found.year - 1) if written != wanted and found > here else found
    raise InvalidInput(f"{text!r} is no day.", "Write 3 May, 2025-05-03, yesterday, or 30d for thirty days ago.")
