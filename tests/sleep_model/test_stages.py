"""What a model adds to each stage, and that nothing it says goes unchecked."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memory.clock import FixedClock
from memory.nights import ChangeKind, Level
from memory.store import MemoryFilter
from memory.types import Kind, NewMemory, Source, Trust
from sleep.exam.answers import asked_of
from sleep.exam.draw import draw
from sleep.home import Home
from sleep.night import Night, Options
from sleep.view import Scope, View
from tests.real.openai_server import OpenAIServer
from tests.sleep.conftest import PlainTaker

Reply = dict[str, Any] | Callable[[str], dict[str, Any]]
NOTHING: dict[str, Any] = {
    "facts": [], "verdicts": [], "conflicts": [], "statements": [], "lines": [], "dreams": [], "answers": [],
}  # fmt: skip


@pytest.fixture
def says(openai_server: OpenAIServer) -> Callable[..., None]:
    """Script the answers by the key that the wanted shape has; everything else is answered with nothing."""

    def script(**by_key: Reply) -> None:
        def reply(messages: list[dict[str, Any]]) -> str:
            wanted = re.findall(r'^\{"(\w+)"', messages[0]["content"], re.MULTILINE)
            key = wanted[-1] if wanted else ""
            made = by_key.get(key, {key: NOTHING.get(key, [])})
            return json.dumps(made(messages[1]["content"]) if callable(made) else made)

        openai_server.reply = reply

    return script


def texts(home: Home) -> set[str]:
    return {m.text for m in home.memories.list(MemoryFilter(limit=1_000))}


def number_of(data: str, phrase: str) -> int:
    return next(int(n) for n, line in re.findall(r"^(\d+)\. (.*)$", data, re.MULTILINE) if phrase in line)


@pytest.mark.parametrize(
    ("told", "becomes"),
    [
        ("Your group sat the exam in Porto in June 2026.", True),
        ("Your group failed the exam in Porto in June 2026.", False),
        ("Your group sat the exam in Rome in June 2026.", False),
        ("Your group sat the exam in Porto in June 2025.", False),
        ("Your group did not sit the exam in Porto in June 2026.", False),
        ("Your group sat the exam in Porto in June 2026 and passed.", False),
    ],
)
def test_tense_takes_the_verb_and_nothing_else(
    night_home: Home, night_clock: FixedClock, tell: Callable, says: Callable, lend: Callable, sleep_with: Callable,
    told: str, becomes: bool,
) -> None:  # fmt: skip
    (message,) = tell("Your group sits the exam in Porto in June 2026.")
    source = Source(message_id=message.id, quote=message.content, start=0, end=len(message.content))
    day = datetime(2026, 6, 1, tzinfo=UTC)
    night_home.memories.add(
        NewMemory(text=message.content, kind=Kind.PLAN, said_at=message.said_at, sources=(source,),
                  event_from=day, event_to=day + timedelta(days=30), granularity="month")
    )  # fmt: skip
    night_clock.instant += timedelta(days=90)
    says(statements={"statements": [{"number": 1, "text": told}, {"number": 9, "text": "You are rich."}]})
    sleep_with(lend())
    (memory,) = night_home.memories.list(MemoryFilter(limit=5))
    assert memory.text == (told if becomes else message.content)
    assert memory.trust is Trust.INFERRED


def test_a_conflict_that_a_model_sees_is_a_question_and_nothing_more(
    night_home: Home, tell: Callable, says: Callable, lend: Callable, sleep_with: Callable
) -> None:
    tell("I run ten kilometres every morning.", "I run two kilometres every evening.")
    says(conflicts={"conflicts": [1, 1, 77]})
    run = sleep_with(lend())
    asked = [c for c in night_home.nights.changes(run) if c.kind is ChangeKind.ASK]
    assert len(asked) == 1 and not asked[0].safe
    assert {m.status.value for m in night_home.memories.list(MemoryFilter(limit=10))} == {"active"}


LONG = "Last month I finally repainted the whole kitchen of our old flat in Braga with Ana, which took 3 long days."


@pytest.mark.parametrize(
    ("shorter", "stands"),
    [
        ("You repainted the kitchen of the old flat in Braga with Ana in 3 days.", True),
        ("You repainted the kitchen in Braga with Boris in 3 days.", False),
        ("You repainted the kitchen in Braga with Ana in 4 days.", False),
        ("You never repainted the kitchen in Braga with Ana.", False),
        ("You won the lottery.", False),
        ("", False),
    ],
)
def test_summaries_are_shortened_and_say_nothing_else(
    night_home: Home, tell: Callable, says: Callable, lend: Callable, sleep_with: Callable, shorter: str, stands: bool
) -> None:
    tell(LONG)
    says(lines={"lines": [{"number": 1, "text": shorter}, {"number": 5, "text": "You are rich."}]})
    sleep_with(lend())
    (summary,) = night_home.nights.summaries(Level.CONVERSATION)
    assert summary.text == (shorter if stands else LONG)


def test_the_profile_takes_what_a_model_holds_for_most_telling(
    night_home: Home, tell: Callable, says: Callable, lend: Callable, sleep_with: Callable
) -> None:
    foods = "olives figs bread soup rice beans leeks plums pears grapes dates nuts honey milk tea cake pasta kale"
    tell(*(f"I like {food}." for food in foods.split()))
    says(statements=lambda data: {"statements": [number_of(data, "olives"), 999]})
    sleep_with(lend())
    lines = [line.text for line in night_home.nights.profile()]
    assert len(lines) == 15
    assert "You like olives." in lines


# -- the exam of a model's own answers


def reading(data: str) -> dict[str, Any]:
    """A reader that answers with the last statement it is given, as small models do."""
    answers = []
    for block in re.split(r"^(?=\d+\. )", data, flags=re.MULTILINE)[1:]:
        given = re.findall(r"^   - \([\d-]+\) (.*)$", block, re.MULTILINE)
        answers.append({"question": int(block.split(".")[0]), "answer": given[0] if given else "not told"})
    return {"answers": answers}


def test_a_model_answers_the_exam_and_the_report_says_how(
    night_home: Home, tell: Callable, says: Callable, lend: Callable, sleep_with: Callable
) -> None:
    tell("I live in Lisbon.", "My sister is called Ana.", "I live in Porto now.")
    says(answers=reading)
    run = sleep_with(lend())
    assert sum(run.report["answers"]["after"].values()) > 0
    assert run.report["answers"]["after"]["right"] >= run.report["answers"]["before"]["right"]


def test_what_spoils_a_model_s_answer_is_dropped(
    night_home: Home, night_clock: FixedClock, tell: Callable, says: Callable, lend: Callable
) -> None:
    tell("I live in Lisbon.", "My sister is called Ana.")

    def misled(data: str) -> dict[str, Any]:
        """Right as long as it reads what was said; thrown by the shorter words of a memory."""
        found = reading(data)["answers"]
        right = {"Lisbon": "Lisbon", "sister": "Ana"}
        for answer, block in zip(found, re.split(r"^(?=\d+\. )", data, flags=re.MULTILINE)[1:], strict=True):
            answer["answer"] = next((v for k, v in right.items() if k in block and "You live" not in block), "Rome")
        return {"answers": found}

    says(answers=misled)
    model = lend()
    run = Night(night_home, PlainTaker(), model, Options()).run()
    assert run is not None
    assert any("the model answered" in note for note in run.report["dropped"])
    assert "You live in Lisbon." not in texts(night_home)
    night_clock.instant += timedelta(days=1)


def test_a_model_that_wavers_is_asked_again(
    night_home: Home, tell: Callable, says: Callable, lend: Callable, sleep_with: Callable
) -> None:
    tell("I live in Lisbon.")
    count = {"asked": 0}

    def wavers(data: str) -> dict[str, Any]:
        count["asked"] += 1
        numbers = re.findall(r"^(\d+)\. (.*)$", data, re.MULTILINE)
        city = "Rome" if count["asked"] == 2 else "Lisbon"
        return {"answers": [{"question": int(number), "answer": city} for number, _ in numbers]}

    says(answers=wavers)
    sleep_with(lend())
    assert "You live in Lisbon." in texts(night_home)
    assert count["asked"] >= 3


def test_what_is_asked_is_little(night_home: Home, tell: Callable) -> None:
    tell(*(f"My favourite {thing} is {thing}let." for thing in "bread soup rice bean leek plum pear grape nut".split()))
    view = View(night_home, Scope(after=0, until=night_home.nights.newest_message()), night_home.clock.now())
    assert 0 < len(asked_of(draw(night_home, view))) <= 8
