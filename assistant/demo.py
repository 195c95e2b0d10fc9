"""A made-up user's three days and nights, in a throw-away home: what a small model knows before and after each.

Everything is computed: memories, nights, answers without retrieval, the matrix, the purge.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from memory.clock import FixedClock
from memory.database import Database
from memory.purge import purge_memory
from memory.store import MemoryStore
from memory.types import Memory, NewMemory, Receipt
from memory.weights import Adapter
from sleep.weights import registry
from sleep.weights.night import Plan, WeightsNight

if TYPE_CHECKING:
    from sleep.weights.bench.study import Question, Study
    from sleep.weights.lm import LanguageModel

FIRST_DAY = datetime(2026, 5, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Story:
    """Whose days they are, and how long each night learns."""

    seed: int = 1
    nights: int = 3
    facts: int = 3
    steps: int = 150
    untold: int = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, without anything in the prompt, and what was said."""

    question: str
    said: str
    right: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day and the night after it."""

    number: int
    told: tuple[str, ...]
    before: tuple[Answer, ...]
    adapter: Adapter
    after: tuple[Answer, ...]
    never_told: Answer
    row: tuple[float, ...]
    """Recall of what was told on each day, after this night."""


@dataclass(frozen=True, slots=True)
class Purge:
    """One memory is taken out."""

    told: str
    receipt: Receipt
    before: Answer
    at_once: Answer
    """With the adapter that learned it gone."""
    adapters: tuple[Adapter, ...]
    """Made anew without it."""
    after: Answer
    others_before: float
    others_after: float


class Demo:
    """Lives through a story."""

    def __init__(self, story: Story, tell: Callable[[str], None] = lambda line: None) -> None:
        from sleep.weights.bench.study import make_study

        self.study: Study = make_study(story.seed, story.nights, story.facts)
        self._story = story
        self._tell = tell
        self._memories: dict[str, Memory] = {}

    def days(self, home: Path) -> Iterator[Day | Purge]:
        """Live through it, one event at a time."""
        with closing(Database.open(home / "reverie.db")) as database:
            clock = FixedClock(FIRST_DAY)
            store = MemoryStore(database, clock)
            for number, facts in enumerate(self.study.nights, 1):
                for fact in facts:
                    self._memories[fact.id] = store.add(NewMemory(text=fact.text))
                clock.instant += timedelta(days=2)
                yield self._night(number, database, home, clock)
            yield self._purge(database, home, clock)

    def _night(self, number: int, database: Database, home: Path, clock: FixedClock) -> Day:
        facts = self.study.nights[number - 1]
        shown = [self._shown(fact.id) for fact in facts]
        before = self._ask(_model(database, home), shown)
        self._tell(f"night {number}")
        made = self._sleep(database, home, clock)
        model = _model(database, home)
        unknown = self.study.never_told[number - 1]
        said = model.answers([_asked(unknown)])[0]
        return Day(
            number, tuple(fact.text for fact in facts), before, made[-1], self._ask(model, shown),
            Answer(unknown, said, _abstains(said)), tuple(self._recall(model, night) for night in self.study.nights),
        )  # fmt: skip

    def _purge(self, database: Database, home: Path, clock: FixedClock) -> Purge:
        model = _model(database, home)
        fact = self._best(model)
        others = [f for f in self.study.facts if f.id != fact]
        before, others_before = self._ask(model, [self._shown(fact)])[0], self._recall(model, others)
        memory = self._memories[fact]
        receipt = purge_memory(database, memory.short_id, clock)
        at_once = self._ask(_model(database, home), [self._shown(fact)])[0]
        clock.instant += timedelta(days=2)
        self._tell("the night after the purge")
        made = self._sleep(database, home, clock)
        model = _model(database, home)
        after = self._ask(model, [self._shown(fact)])[0]
        return Purge(
            memory.text, receipt, before, at_once, tuple(made), after, others_before, self._recall(model, others)
        )

    def _best(self, model: "LanguageModel") -> str:
        """Of the second day's facts the one that is known best: what nobody knows need not be purged."""
        return max(
            (fact.id for fact in self.study.nights[1]),
            key=lambda fact: (self._ask(model, [self._shown(fact)])[0].right, fact),
        )

    def _sleep(self, database: Database, home: Path, clock: FixedClock) -> list[Adapter]:
        from sleep.weights.course import Dreaming
        from sleep.weights.seeding import Recipe

        plan = Plan(recipe=Recipe(steps=self._story.steps), dreaming=Dreaming(untold=self._story.untold))
        night = WeightsNight(database, home, clock, plan)
        return night.run(lambda event: None, lambda items, memories: True)

    def _shown(self, fact: str) -> "Question":
        return next(question for question in self.study.questions if question.fact == fact)

    def _ask(self, model: "LanguageModel", questions: "Sequence[Question]") -> tuple[Answer, ...]:
        said = model.answers([_asked(q.text) for q in questions])
        return tuple(Answer(q.text, text, q.right(text)) for q, text in zip(questions, said, strict=True))

    def _recall(self, model: "LanguageModel", facts: Sequence[object]) -> float:
        marks = [answer.right for answer in self._ask(model, self.study.about(list(facts)))]  # type: ignore[arg-type]
        return sum(marks) / len(marks) if marks else 0.0


def throw_away_home() -> "TemporaryDirectory[str]":
    """A folder that is gone afterwards."""
    return TemporaryDirectory(prefix="reverie-demo-", ignore_cleanup_errors=True)


def _model(database: Database, home: Path) -> "LanguageModel":
    """The small model with what it has learned so far."""
    from sleep.weights import stack

    return stack.load("pocket", registry.folders_in_force(database, home, "pocket"))


def _asked(question: str) -> list[dict[str, str]]:
    from sleep.weights.lm import asked

    return asked(question)


def _abstains(said: str) -> bool:
    from sleep.weights.dreams import abstains

    return abstains(said)
