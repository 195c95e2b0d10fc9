"""summarize: what was talked about in each conversation and on each day, and from the days each week and month.

Only periods with new messages are made again, from what their summary had and what is new: the work follows the news.
Every line is a sentence of the user, and `sources` names for each line where it is from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from memory.nights import Change, ChangeKind, Level, Summary
from memory.types import Memory
from sleep.home import Model
from sleep.ids import stable_id
from sleep.shortening import shorten
from sleep.stages.base import Tools
from sleep.summaries import Line, again, choose, keep_best, sentences
from sleep.view import View

NAME = "summarize"
LINES = {Level.CONVERSATION: 6, Level.DAY: 6, Level.WEEK: 8, Level.MONTH: 10}

Periods = dict[str, list[Line]]


def plan(view: View, tools: Tools) -> Iterable[Change]:
    """One change for each summary that is new or reads differently."""
    talks, days = _read(view)
    conversations = list(_from_messages(view, Level.CONVERSATION, talks))
    yield from conversations if tools.model is None else _shortened(tools.model, conversations)
    changed = list(_from_messages(view, Level.DAY, days))
    yield from changed
    new = {c.after.period: c.after for c in changed if isinstance(c.after, Summary)}
    for level, period_of in ((Level.WEEK, _week), (Level.MONTH, _month)):
        for period in sorted({period_of(date.fromisoformat(day)) for day in new}):
            yield from _from_days(view, level, period, new)


def _shortened(model: Model, changes: list[Change]) -> Iterable[Change]:
    """The same with the new long lines in fewer words, where a model finds some that stand."""
    known = {line for c in changes if isinstance(c.before, Summary) for line in c.before.text.splitlines()}
    summaries = [c.after for c in changes if isinstance(c.after, Summary)]
    lines = dict.fromkeys(line for s in summaries for line in s.text.splitlines() if line not in known)
    shorter = shorten(model, list(lines))
    for change in changes:
        assert isinstance(change.after, Summary)
        text = "\n".join(shorter.get(line, line) for line in change.after.text.splitlines())
        yield replace(change, after=replace(change.after, text=text))


def _read(view: View) -> tuple[Periods, Periods]:
    """The sentences of the new messages, by conversation and by day in the zone they were said in."""
    told: dict[str, list[str]] = {}
    for change in view.changes:
        if isinstance(change.after, Memory):
            for source in change.after.sources:
                told.setdefault(source.message_id, []).append(source.quote)
    talks: Periods = {}
    days: Periods = {}
    for message in view.new_messages():
        lines = sentences(message.content, message.short_id, message.author, told.get(message.id, ()))
        day = _day(message.said_at, message.zone or view.zone)
        for periods, key in ((talks, message.conversation_id), (days, day)):
            periods[key] = keep_best([*periods.get(key, ()), *lines])
    return talks, days


def _day(moment: datetime, zone: str) -> str:
    try:
        return moment.astimezone(ZoneInfo(zone)).date().isoformat()
    except (KeyError, ValueError, OSError):
        return moment.date().isoformat()


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _from_messages(view: View, level: Level, periods: Periods) -> Iterable[Change]:
    known = view.summaries(level, tuple(periods))
    for period, lines in sorted(periods.items()):
        before = known.get(period)
        yield from _change(view, level, period, before, [*(lines_of(before) if before else ()), *lines])


def _from_days(view: View, level: Level, period: str, new: Mapping[str, Summary]) -> Iterable[Change]:
    days = [day.isoformat() for day in _days_of(level, period)]
    found = {**view.summaries(Level.DAY, days), **{day: new[day] for day in days if day in new}}
    lines = [Line(line.text, day, line.weight) for day, summary in sorted(found.items()) for line in lines_of(summary)]
    yield from _change(view, level, period, view.summaries(level, (period,)).get(period), lines)


def _days_of(level: Level, period: str) -> list[date]:
    if level is Level.WEEK:
        first, count = datetime.strptime(f"{period}-1", "%G-W%V-%u").date(), 7
    else:
        first = date.fromisoformat(f"{period}-01")
        count = ((first + timedelta(days=32)).replace(day=1) - first).days
    return [first + timedelta(days=n) for n in range(count)]


def lines_of(summary: Summary) -> list[Line]:
    """The lines of a summary with their sources, weighed anew."""
    pairs = zip(summary.text.splitlines(), summary.sources, strict=False)
    return [again(text, source) for text, source in pairs]


def _change(view: View, level: Level, period: str, before: Summary | None, lines: list[Line]) -> Iterable[Change]:
    chosen = choose(lines, LINES[level])
    after = Summary(
        id=stable_id("summary", level, period),
        level=level,
        period=period,
        text="\n".join(line.text for line in chosen),
        sources=tuple(line.source for line in chosen),
        at=view.now,
    )
    if not chosen or (before is not None and (before.text, before.sources) == (after.text, after.sources)):
        return
    what = "the conversation" if level is Level.CONVERSATION else period
    yield Change(
        stage=NAME, kind=ChangeKind.SUMMARIZE, before=before, after=after, reason=f"there is something new in {what}"
    )
