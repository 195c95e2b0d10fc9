from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.errors import InvalidInput
from memory.store import MemoryFilter
from memory.text import display
from memory.types import Kind, NewMemory, Status
from tui.screens.marks import PLAIN
from tui.screens.memory_filter import parse_filter
from tui.screens.prose import describe_act, marked, word_diff
from tui.screens.times import ago, day, minute

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=5), "now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=2), "Friday"),
        (timedelta(days=40), "24 Mar"),
        (timedelta(days=400), "29 Mar 2025"),
        (timedelta(days=-2), "5 May"),
    ],
)
def test_ago(before, said):
    assert ago(NOW - before, NOW, "UTC") == said


def test_the_day_is_the_users_own():
    late = datetime(2026, 5, 2, 23, 30, tzinfo=UTC)
    assert day(late, NOW, "UTC") == "2 May"
    assert day(late, NOW, "Europe/Lisbon") == "3 May"
    assert minute(late, NOW, "Europe/Lisbon") == "3 May 00:30"
    assert minute(late, NOW, "No/Such_Zone") == "2 May 23:30"


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_ago_fits_its_column(moment):
    assert 0 < len(ago(moment, NOW, "Asia/Tokyo")) <= 11


def test_word_diff_says_it_without_colour():
    assert word_diff("User lives in Paris", "User lives in Lyon since May").plain == (
        "User lives in −Paris +Lyon since May"
    )
    assert word_diff("a b", "a c", PLAIN).plain == "a -b +c"


@given(st.text(), st.text())
def test_word_diff_takes_any_text(before, after):
    shown = word_diff(before, after).plain
    assert all(word in shown for word in display(after).split(" "))
    if before == after:
        assert shown == display(before)


@given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))))
def test_marks_never_change_the_words(text, spans):
    spans = [(min(a, b), max(a, b)) for a, b in spans]
    shown = marked(text, spans).plain
    assert "\n" not in shown
    if text.isascii() and text.isprintable():
        assert shown == text


def test_describe_act_names_what_was_taken_back(memories):
    memories.add(NewMemory(text="Likes tea"))
    memories.edit("m1", text="Likes green tea")
    assert describe_act(memories.undo()) == "edited m1 “Likes green tea”"
    assert describe_act(memories.redo()) == "edited m1 “Likes green tea”"
    memories.retire("m1")
    assert describe_act(memories.undo()) == "retired m1 “Likes green tea”"
    memories.undo()
    assert describe_act(memories.undo()) == "added m1 “Likes tea”"


def test_filter():
    wanted = parse_filter("kind:pref state:all pinned:yes muted:no green tea about:Sam kind:", MemoryFilter())
    assert wanted == MemoryFilter(
        text="green tea", kinds=(Kind.PREFERENCE,), statuses=(), pinned=True, muted=False, subject="sam"
    )
    assert parse_filter("at 10:30", MemoryFilter()).text == "at 10:30"
    assert parse_filter("state:retired", MemoryFilter()).statuses == (Status.RETIRED,)


@pytest.mark.parametrize(
    ("text", "hint"), [("kin:fact", "kind:"), ("kind:fcat", "fact"), ("state:gone", "retired"), ("pinned:maybe", "")]
)
def test_a_filter_that_is_not_understood(text, hint):
    with pytest.raises(InvalidInput) as raised:
        parse_filter(text, MemoryFilter())
    assert hint in raised.value.hint


@given(st.text(max_size=60))
def test_any_filter_is_either_understood_or_refused_by_name(text):
    try:
        parse_filter(text, MemoryFilter())
    except InvalidInput as error:
        assert error.message
