"""Times are resolved against when something was said, in the zone it was said in."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from memory.extraction import extract
from memory.types import NewMemory
from tests.extraction.conftest import Said


def only(memories: tuple[NewMemory, ...]) -> NewMemory:
    (memory,) = memories
    return memory


@pytest.mark.parametrize(
    ("phrase", "start", "days", "granularity"),
    [
        ("on 3 June", date(2026, 6, 3), 1, "day"),
        ("on June 3rd, 2027", date(2027, 6, 3), 1, "day"),
        ("on the 3rd of June", date(2026, 6, 3), 1, "day"),
        ("on 2026-08-01", date(2026, 8, 1), 1, "day"),
        ("tomorrow", date(2026, 5, 7), 1, "day"),
        ("tonight", date(2026, 5, 6), 1, "day"),
        ("on Friday", date(2026, 5, 8), 1, "day"),
        ("next Friday", date(2026, 5, 8), 1, "day"),
        ("on Wednesday", date(2026, 5, 13), 1, "day"),
        ("in three days", date(2026, 5, 9), 1, "day"),
        ("the day after tomorrow", date(2026, 5, 8), 1, "day"),
        ("next week", date(2026, 5, 11), 7, "week"),
        ("next weekend", date(2026, 5, 16), 2, "week"),
        ("in two weeks", date(2026, 5, 18), 7, "week"),
        ("in July", date(2026, 7, 1), 31, "month"),
        ("in March", date(2027, 3, 1), 31, "month"),
        ("next month", date(2026, 6, 1), 30, "month"),
        ("next year", date(2027, 1, 1), 365, "year"),
        ("in 2028", date(2028, 1, 1), 366, "year"),
    ],
)
def test_plans(said: Said, phrase: str, start: date, days: int, granularity: str) -> None:
    memory = only(extract(said(f"I'm going to run a marathon {phrase}.")))
    zone = ZoneInfo("Europe/Lisbon")
    assert memory.event_from is not None and memory.event_to is not None
    assert memory.event_from.astimezone(zone).date() == start
    assert memory.event_to.astimezone(zone).date() == start + timedelta(days=days)
    assert memory.granularity == granularity


@pytest.mark.parametrize(
    ("phrase", "start"),
    [
        ("yesterday", date(2026, 5, 5)),
        ("last Friday", date(2026, 5, 1)),
        ("on Friday", date(2026, 5, 1)),
        ("last week", date(2026, 4, 27)),
        ("two weeks ago", date(2026, 4, 20)),
        ("last month", date(2026, 4, 1)),
        ("in March", date(2026, 3, 1)),
        ("in July", date(2025, 7, 1)),
        ("in 2019", date(2019, 1, 1)),
        ("three years ago", date(2023, 1, 1)),
        ("last year", date(2025, 1, 1)),
    ],
)
def test_what_is_past(said: Said, phrase: str, start: date) -> None:
    memory = only(extract(said(f"I sold the piano {phrase}.")))
    assert memory.event_from is not None
    assert memory.event_from.astimezone(ZoneInfo("Europe/Lisbon")).date() == start


def test_the_text_has_the_date_and_the_quote_has_the_words(said: Said) -> None:
    memory = only(extract(said("I'm flying to Rome next Friday.")))
    assert memory.text == "You are flying to Rome on 8 May 2026."
    assert memory.sources[0].quote == "I'm flying to Rome next Friday"


def test_tomorrow_is_another_day_elsewhere(said: Said) -> None:
    late = datetime(2026, 5, 6, 23, 30, tzinfo=UTC)
    days = {}
    for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
        memory = only(extract(said("I'm flying to Rome tomorrow.", said_at=late, zone=zone)))
        assert memory.event_from is not None
        days[zone] = memory.event_from.astimezone(ZoneInfo(zone)).date()
    assert days == {
        "UTC": date(2026, 5, 7),
        "Asia/Tokyo": date(2026, 5, 8),
        "America/New_York": date(2026, 5, 7),
    }


def test_an_unknown_zone_counts_as_utc(said: Said) -> None:
    memory = only(extract(said("I'm flying to Rome tomorrow.", zone="Mars/Olympus")))
    assert memory.event_from == datetime(2026, 5, 7, tzinfo=UTC)


def test_a_day_that_does_not_exist_is_no_date(said: Said) -> None:
    assert all(memory.event_from is None for memory in extract(said("I'm flying to Rome on 31 February.")))
