"""Dreams: joined from what the user said, ending in a question, never twice, never private, never a fact."""

from datetime import timedelta

import pytest

from memory.errors import Refused
from memory.retrieval import Retriever
from memory.types import Kind, Trust
from sleep.dreaming import Dreams, Imagined
from sleep.errors import ModelFailed
from sleep.journal import dismiss, keep
from sleep.night import Night, Options
from sleep.registry import Stage
from sleep.stages import dream, extract
from sleep.undo import undo
from tests.sleep.conftest import PlainTaker

PORTO = ("My sister Ana lives in Porto.", "I'm going to Porto on 12 June.")


def test_a_journey_to_where_somebody_lives(night_home, tell, night):
    tell(*PORTO)
    night().run()
    (found,) = night_home.nights.dreams()
    assert found.question == "Will you see Ana in Porto?" and "Porto" in found.text
    texts = {night_home.memories.get(m).text for m in found.memories}
    assert texts == {"Your sister Ana lives in Porto.", "You are going to Porto on 12 June 2026."}


@pytest.mark.parametrize(
    ("said", "question"),
    [
        (("We fly to Lisbon on 12 June.", "My exam is on 12 June 2026."), "same day"),
        (("I'm allergic to peanuts.", "I'm flying to Bangkok on 12 June."), "arrange beforehand for you"),
        (("My sister Ana is allergic to peanuts.", "I'm having dinner with Ana on 12 June."), "beforehand for Ana"),
    ],
)
def test_other_patterns(night_home, tell, night, said, question):
    tell(*said)
    night().run()
    assert [d for d in night_home.nights.dreams() if question in d.question], night_home.memories.list()


@pytest.mark.parametrize(
    "said",
    [
        ("I live in Ghent.", "I love the cello."),
        ("My sister Ana lives in Porto.", "I'm going to Lisbon on 12 June."),
        ("I was diagnosed with depression.", "I'm flying to Bangkok on 12 June."),
        ("I'm going to Porto on 12 June.",),
    ],
)
def test_declining_is_a_valid_night(night_home, tell, night, said):
    tell(*said)
    assert night().run().status == "applied"
    assert night_home.nights.dreams() == ()


def test_at_most_three_and_each_once(night_home, night_clock, tell, night):
    tell(
        "I'm allergic to peanuts.",
        *(f"I'm flying to {p} on {n} July." for n, p in enumerate(["Rome", "Oslo", "Bonn", "Nice", "Pisa"], 3)),
    )
    night().run()
    first = night_home.nights.dreams()
    assert len(first) == 3
    tell("Nothing else.")
    night().run()
    assert night_home.nights.dreams() == first
    dismiss(night_home.database, first[0])
    tell("I'm allergic to shellfish.")
    night().run()
    motives = [d.motive for d in night_home.nights.dreams()]
    assert len(motives) == len(set(motives)) == 6


def test_kept_it_is_a_memory_that_can_be_undone(night_home, tell, night):
    tell(*PORTO)
    night().run()
    found = night_home.nights.dream("d1")
    memory = keep(night_home.database, night_home.clock, found)
    assert memory.kind is Kind.INSIGHT and memory.trust is Trust.USER and len(memory.sources) == 2
    with pytest.raises(Refused):
        keep(night_home.database, night_home.clock, night_home.nights.dream("d1"))
    night_home.memories.undo()
    again = keep(night_home.database, night_home.clock, night_home.nights.dream("d1"))
    assert again.text == memory.text
    tell("Thanks.")
    night().run()
    assert night_home.memories.get(again.id).text == memory.text and len(night_home.nights.dreams()) == 1


def test_a_dream_is_never_recalled(night_home, tell, night):
    tell(*PORTO)
    night().run()
    hits = (
        Retriever(night_home.database, night_home.vectors, night_home.clock).search("Will I see Ana in Porto?", 20).hits
    )
    assert hits and not [h for h in hits if "Will you see" in h.text or (h.memory and h.memory.kind is Kind.INSIGHT)]


def test_undo_takes_the_dreams_back_and_the_night_dreams_them_again(night_home, tell, night):
    tell(*PORTO)
    undo(night_home, night().run())
    assert night_home.nights.dreams() == ()
    night().run()
    assert len(night_home.nights.dreams()) == 1


class Dreamer:
    """A model that says what it is told to."""

    name, tokens, calls = "fake:dreamer", 0, 0

    def __init__(self, answer):
        self.answer = answer
        self.data = ""

    def ask(self, purpose, instructions, data, answer, sent=()):
        if purpose != "dream":
            raise ModelFailed("it only dreams")
        self.data = data
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


GOOD = Imagined(statements=[1, 2], text="You could see Ana on your journey to Porto.", question="Will you meet Ana?")


@pytest.mark.parametrize(
    ("imagined", "stands"),
    [
        (GOOD, True),
        (GOOD.model_copy(update={"statements": [1]}), False),
        (GOOD.model_copy(update={"statements": [1, 99]}), False),
        (GOOD.model_copy(update={"text": "You could see Ana and Boris in Porto."}), False),
        (GOOD.model_copy(update={"text": "You could see Ana in Porto 17 times."}), False),
        (GOOD.model_copy(update={"question": "Meet Ana."}), False),
        (GOOD.model_copy(update={"question": "Will you meet Ana" + " really" * 80 + "?"}), False),
        (GOOD.model_copy(update={"text": "\x1b[31mYou could see Ana in Porto."}), True),
    ],
)
def test_a_model_s_dream_says_only_what_it_was_given(night_home, tell, imagined, stands):
    tell(*PORTO)
    model = Dreamer(Dreams(dreams=[imagined]))
    stages = (Stage(extract.NAME, extract.plan, settled=False), Stage(dream.NAME, dream.plan, examined=False))
    Night(night_home, PlainTaker(), model, Options(stages=stages)).run()
    dreams = night_home.nights.dreams()
    assert bool(dreams) == stands and "1. " in model.data
    assert not any("\x1b" in d.text for d in dreams)


def test_a_model_that_fails_does_not_dream(night_home, tell):
    tell(*PORTO)
    model = Dreamer(ModelFailed("It timed out."))
    stages = (Stage(extract.NAME, extract.plan, settled=False), Stage(dream.NAME, dream.plan, examined=False))
    run = Night(night_home, PlainTaker(), model, Options(stages=stages)).run()
    assert run.status == "applied" and night_home.nights.dreams() == ()


def test_what_was_muted_is_not_dreamt_of(night_home, night_clock, tell, night):
    tell(PORTO[0])
    night().run()
    for memory in night_home.memories.list():
        night_home.memories.mute(memory.id)
    night_clock.instant += timedelta(days=1)
    tell(PORTO[1])
    night().run()
    assert night_home.nights.dreams() == ()
