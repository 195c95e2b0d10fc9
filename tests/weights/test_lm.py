"""Texts of any lengths together: what comes out is what each would give alone."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sleep.weights.general import anchors_of, muddled
from sleep.weights.items import Item, ItemKind
from sleep.weights.lm import A_PASS, Coded, LanguageModel, _alike, answer_logits, asked
from sleep.weights.pocket.smalltalk import SMALL_TALK, fitting
from sleep.weights.seeding import Recipe, fresh_adapter, weaken


def cost(coded: list[Coded], lots: list[list[int]]) -> int:
    sizes = [len(c.prompt) + len(c.answer) for c in coded]
    return sum(A_PASS + max(sizes[at] for at in lot) * len(lot) for lot in lots)


@given(st.lists(st.tuples(st.integers(1, 300), st.integers(1, 60)), max_size=40))
def test_lots_hold_every_text_once_and_cost_no_more_than_one_or_each_alone(sizes: list[tuple[int, int]]) -> None:
    coded = [Coded((5,) * prompt, (6,) * answer) for prompt, answer in sizes]
    lots = list(_alike(coded))
    assert sorted(at for lot in lots for at in lot) == list(range(len(coded)))
    if coded:
        every = list(range(len(coded)))
        assert cost(coded, lots) <= min(cost(coded, [every]), cost(coded, [[at] for at in every]))


@pytest.fixture(scope="module")
def pocket() -> LanguageModel:
    return LanguageModel.load("pocket")


def test_together_as_alone(pocket: LanguageModel) -> None:

    questions = ["Hello", "Where do I live?", "What is the name of my sister who lives in Lyon with her two cats?"]
    long = "<memories>\n" + "You live in Porto.\n" * 12 + "</memories>"
    coded = pocket.coded([asked(q, given) for q in questions for given in ("", long)], ["You live in Porto."] * 6)
    with torch.inference_mode():
        together = answer_logits(pocket.model, coded)
        for one, found in zip(coded, together, strict=True):
            alone = answer_logits(pocket.model, [one])[0]
            assert found.shape == (len(one.answer), pocket.model.config.vocab_size)
            torch.testing.assert_close(found, alone, atol=2e-3, rtol=1e-3)


def test_half_of_the_muddled_prompts_are_of_words_that_were_given_and_all_are_the_same_for_a_seed(
    pocket: LanguageModel,
) -> None:
    talk, kept = anchors_of(pocket, seed=1)
    unknown = [Item(ItemKind.UNTOLD, "Who is my dentist?", "You haven't told me that.")]
    made = muddled(pocket, talk, unknown, seed=3, count=40)
    words = {word for item in (*talk, *unknown) for word in item.question.split()}
    assert len(made) == 40 and all(set(item.question.split()) <= words for item in made[:20])
    assert not any(set(item.question.split()) <= words for item in made[20:]), "there are more words than those"
    assert all(item.anchor and not item.facts for item in made)
    assert any("dentist?" in item.question for item in made) and len({item.answer for item in made}) > 3
    assert made == muddled(pocket, talk, unknown, seed=3, count=40)
    assert not {i.question for i in kept} & {i.question for i in talk}
    assert len(muddled(pocket, [], [], seed=1, count=10)) == 5, "words of its own it has without prompts"


def test_a_weakened_adapter_changes_so_much_less(pocket: LanguageModel) -> None:
    student = fresh_adapter(LanguageModel.load("pocket"), Recipe(rank=2))
    for name, parameter in student.named_parameters():
        if ".lora_B." in name:
            torch.nn.init.ones_(parameter)
    full = {name: parameter.detach().clone() for name, parameter in student.named_parameters()}
    weaken(student, 0.5)
    for name, parameter in student.named_parameters():
        torch.testing.assert_close(parameter, full[name] * (0.5 if ".lora_B." in name else 1.0))


def test_general_prompts_are_asked_as_people_type_them_and_answered_fittingly(pocket: LanguageModel) -> None:
    rehearsed, kept = anchors_of(pocket, seed=2)
    assert {fitting(item.question) for item in (*rehearsed, *kept)} == set(SMALL_TALK.values())
    assert not {i.question.lower().rstrip(".!?") for i in rehearsed} & {i.question.lower().rstrip(".!?") for i in kept}
    assert fitting("who are you") == fitting("Who are you?") and len(kept) > 30
