"""Texts of any lengths together: what comes out is what each would give alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleep.weights.general import anchors_of, muddled
from sleep.weights.items import Item, ItemKind
from sleep.weights.lm import A_PASS, Coded, LanguageModel, _alike, answer_logits, asked


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
    import torch

    questions = ["Hello", "Where do I live?", "What is the name of my sister who lives in Lyon with her two cats?"]
    long = "<memories>\n" + "You live in Porto.\n" * 12 + "</memories>"
    coded = pocket.coded([asked(q, given) for q in questions for given in ("", long)], ["You live in Porto."] * 6)
    with torch.inference_mode():
        together = answer_logits(pocket.model, coded)
        for one, found in zip(coded, together, strict=True):
            alone = answer_logits(pocket.model, [one])[0]
            assert found.shape == (len(one.answer), pocket.model.config.vocab_size)
            torch.testing.assert_close(found, alone, atol=2e-3, rtol=1e-3)


def test_muddled_prompts_are_of_words_that_were_given_and_the_same_for_a_seed(pocket: LanguageModel) -> None:
    talk, kept = anchors_of(pocket, seed=1)
    unknown = [Item(ItemKind.UNTOLD, "Who is my dentist?", "You haven't told me that.")]
    made = muddled(pocket, talk, unknown, seed=3, count=40)
    words = {word for item in (*talk, *unknown) for word in item.question.split()}
    assert len(made) == 40 and all(set(item.question.split()) <= words for item in made)
    assert all(item.anchor and not item.facts for item in made)
    assert any("dentist?" in item.question for item in made) and len({item.answer for item in made}) > 3
    assert made == muddled(pocket, talk, unknown, seed=3, count=40)
    assert not {i.question for i in kept} & {i.question for i in talk}
    assert muddled(pocket, [], [], seed=1) == []
