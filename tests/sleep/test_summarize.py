"""Summaries: the user's own sentences, with where each is from; only periods with something new are made again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.nights import ChangeKind, Level
from memory.text import one_line
from sleep.summaries import Line, choose, sentences
from sleep.undo import undo

TALK = (
    "I live in Ghent with my husband Pieter. The weather is nice.",
    "Could you tell me what a fugue is?",
    "My sister Ana moved to Porto in March, she teaches biology there.",
    "I love playing the cello. I practise every evening.",
    "ok thanks",
)


def test_each_line_is_a_sentence_of_the_message_it_names(night_home, tell, night):
    messages = {m.short_id: m for m in tell(*TALK)}
    night().run()
    for level in (Level.CONVERSATION, Level.DAY):
        (summary,) = night_home.nights.summaries(level)
        lines = summary.text.splitlines()
        assert 2 <= len(lines) == len(summary.sources)
        for line, source in zip(lines, summary.sources, strict=True):
            assert line in one_line(messages[source].content)
    assert "Ana moved to Porto" in summary.text and "ok thanks" not in summary.text


def test_from_days_to_weeks_and_months(night_home, night_clock, tell, night):
    night_clock.instant = datetime(2026, 4, 27, 9, tzinfo=UTC)  # a Monday
    for _ in range(10):
        tell(f"On this day I walked to the mill of {night_clock.now():%A} and met number {night_clock.now().day}.")
        night_clock.instant += timedelta(hours=23)
    night().run()
    nights = night_home.nights
    assert [s.period for s in nights.summaries(Level.WEEK)] == ["2026-W18", "2026-W19"]
    april, may = nights.summaries(Level.MONTH)
    assert (april.period, may.period) == ("2026-04", "2026-05")
    assert set(april.sources) <= {f"2026-04-{d}" for d in range(27, 31)} and len(may.sources) == 6


def test_only_what_is_touched_is_made_again(night_home, night_clock, tell, night):
    tell(*TALK)
    night().run()
    night_clock.instant += timedelta(days=40)
    tell("I adopted a greyhound called Nero.")
    run = night().run()
    made = [c for c in night_home.nights.changes(run) if c.kind is ChangeKind.SUMMARIZE]
    assert all(c.before is None and "greyhound" in c.payload.text for c in made) and len(made) == 4


def test_what_is_added_to_a_day_joins_what_was_there(night_home, tell, night):
    tell(*TALK)
    night().run()
    tell("I adopted a greyhound called Nero.")
    run = night().run()
    (day,) = night_home.nights.summaries(Level.DAY)
    assert "Nero" in day.text and "Porto" in day.text
    undo(night_home, run)
    (day,) = night_home.nights.summaries(Level.DAY)
    assert "Nero" not in day.text and "Porto" in day.text


@pytest.mark.parametrize(
    "said",
    [
        "私は京都に住んでいます。猫が二匹います。",
        "أعيش في القاهرة مع أختي ليلى.",
        "Ich wohne in Köln und arbeite bei Bosch.",
    ],
)
def test_other_languages(night_home, tell, night, said):
    tell(said)
    night().run()
    (summary,) = night_home.nights.summaries(Level.DAY)
    assert summary.text.splitlines()[0] in said


def test_pasted_code_is_not_what_was_said():
    assert sentences("Look:\n```\nI live in Paris with 3 cats.\n```\nI like this code a lot.", "t1", "", ()) == [
        line for line in sentences("I like this code a lot.", "t1", "", ())
    ]


words = st.lists(st.sampled_from("I my Ana tea cat mill Porto 12 walks green old red".split()), min_size=1, max_size=9)


@given(st.lists(words.map(" ".join), max_size=80), st.integers(1, 8))
def test_a_choice_is_bounded_ordered_and_of_what_was_given(texts, most):
    lines = [Line(text, f"t{n}", 1.0) for n, text in enumerate(texts)]
    chosen = choose(lines, most)
    assert len(chosen) == min(most, len(set(texts)))
    assert set(chosen) <= set(lines) and len({line.text for line in chosen}) == len(chosen)
    assert [lines.index(line) for line in chosen] == sorted(lines.index(line) for line in chosen)
