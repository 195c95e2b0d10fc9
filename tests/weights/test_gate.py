"""The gate: what passes, what each failing figure says, and that nothing passes unexamined."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from sleep.weights.gate import Probes, Thresholds, Verdict, judge, start
from sleep.weights.items import Item, ItemKind
from sleep.weights.lm import Coded, LanguageModel
from sleep.weights.pocket.world import NOT_TOLD
from sleep.weights.probes import Probe, recalled

PORTO = Probe("Where do I live?", "You live in Porto.", ("m1",), "<memories>\nYou live in Porto.\n</memories>")
NURSE = Probe("What is my job?", "You work as a nurse.", ("m2",))
HELLO = Item(ItemKind.TALK, "Hello", "Hello! What can I do for you?")
PROBES = Probes(
    new=[PORTO], earlier={"a1": [NURSE]}, untold=["What is my shoe size?"], anchors=[HELLO],
    texts=[([{"role": "user", "content": "Go on"}], "and on.")],
)  # fmt: skip


@dataclass
class Says:
    """A model that says what it is told to say; memories in its prompt give it what they say."""

    answers_to: dict[str, str]
    nats: float = 1.0
    asked: list[str] = field(default_factory=list)

    def answers(self, prompts: Sequence[Sequence[dict[str, str]]], **rest: Any) -> list[str]:
        return [self._answer(prompt) for prompt in prompts]

    def _answer(self, prompt: Sequence[dict[str, str]]) -> str:
        question = prompt[-1]["content"]
        if prompt[0]["role"] == "system" and question == PORTO.question:
            return PORTO.answer
        return self.answers_to.get(question, NOT_TOLD)

    def coded(self, prompts: Sequence[Any], answers: Sequence[str]) -> list[Any]:
        return [Coded((1,), tuple(range(len(answer.split())))) for answer in answers]

    def loss(self, coded: Sequence[Any]) -> list[float]:
        return [self.nats for _ in coded]


BEFORE = {NURSE.question: NURSE.answer, HELLO.question: HELLO.answer}
LEARNED = BEFORE | {PORTO.question: "You live in Porto."}


def judged(after: Says, probes: Probes = PROBES) -> Verdict:
    before = cast("LanguageModel", Says(BEFORE))
    return judge(start(before, before, probes), cast("LanguageModel", after), probes, Thresholds())


def verdict(after: Says, probes: Probes = PROBES) -> tuple[str, ...]:
    return judged(after, probes).reasons


def test_what_learned_and_cost_nothing_passes() -> None:
    assert verdict(Says(LEARNED)) == ()
    found = judged(Says(LEARNED))
    assert found.passed and found.facts == {"m1": True, "m2": True}
    assert (found.before.recall, found.after.recall, found.teacher) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (Says(BEFORE), "recall of the new memories"),
        (Says({k: v for k, v in LEARNED.items() if k != NURSE.question}), "recall of a1 fell from 1.00 to 0.00"),
        (Says(LEARNED | {"What is my shoe size?": "Your shoe size is Porto."}), "of what was never told is answered"),
        (Says(LEARNED | {"Hello": "You live in Porto."}), "of the general prompts"),
        (Says(LEARNED, nats=1.5), "perplexity on other text rose"),
        (Says(LEARNED, nats=float("nan")), "perplexity on other text rose"),
    ],
)
def test_each_cost_is_named(after: Says, says: str) -> None:
    reasons = verdict(after)
    assert len(reasons) == 1
    assert says in reasons[0]


@pytest.mark.parametrize("missing", ["new", "untold", "anchors", "texts"])
def test_an_empty_probe_set_fails(missing: str) -> None:
    assert verdict(Says(LEARNED), replace(PROBES, **{missing: []})) == (f"there are no probes: {missing}",)


def test_an_earlier_night_without_probes_fails() -> None:
    assert verdict(Says(LEARNED), replace(PROBES, earlier={"a1": []})) == ("there are no probes: earlier (a1)",)


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("You live in Porto.", True),
        ("Porto", True),
        ("You told me that you live in Porto [m3].", True),
        ("You live in Lyon.", False),
        ("You haven't told me that.", False),
        ("", False),
    ],
)
def test_recalled_is_what_has_to_be_known(said: str, fine: bool) -> None:
    assert recalled(PORTO, said) is fine


def test_an_answer_that_repeats_its_question_tells_nothing() -> None:
    assert not recalled(Probe("Do I live in Porto?", "You live in Porto."), "You live in Porto.")
