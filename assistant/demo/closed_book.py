"""The same week in weights: three nights, and what the shipped model then answers with nothing in its prompt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from assistant.demo import script
from assistant.demo.script import Known
from assistant.runtime import Runtime
from memory.clock import FixedClock
from memory.store.adapters import AdapterStore
from memory.types import Memory
from memory.weights import Adapter
from sleep.weights import registry
from sleep.weights.night import PROBE, Plan, WeightsNight

if TYPE_CHECKING:
    from sleep.weights.bench.study import Question
    from sleep.weights.lm import LanguageModel

BASE = "pocket"
LATER = timedelta(days=1, hours=1)
"""From one night of weights to the next: what is younger than a day is not learned."""
ASKED = 4
"""Questions about each memory, drawn from the wordings that the shipped model was never trained with."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is learned, and how long."""

    nights: int = 3
    steps: int = 150
    samples: int = 24
    untold: int = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with nothing in the prompt, what was said, and whether it is right."""

    question: str
    said: str
    right: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """One night of weights."""

    number: int
    memories: tuple[Memory, ...]
    before: tuple[Answer, ...]
    after: tuple[Answer, ...]
    never_told: Answer
    adapter: Adapter
    row: tuple[float, ...]
    """Recall after this night, from 0 to 1, of what each night learns, those to come included."""


@dataclass(frozen=True, slots=True)
class Anew:
    """The night after a purge: what its adapters knew besides is learned again."""

    adapters: tuple[Adapter, ...]
    purged: Answer
    others: float
    """Recall of everything else."""


class ClosedBook:
    """Nights of weights of a home, once the memories of its nights of text are old enough."""

    def __init__(self, runtime: Runtime, clock: FixedClock, effort: Effort) -> None:
        self._runtime, self._clock, self._effort = runtime, clock, effort
        clock.instant += LATER
        memories = self._night(1_000).chosen().memories
        each = -(-len(memories) // effort.nights)
        self._parts = [memories[at : at + each] for at in range(0, len(memories), each)]
        """What each night learns: what it chooses by itself, oldest first, so many at the most."""

    def nights(self) -> Iterator[Learned]:
        """Learn, night after night."""
        for number, part in enumerate(self._parts, 1):
            before = self._one_each(part)
            (adapter,) = self._learn(len(part))
            after = self._one_each(part)
            untold = script.NEVER_TOLD[(number - 1) % len(script.NEVER_TOLD)]
            row = tuple(self._recall(some) for some in self._parts)
            yield Learned(number, part, before, after, self._ask_untold(untold), adapter, row)

    def purged(self) -> Answer:
        """What the weights say at this moment about who is purged."""
        return self._ask(_questions(next(known for known in script.KNOWN if known.value == script.PURGED))[:1])[0]

    def anew(self) -> Anew:
        """The next night: without what was purged."""
        made = self._learn(self._effort.nights * len(self._parts[0]))
        return Anew(tuple(made), self.purged(), self.others())

    def others(self) -> float:
        """Recall of everything that is not purged."""
        return self._recall([m for part in self._parts for m in part if script.PURGED not in m.text])

    def _learn(self, most: int) -> list[Adapter]:
        made = self._night(most).run(lambda event: None, lambda items, memories: True)
        self._clock.instant += LATER
        return made

    def _night(self, most: int) -> WeightsNight:
        from sleep.weights.course import Dreaming
        from sleep.weights.seeding import Recipe

        how = self._effort
        plan = Plan(
            base=BASE,
            most=most,
            recipe=Recipe(steps=how.steps),
            dreaming=Dreaming(samples=how.samples, untold=how.untold),
        )
        return WeightsNight(self._runtime.database, self._runtime.paths.data, self._clock, plan)

    # -- asking

    def _one_each(self, memories: Sequence[Memory]) -> tuple[Answer, ...]:
        return self._ask([_questions(_known(memory))[0] for memory in memories])

    def _recall(self, memories: Sequence[Memory]) -> float:
        """The share of right answers to questions that no night has rehearsed."""
        rehearsed = self._rehearsed()
        every = [question for memory in memories for question in _questions(_known(memory))]
        marks = [answer.right for answer in self._ask([q for q in every if q.text not in rehearsed])]
        return sum(marks) / len(marks) if marks else 0.0

    def _rehearsed(self) -> set[str]:
        store = AdapterStore(self._runtime.database)
        return {item.question for a in store.list() for item in store.items(a) if item.kind != PROBE}

    def _ask(self, questions: "Sequence[Question]") -> tuple[Answer, ...]:
        from sleep.weights.lm import asked

        said = self._model().answers([asked(q.text) for q in questions]) if questions else []
        return tuple(Answer(q.text, text, q.right(text)) for q, text in zip(questions, said, strict=True))

    def _ask_untold(self, question: str) -> Answer:
        from sleep.weights.dreams import abstains
        from sleep.weights.lm import asked

        (said,) = self._model().answers([asked(question)])
        return Answer(question, said, abstains(said))

    def _model(self) -> "LanguageModel":
        """The small model with what it has learned so far."""
        from sleep.weights import stack

        folders = registry.folders_in_force(self._runtime.database, self._runtime.paths.data, BASE)
        return stack.load(BASE, folders)


def _known(memory: Memory) -> Known:
    """What a memory tells: of the words that answers must have, the last one in it."""
    return max(script.KNOWN, key=lambda known: memory.text.rfind(known.value))


def _questions(known: Known) -> "tuple[Question, ...]":
    """The same ones each time."""
    from sleep.weights.bench.study import Question
    from sleep.weights.pocket.attributes import ATTRIBUTES
    from sleep.weights.pocket.world import Fact, wordings

    kept = wordings(Fact(ATTRIBUTES[known.attribute], known.value), kept=True)
    drawn = Random(known.attribute).sample(kept, min(ASKED, len(kept)))
    return tuple(Question(known.attribute, text, known.value) for text in drawn)
