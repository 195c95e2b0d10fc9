"""The generator: the same by seed, open values, wordings that are kept apart."""

from random import Random

from sleep.weights.pocket.attributes import ATTRIBUTES
from sleep.weights.pocket.text import Scene, sample, scene, untold
from sleep.weights.pocket.values import KINDS, draw, unseen
from sleep.weights.pocket.world import NOT_TOLD, USER, Person, make_fact, persona, wordings


def test_a_seed_says_what_is_made() -> None:
    assert [sample(Random(7)) for _ in range(3)] == [sample(Random(7)) for _ in range(3)]
    assert [sample(Random(7), level) for level in (0, 1)] != [sample(Random(8), level) for level in (0, 1)]
    assert persona(3) == persona(3) != persona(4)


def test_there_are_many_attributes_each_in_many_words() -> None:
    assert len(ATTRIBUTES) >= 40
    for attribute in ATTRIBUTES.values():
        assert len(attribute.say) >= 4, attribute.key
        for who in (USER, Person("Ana", "sister")):
            fact = make_fact(attribute, who, Random(1))
            assert len(wordings(fact)) >= 8
            kept = wordings(fact, kept=True)
            assert len(kept) >= 2
            assert not set(kept) & set(wordings(fact))


def test_sentences_have_no_marks_left() -> None:
    rng = Random(11)
    for _ in range(300):
        for message in sample(rng).messages():
            assert not set("{}~|") & set(message["content"]), message


def test_values_of_an_evaluation_are_not_in_training() -> None:
    rng = Random(5)
    for kind in KINDS:
        assert unseen(draw(kind, rng, held_out=True))
        assert not unseen(draw(kind, rng))
    assert all(unseen(fact.value) for fact in persona(1).facts)


def test_a_persona_says_each_thing_in_second_and_first_person() -> None:
    made = persona(2, facts=50, probes=20)
    assert len(made.facts) == 50 and len(made.never_told) == 20
    assert len({fact.key for fact in made.facts}) == 50
    for fact in made.facts:
        assert fact.value in fact.statement and fact.value in fact.said and fact.value in fact.answer
        assert fact.said.split()[0] in ("I", "My", "For", "The") or fact.said.startswith(fact.value), fact.said


def test_a_later_line_of_a_slot_is_what_is_asked_for() -> None:
    rng = Random(9)
    for _ in range(200):
        block = scene(rng, 10)
        told = [line.fact for line in block.lines if line.fact]
        for line in block.current():
            assert line.fact is not None
            assert [fact.value for fact in told if fact.slot == line.fact.slot][-1] == line.fact.value


def test_what_was_not_told_is_not_in_the_block() -> None:
    rng = Random(10)
    assert untold(rng, Scene()).assistant == NOT_TOLD
    for _ in range(200):
        block = scene(rng, 8)
        asked = {line.fact.who for line in block.lines if line.fact}
        assert untold(rng, block).assistant == NOT_TOLD and asked
