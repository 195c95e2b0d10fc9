"""A made-up user whose facts are told night after night, and what is asked about them afterwards."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from sleep.weights.items import Fact, block
from sleep.weights.pocket.evaluate import Case
from sleep.weights.pocket.text import asked, scene, untold
from sleep.weights.pocket.world import NOT_TOLD, persona

ASKED = 4
"""Questions about each fact, in wordings that neither the base nor a night was trained on."""
NEVER_TOLD = 20
"""Attributes that were never told, each asked in as many wordings; and as many told of the user, but asked of somebody
else."""
READ = 120
"""Questions with memories in the prompt; half of them about something that neither these nor a night tells."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a fact, and the value that its answer must have."""

    fact: str
    text: str
    value: str

    def right(self, said: str) -> bool:
        """Whether an answer has the value."""
        return NOT_TOLD not in said and re.search(rf"(?<!\w){re.escape(self.value)}(?!\w)", said, re.I) is not None


@dataclass(frozen=True)
class Study:
    """What is told and asked, for one seed."""

    seed: int
    nights: tuple[tuple[Fact, ...], ...]
    said: Mapping[str, str]
    """Each fact as the user said it, by the fact's id."""
    questions: tuple[Question, ...]
    never_told: tuple[str, ...]
    read: tuple[Case, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts, in the order in which they are told."""
        return tuple(fact for night in self.nights for fact in night)

    @cached_property
    def blocks(self) -> Mapping[str, str]:
        """For each fact the memories of its night, as a prompt has them."""
        return {fact.id: block(f.text for f in night) for night in self.nights for fact in night}

    def about(self, facts: Sequence[Fact]) -> list[Question]:
        """The questions about some facts."""
        wanted = {fact.id for fact in facts}
        return [question for question in self.questions if question.fact in wanted]


def make_study(seed: int, nights: int, facts: int) -> Study:
    """A made-up user for a seed; the same seed, the same user."""
    rng = Random(f"study {seed}")
    made = persona(seed, facts=nights * facts, probes=NEVER_TOLD, each=ASKED)
    told = rng.sample(made.facts, len(made.facts))
    return Study(
        seed,
        tuple(
            tuple(Fact(f.key, f.statement) for f in told[start : start + facts])
            for start in range(0, len(told), facts)
        ),
        {f.key: f.said for f in told},
        tuple(
            Question(f.key, text, f.value)
            for f in told
            for text in rng.sample(f.kept_questions, min(ASKED, len(f.kept_questions)))
        ),
        (*made.never_told, *made.of_others),
        _readings(rng, frozenset(q for f in made.facts for q in (*f.questions, *f.kept_questions))),
    )  # fmt: skip


def _readings(rng: Random, learned: frozenset[str]) -> tuple[Case, ...]:
    """Half of them cannot be answered from what is read, nor from what was ``learned``."""
    found: list[Case] = []
    while len(found) < READ:
        others = scene(rng, rng.randint(2, 6), unseen=True, kept=True, ids=False)
        told = len(found) % 2 == 0
        turn = asked(rng, others, rng.choice(others.current())) if told else untold(rng, others)
        if told or turn.user not in learned:
            found.append(Case(others.system, turn))
    return tuple(found)
