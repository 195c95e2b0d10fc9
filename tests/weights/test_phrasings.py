"""Other phrasings of a question."""

from random import Random
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleep.weights.items import Item, ItemKind
from sleep.weights.lm import LanguageModel
from sleep.weights.phrasings import AROUND, WITHIN, phrasings, reframed, within
from sleep.weights.pocket.world import KEPT_FRAMES


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Where do I live?", "where I live"),
        ("What kind of job do I have?", "what kind of job I have"),
        ("What is my dog called?", "what my dog is called"),
        ("Who is my sister?", "who my sister is"),
        ("Where am I from?", "where I am from"),
        ("What is the name of my cat?", "what the name of my cat is"),
        ("What was my school?", "what my school was"),
        ("What is Ana?", "what Ana is"),
        ("What does Ana do?", None),
        ("Tell me where I live.", None),
        ("where do i live", None),
        ("?", None),
        ("What is ?", None),
        ("What is   ?", None),
    ],
)
def test_a_question_within_a_sentence(question: str, part: str | None) -> None:
    assert within(question) == part


@given(st.text(max_size=40) | st.sampled_from(["Where do I live?", "Who is Ana?"]), st.integers(0, 30), st.integers())
def test_any_text_has_at_most_so_many_phrasings_each_once(question: str, each: int, seed: int) -> None:
    found = phrasings(question, each, Random(seed))
    assert len(found) == min(each, len(AROUND) + (len(WITHIN) if within(question) else 0))
    assert len(set(found)) == len(found)


def test_both_sorts_by_turns() -> None:
    part = "where I live"
    for seed in range(20):
        first, second = phrasings("Where do I live?", 2, Random(seed))
        assert (part in first) != (part in second)
    assert {part in phrasings("Where do I live?", 1, Random(seed))[0] for seed in range(20)} == {True, False}


def test_none_is_one_that_is_kept_for_the_examination() -> None:
    kept = {frame.split("{")[0] for frame in KEPT_FRAMES}
    assert not any(frame.startswith(start) for frame in (*AROUND, *WITHIN) for start in kept)


class Teacher:
    """Understands what is asked as it was taught, and nothing longer."""

    def answers(self, prompts: Any) -> list[str]:
        return ["You live in Porto." if "where I live" in p[-1]["content"] else "What?" for p in prompts]


def test_only_what_the_teacher_answers_the_same_counts() -> None:
    item = Item(ItemKind.ASK, "Where do I live?", "You live in Porto.", ("m1",), "block")
    found = reframed(cast("LanguageModel", Teacher()), [item], each=6, seed=1)
    assert len(found) == 3 and all("where I live" in one.question for one in found)
    assert {(one.answer, one.facts, one.block) for one in found} == {(item.answer, item.facts, item.block)}
