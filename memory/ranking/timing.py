"""The time that a question names, as an interval or as something that it happened before, after, since or during.

Told from words alone. What an anchor ("since I moved") stands for is looked up by `memory.ranking.anchors`.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from memory.extraction.dates import When, find_when, zone_of

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month that each begins with, where it is as in the north."""
_SEASON = re.compile(
    r"\b(?:(?P<which>last|this|past|that|in|during|over|since|of)\s+)?(?:the\s+)?(?P<which2>last\s+|past\s+)?"
    r"(?P<season>spring|summer|autumn|fall|winter)\b(?:\s+of)?(?:\s+(?P<year>(?:19|20)\d\d))?",
    re.I,
)
_RELATION = re.compile(
    r"\b(?P<relation>before|after|since|until|till|during|while|when|on|around)\s+(?P<rest>\S.*)", re.I
)
_CLAUSE_ENDS = r"(?=[,?.!;:]|$|\s(?:what|who|whom|where|which|how|did|do|does|have|has|had|was|were|is|are)\b)"
_BIRTHDAY = re.compile(r"(?:my|our)\s+(?:(?P<which>last|next|latest|\d{1,3}(?:st|nd|rd|th))\s+)?birthday\b", re.I)
_HAPPENED = re.compile(
    rf"(?P<clause>(?:i|we)(?:['’]ve|['’]d|\s+have|\s+had)?\s+(?:\S+?\s*){{1,12}}?){_CLAUSE_ENDS}", re.I
)
_OF_MINE = re.compile(rf"(?P<clause>(?:my|our)\s+(?:\S+?\s*){{1,8}}?){_CLAUSE_ENDS}", re.I)
_STATE = re.compile(
    r"(?:i|we)\s+(?:(?:still|first|both)\s+)?(?:lived|worked|studied|stayed|(?:was|were)(?: living| working| studying)?"
    r"|had|used to (?:live|work|study))\b",
    re.I,
)
_TENSE = re.compile(r"^(?:i|we|my|our)\b", re.I)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A time that is named by what happened, or by a state that held."""

    relation: str
    """before, after, since, until, on or during."""
    clause: str
    """The words for it: "I moved to Lyon"."""
    led_by: str
    """The word before it, as it is written."""
    state: bool = False
    """It is something that held for a while, not something that happened once."""
    birthday: str = ""
    """Of a birthday which one: "last", "next", or the age that was reached."""


def named_time(query: str, now: datetime, zone: str) -> When | Anchor | None:
    """The time that `query` names. A bare "in March" or "in the summer" is the last one."""
    found = anchor = None
    for match in _RELATION.finditer(query):
        relation, rest = match["relation"].lower(), match["rest"]
        found = _plain(rest, now, zone) if relation in ("before", "after", "since", "until", "till") else None
        if found is not None:
            return opened(found, "until" if relation == "till" else relation, now)
        anchor = anchor or _anchor(match["relation"], rest)
    return anchor or season(query, now, zone) or find_when(query, now, zone, past=True)


def opened(when: When, relation: str, now: datetime) -> When:
    """The interval that lies before, after or since `when`, as far as `now`."""
    start, end = when.start, when.end
    match relation:
        case "before":
            start, end = LONG_AGO, when.start
        case "until":
            start = LONG_AGO
        case "after":
            start, end = when.end, max(now, when.end)
        case "since":
            end = max(now, when.end)
        case _:
            return when
    return replace(when, start=start, end=end, granularity="open", phrase=f"{relation} {when.phrase}")


def season(query: str, now: datetime, zone: str) -> When | None:
    """The season that is named: the last one that has begun, unless a year says which."""
    match = _SEASON.search(query)
    if match is None or not (match["which"] or match["which2"] or match["year"]):
        return None  # "spring rolls", "the fall of Rome"
    name, local = match["season"].lower(), now.astimezone(zone_of(zone))
    first = _SEASONS[name]
    year = int(match["year"]) if match["year"] else local.year
    start, end = _season(year, first, local)
    said = f"{match['which'] or ''} {match['which2'] or ''}".lower()
    if not match["year"]:
        if start > local:
            start, end = _season(year - 1, first, local)
        if ("last" in said or "past" in said) and end > local:  # in summer, "last summer" is that of the year before
            start, end = _season(start.year - 1, first, local)
    return When(start.astimezone(UTC), end.astimezone(UTC), "season", match[0])


def _season(year: int, first: int, local: datetime) -> tuple[datetime, datetime]:
    start = datetime(year, first, 1, tzinfo=local.tzinfo)
    return start, datetime(year + (first == 12), (first + 2) % 12 + 1, 1, tzinfo=local.tzinfo)


def _plain(rest: str, now: datetime, zone: str) -> When | None:
    """A date, month, year or season that `rest` begins with."""
    found = season(f"in {rest}", now, zone)
    if found is not None and rest.lower().removeprefix("the ").startswith(_bare(found.phrase)):
        return found
    for text in (rest, f"in {rest}"):
        when = find_when(text, now, zone, past=True)
        if when is not None and text.lower().startswith(when.phrase.lower()):
            return replace(when, phrase=when.phrase.removeprefix("in "))
    return None


def _bare(phrase: str) -> str:
    return re.sub(r"^(?:in )?(?:the )?", "", phrase.lower())


def _anchor(led_by: str, rest: str) -> Anchor | None:
    if not _TENSE.match(rest):
        return None
    relation = led_by.lower()
    which = {"till": "until", "while": "during", "when": "during", "around": "on"}.get(relation, relation)
    if birthday := _BIRTHDAY.match(rest):
        return Anchor(relation=which, clause=birthday[0], led_by=led_by, birthday=(birthday["which"] or "last").lower())
    match = _HAPPENED.match(rest) or (_OF_MINE.match(rest) if which in ("before", "after", "since", "until") else None)
    if match is None:
        return None
    state = bool(_STATE.match(rest))
    if (which == "during" and not state) or which == "on":  # "when I bought it" is what is asked, not a time
        return None
    return Anchor(relation=which, clause=match["clause"].strip(), led_by=led_by, state=state)
