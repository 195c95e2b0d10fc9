"""The page about the user: cited, dated, current; what the user wrote, edited or removed stays as they left it."""

from datetime import timedelta

import pytest

from memory.errors import InvalidInput, NotFound
from memory.nights import Section
from memory.types import Kind, NewMemory
from sleep.undo import undo

SAID = (
    "I live in Ghent.",
    "I work as a nurse.",
    "My sister Ana lives in Porto.",
    "I love playing the cello.",
    "I'm going to Singapore in July.",
    "Please always answer in short sentences.",
)


def page(home):
    return {line.text: line for line in home.nights.profile()}


def test_a_line_for_each_memory_cited_and_dated(night_home, tell, night):
    said = tell(*SAID)
    night().run()
    found = page(night_home)
    sections = {
        "You live in Ghent.": Section.SELF,
        "You work as a nurse.": Section.WORK,
        "Your sister Ana lives in Porto.": Section.PEOPLE,
        "You love playing the cello.": Section.PREFERENCES,
        "You are going to Singapore in July 2026.": Section.PLANS,
    }
    assert {text: found[text].section for text in sections} == sections
    assert Section.MANNERS in {line.section for line in found.values()}
    home_line = found["You live in Ghent."]
    assert night_home.memories.get(home_line.memories[0]).text == home_line.text and home_line.at == said[0].said_at


def test_it_follows_what_changes_and_undo_brings_it_back(night_home, night_clock, tell, night):
    tell(*SAID)
    night().run()
    before = night_home.nights.profile()
    night_clock.instant += timedelta(days=120)
    tell("I moved to Antwerp.")
    run = night().run()
    now = page(night_home)
    assert "You moved to Antwerp." in now and "You live in Ghent." not in now
    assert "You are going to Singapore in July 2026." not in now
    undo(night_home, run)
    assert night_home.nights.profile() == before


def test_nothing_new_changes_nothing(night_home, tell, night):
    tell(*SAID)
    night().run()
    before = night_home.nights.profile()
    tell("Thanks!")
    run = night().run()
    assert night_home.nights.profile() == before
    assert not [c for c in night_home.nights.changes(run) if c.target == "line"]


def test_what_the_user_wrote_edited_or_removed_is_theirs(night_home, night_clock, tell, night):
    tell(*SAID)
    night().run()
    nights, now = night_home.nights, night_clock.now()
    nights.write_line(Section.WORK, "  Writing a book \x1b[31m about owls. ", now)
    cello = page(night_home)["You love playing the cello."]
    nights.edit_line(cello.short_id, "Plays the cello, badly.", now)
    nights.remove_line(page(night_home)["You work as a nurse."].short_id)
    tell("I adopted a greyhound called Nero.", "I love playing the cello.")
    night().run()
    texts = [line.text for line in nights.profile() if line.text]
    assert "Writing a book about owls." in texts and "Plays the cello, badly." in texts
    assert not {"You love playing the cello.", "You work as a nurse."} & set(texts)


def test_what_is_muted_retired_or_private_is_not_on_display(night_home, tell, night):
    tell(*SAID, "I was diagnosed with depression.")
    night().run()
    assert not [text for text in page(night_home) if "depression" in text]
    for memory in night_home.memories.list():
        if "cello" in memory.text:
            night_home.memories.mute(memory.id)
        if "nurse" in memory.text:
            night_home.memories.retire(memory.id)
    tell("I have a greyhound called Nero.")
    night().run()
    assert not [text for text in page(night_home) if "cello" in text or "nurse" in text]


def test_a_page_stays_a_page(night_home, tell, night):
    for number in range(60):
        night_home.memories.add(NewMemory(text=f"You own instrument number {number}.", kind=Kind.FACT))
    night_home.memories.pin("m1")
    tell("I have a greyhound called Nero.")
    night().run()
    lines = [line for line in night_home.nights.profile() if line.section is Section.SELF]
    assert len(lines) == 15 and "You own instrument number 0." in {line.text for line in lines}


@pytest.mark.parametrize("reference", ["p99", "x", "", "p1" * 20])
def test_what_is_not_a_line_is_said(night_home, reference):
    with pytest.raises((NotFound, InvalidInput)):
        night_home.nights.edit_line(reference, "Something", night_home.clock.now())


@pytest.mark.parametrize("text", ["", " \n", "x" * 501])
def test_a_line_has_a_length(night_home, text):
    with pytest.raises(InvalidInput):
        night_home.nights.write_line(Section.SELF, text, night_home.clock.now())
