"""Times in a statement, as intervals: resolved against when it was said, never against now."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_UNIT = r"(?:day|week|month|year|weekend)"
_NUMBER = r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|a few|a couple of)"
PHRASE = re.compile(
    rf"\b(?:"
    rf"(?P<day>(?:on\s+)?(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?"
    rf"|(?:on\s+)?{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?|(?:on\s+)?\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|today|tonight|tomorrow|yesterday|the day (?:after tomorrow|before yesterday)|last night|this (?:morning|evening|afternoon)"
    rf"|(?:on\s+|(?:this|next|last)\s+){_DAY}|in\s+{_NUMBER}\s+days?|{_NUMBER}\s+days?\s+ago)"
    rf"|(?P<week>(?:this|next|last)\s+(?:week(?:end)?)|in\s+{_NUMBER}\s+weeks?|{_NUMBER}\s+weeks?\s+ago)"
    rf"|(?P<month>(?:in|this|next|last|since)\s+{_MONTH}(?:\s+\d{{4}})?|(?:this|next|last)\s+month|in\s+{_NUMBER}\s+months?|{_NUMBER}\s+months?\s+ago)"
    rf"|(?P<year>in\s+(?:19|20)\d{{2}}|(?:this|next|last)\s+year|in\s+{_NUMBER}\s+years?|{_NUMBER}\s+years?\s+ago)"
    rf")\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?P<word>until|till)\s+(?P<rest>\S.*)$", re.IGNORECASE)
_WORDS = {"a few": "3", "a couple of": "2", "a": "1", "an": "1"}
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@dataclass(frozen=True, slots=True)
class When:
    """An interval [start, end) in UTC, how exact it is, and the words that said it."""

    start: datetime
    end: datetime
    granularity: str
    phrase: str

    def is_future(self, said_at: datetime) -> bool:
        return self.end > said_at

    def is_past(self, said_at: datetime) -> bool:
        return self.start <= said_at


def find_when(text: str, said_at: datetime, zone: str, *, past: bool = False) -> When | None:
    """The first time that `text` names, or None. A bare "in March" is the next one, or with `past` the last."""
    match = PHRASE.search(text)
    if match is None or match.lastgroup is None:
        return None
    local = said_at.astimezone(zone_of(zone))
    try:
        moment = _resolve(match[0].lower(), local, past)
        if moment is None:
            return None
        start, end = _interval(moment, match.lastgroup, match[0].lower())
    except (OverflowError, ValueError):  # "in 999 years", 31 February
        return None
    return When(start.astimezone(UTC), end.astimezone(UTC), match.lastgroup, match[0])


def find_until(text: str, said_at: datetime, zone: str) -> When | None:
    """How long something is said to last: "until Friday", or None."""
    match = _UNTIL.search(text)
    if match is None:
        return None
    rest = match["rest"]
    bare = re.match(rf"(?P<day>{_DAY})|{_MONTH}(?=$|\W+(?!\d))(?:\s+\d{{4}})?", rest, re.IGNORECASE)
    if bare is None:
        when, phrase = find_when(rest, said_at, zone), ""
    else:
        phrase = bare[0]
        when = find_when(f"{'on' if bare['day'] else 'in'} {phrase}", said_at, zone)
    if when is None or not rest.lower().startswith((phrase or when.phrase).lower()):
        return None
    end = when.start if bare is not None and not bare["day"] else when.end  # until June: not in June any more
    return When(when.start, end, when.granularity, f"{match['word']} {phrase or when.phrase}")


def written_out(text: str, when: When, zone: str) -> str:
    """`text` with the words for `when` replaced by its date, where they depend on the day they were said on."""
    if re.search(r"\d{4}", when.phrase) or when.phrase.lower() not in text.lower():
        return text
    day = when.start.astimezone(zone_of(zone))
    full = f"{day.day} {day:%B %Y}"
    match when.granularity:
        case "day":
            date = f"on {full}"
        case "week":
            date = f"on the weekend of {full}" if "weekend" in when.phrase.lower() else f"in the week of {full}"
        case "month":
            date = f"in {day:%B %Y}"
        case _:
            date = f"in {day.year}"
    bare = date.removeprefix("on ").removeprefix("in ")
    if led := re.match(r"(?:since|until|till)\b", when.phrase, re.IGNORECASE):
        date = f"{led[0].lower()} {bare}"
    phrase = re.compile(
        rf"(?P<before>\b(?:for|from|to|by|of|and|before|after)\s+)?{re.escape(when.phrase)}(?!['’]s)", re.I
    )
    return phrase.sub(lambda m: f"{m['before']}{bare}" if m["before"] else date, text, count=1)


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name; UTC for what is none."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _resolve(phrase: str, local: datetime, past: bool) -> datetime | None:
    """A day inside the interval that the phrase means."""
    weekday = re.fullmatch(r"(on|this|next|last) (\w+day)", phrase)
    if weekday and weekday[2] in _WEEKDAYS:
        which = "last" if past and weekday[1] == "on" else weekday[1]
        return _weekday(which, _WEEKDAYS.index(weekday[2]), local)
    fixed = _RELATIVE.get(phrase)
    if fixed is not None:
        return local + fixed
    if re.fullmatch(r"(this|next|last) (week|month|year)", phrase):
        which, unit = phrase.split()
        return _neighbour(which, unit, local)
    if phrase.endswith("weekend"):
        return local
    bare = re.sub(r"^(?:on|in|since|this|the)\s+(?=.*(?:\d|[a-z]{3}))", "", phrase)
    bare = re.sub(r"^the\s+", "", bare)
    side = "past" if past or phrase.startswith(("last ", "since ")) else "future"
    if phrase.startswith("in ") and not re.search(r"\d{4}", phrase) and re.search(rf"{_UNIT}s?$", phrase):
        bare = phrase
    bare = re.sub(r"^(?:next|last)\s+", "", bare)
    for words, digits in _WORDS.items():
        bare = re.sub(rf"(?<=\bin ){words}\b|^{words}\b(?= \w+ ago)", digits, bare)
    return _parse(bare, local, side)


_RELATIVE = {
    "today": timedelta(),
    "tonight": timedelta(),
    "this morning": timedelta(),
    "this afternoon": timedelta(),
    "this evening": timedelta(),
    "tomorrow": timedelta(days=1),
    "yesterday": timedelta(days=-1),
    "last night": timedelta(days=-1),
    "the day after tomorrow": timedelta(days=2),
    "the day before yesterday": timedelta(days=-2),
}


def _weekday(which: str, day: int, local: datetime) -> datetime:
    ahead = (day - local.weekday()) % 7
    if which == "last":
        return local - timedelta(days=(local.weekday() - day) % 7 or 7)
    return local + timedelta(days=ahead if which == "this" else ahead or 7)


def _neighbour(which: str, unit: str, local: datetime) -> datetime:
    step = {"this": 0, "next": 1, "last": -1}[which]
    if unit == "week":
        return local + timedelta(weeks=step)
    if unit == "year":
        return local.replace(year=local.year + step, day=min(local.day, 28))
    month = local.month - 1 + step
    return local.replace(year=local.year + month // 12, month=month % 12 + 1, day=min(local.day, 28))


def _parse(phrase: str, local: datetime, side: str) -> datetime | None:
    import dateparser

    settings: Any = {
        "RELATIVE_BASE": local.replace(tzinfo=None),
        "PREFER_DATES_FROM": side,
        "PREFER_DAY_OF_MONTH": "first",
        "DATE_ORDER": "DMY",
    }
    found = dateparser.parse(phrase, languages=["en"], settings=settings)
    return found.replace(tzinfo=local.tzinfo) if found else None


def _interval(moment: datetime, granularity: str, phrase: str) -> tuple[datetime, datetime]:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if granularity == "day":
        return day, day + timedelta(days=1)
    if granularity == "week":
        monday = day - timedelta(days=day.weekday())
        if "weekend" in phrase:
            step = {"n": 7, "l": -7}.get(phrase[0], 0)
            return monday + timedelta(days=5 + step), monday + timedelta(days=7 + step)
        return monday, monday + timedelta(days=7)
    if granularity == "month":
        first = day.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1)
    first = day.replace(month=1, day=1)
    return first, first.replace(year=first.year + 1)
