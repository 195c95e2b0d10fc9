"""Plans whose day has passed are told as past, as something assumed; what has not passed stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.nights import ChangeKind
from memory.types import Kind, NewMemory, Trust
from sleep.exam.faithful import faults
from sleep.stages import tense
from sleep.stages.base import Tools
from sleep.tenses import in_past
from sleep.view import Scope, View

PASSED = [
    ("I'm going to Singapore in June.", "You went to Singapore in June 2026."),
    ("We fly to Lisbon on 12 June.", "You flew to Lisbon on 12 June 2026."),
    ("I have a dentist appointment next Tuesday.", "You had a dentist appointment on 5 May 2026."),
    ("I'm planning to run a marathon in June.", "You were planning to run a marathon in June 2026."),
    ("My exam is on 3 June 2026.", "Your exam was on 3 June 2026."),
    ("I'm on holiday until Friday.", "You were on holiday until 8 May 2026."),
    ("I am staying in Berlin until 20 May.", "You stayed in Berlin until 20 May 2026."),
    ("My car is in the garage until Thursday.", "Your car was in the garage until 7 May 2026."),
]


@pytest.mark.parametrize(("said", "later"), PASSED)
def test_what_has_passed_is_past(night_home, night_clock, tell, night, said, later):
    tell(said)
    night().run()
    (before,) = [m for m in night_home.memories.list() if m.event_to or m.valid_to]
    night_clock.instant += timedelta(days=90)
    run = night().run()
    after = night_home.memories.get(before.short_id)
    assert run is not None and after.text == later
    assert after.trust is Trust.INFERRED and after.confidence < before.confidence
    assert after.sources == before.sources and after.sources[0].quote in said
    assert night().run() is None, "the next night has nothing to do"


@pytest.mark.parametrize(("said", "later"), PASSED)
def test_what_is_still_to_come_stays(night_home, night_clock, tell, night, said, later):
    tell(said)
    night().run()
    before = night_home.memories.list()
    night_clock.instant += timedelta(hours=8)
    assert night().run() is None and night_home.memories.list() == before


def test_undo_brings_the_plan_back(night_home, night_clock, tell, night):
    from sleep.undo import undo

    tell("We fly to Lisbon on 12 June.")
    night().run()
    before = night_home.memories.get("m1")
    night_clock.instant += timedelta(days=90)
    undo(night_home, night().run())
    after = night_home.memories.get("m1")
    assert replace(after, revision=0, updated_at=before.updated_at) == replace(before, revision=0)


def test_a_pinned_plan_stays_as_it_is(night_home, night_clock, tell, night):
    tell("We fly to Lisbon on 12 June.")
    night().run()
    night_home.memories.pin("m1")
    night_clock.instant += timedelta(days=90)
    assert night().run() is None
    assert night_home.memories.get("m1").text == "You fly to Lisbon on 12 June 2026."


def test_a_plan_written_by_hand_passes_too(night_home, night_clock, night):
    at = night_clock.now()
    new = NewMemory(text="You see Ana.", kind=Kind.PLAN, event_from=at, event_to=at + timedelta(days=1), said_at=at)
    night_home.memories.add(new)
    night_clock.instant += timedelta(days=2)
    night().run()
    assert night_home.memories.get("m1").text == "You saw Ana."


@pytest.mark.parametrize("fault", ["too early", "other words", "as if said"])
def test_the_exam_sees_a_dishonest_change(night_home, night_clock, tell, night, fault):
    tell("We fly to Lisbon on 12 June.")
    night().run()
    night_clock.instant += timedelta(days=10 if fault == "too early" else 90)
    view = View(night_home, Scope(after=9, until=9), night_clock.now())
    later = View(night_home, Scope(after=9, until=9), night_clock.now() + timedelta(days=90))
    (change,) = tense.plan(later, Tools(read=lambda message: ()))
    assert faults(later, [change]) == ()
    if fault == "other words":
        change = replace(change, after=replace(change.after, text="You flew to London on 12 June 2026."))
    if fault == "as if said":
        change = replace(change, after=replace(change.after, trust=Trust.USER))
    assert change.kind is ChangeKind.TENSE and len(faults(view, [change])) == 1


@given(st.text(max_size=200))
def test_any_text_is_put_into_the_past_or_left(text):
    changed = in_past(text)
    assert changed is None or changed.strip()
