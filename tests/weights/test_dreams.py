"""What becomes of what a model dreams: only what is well formed, grounded and new is rehearsed."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from sleep.weights.dreams import abstains, dream, instructions_for, rests_on
from sleep.weights.items import Fact, Item, ItemKind
from sleep.weights.lm import LanguageModel
from sleep.weights.pocket.model import CHAT_TEMPLATE

PORTO = Fact("m1", "You live in Porto.")
SIZE = Fact("m2", "Your shoe size is 43.")


class Dreamer:
    """Writes given items, and answers from the memories in its prompt."""

    tokenizer = SimpleNamespace(chat_template=CHAT_TEMPLATE)

    def __init__(self, *items: str) -> None:
        self.items = list(items)

    def answers(
        self, prompts: Sequence[Sequence[dict[str, str]]], *, temperature: float = 0.0, **rest: Any
    ) -> list[str]:
        if temperature:
            return [self.items[i % len(self.items)] for i in range(len(prompts))]
        return ["You live in Porto." if "live" in p[-1]["content"] else "You haven't told me that." for p in prompts]


def dreamt(*items: str) -> tuple[list[Item], dict[str, int]]:
    found = dream(cast("LanguageModel", Dreamer(*items)), [PORTO], [SIZE], each=len(items), enough=1, seed=1)
    return list(found.items), dict(found.rejected)


def test_a_question_that_the_memory_answers_is_kept() -> None:
    items, rejected = dreamt("Q: Where do I live?\nA: You live in Porto.")
    assert [(i.question, i.answer, i.facts) for i in items] == [("Where do I live?", "You live in Porto.", ("m1",))]
    assert items[0].block == "<memories>\nYou live in Porto.\n</memories>"
    assert sum(rejected.values()) == 0


def test_everything_else_falls_away_with_its_reason() -> None:
    items, rejected = dreamt(
        "Where do I live?",  # no answer
        "Q: Where do I live?\nA: You live in Lyon.",  # not what the memory says
        "Q: What is my shoe size?\nA: Your shoe size is 43.",  # of the unrelated memory
        "Q: Do I live in Porto?\nA: You live in Porto.",  # tells nothing
        "Q: Where did I live?\nA: You haven't told me that.",
        "Q: In what city do I live?\nA: You live in Porto.",
        "Q: In what city do I live?\nA: You live in Porto.",
    )
    assert [i.question for i in items] == ["In what city do I live?"]
    assert rejected == {"malformed": 1, "ungrounded": 4, "repeated": 1}


def test_an_answer_rests_on_the_memory_that_has_its_names_and_most_of_its_words() -> None:
    assert rests_on("You live in Porto.", [PORTO, SIZE]) == ("m1",)
    assert rests_on("You live in Lyon.", [PORTO]) == ()
    assert rests_on("Your sister is 43 years old.", [SIZE]) == ()
    assert rests_on("Your shoe size is 44.", [SIZE]) == ()


def test_saying_that_nothing_was_told_is_known_in_several_words() -> None:
    assert all(map(abstains, ["You haven't told me that.", "You did not mention it.", "I don't know."]))
    assert not abstains("You told me that you live in Porto.")


def test_other_models_are_asked_in_whole_sentences() -> None:
    other = Dreamer("x")
    other.tokenizer = SimpleNamespace(chat_template="{{ messages }}")
    assert "Reply with two lines" in instructions_for(cast("LanguageModel", other))[ItemKind.ASK]
