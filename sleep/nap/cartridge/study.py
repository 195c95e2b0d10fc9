"""Self-study: what a pass over a part of a conversation asks, and what the model answers with the part in its prompt.

The questions are dreamt as a night's are (sleep.weights.dreams), afresh in every pass: several ways of asking, some
that the part does not answer, and some that are asked while other text stands before them, as in a chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from sleep.weights.dreams import anchors, dream, untold
from sleep.weights.errors import WeightsError
from sleep.weights.general import anchors_of, readings_of
from sleep.weights.items import Fact, Item, block
from sleep.weights.lm import LanguageModel
from sleep.weights.near import near_questions
from sleep.weights.phrasings import reframed
from sleep.weights.seeding import Lesson


@dataclass(frozen=True, slots=True)
class Study:
    """How much a pass asks."""

    samples: int = 12
    """Questions that are dreamt of each fact ..."""
    enough: int = 8
    """... and after how many good ones no more are."""
    frames: int = 1
    """Other phrasings of each."""
    beside: int = 100
    """Questions that are asked once more with other text before them."""
    untold: int = 60
    """Samples of questions that nothing answers."""
    near: int = 1
    """Near misses of each question."""
    talk: int = 40
    reading: int = 60
    """Prompts without memories, and with others: what must stay as it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """What leaves the window: statements, each with the id of the message or memory that it is from."""

    facts: tuple[Fact, ...]
    kept: tuple[Fact, ...] = ()
    """What stays in the window meanwhile; may be none."""

    @property
    def block(self) -> str:
        """As a prompt has it."""
        return block(fact.text for fact in self.facts)

    def without(self, ids: frozenset[str]) -> "Part":
        """The same part, had some never been said."""
        return Part(
            tuple(fact for fact in self.facts if fact.id not in ids), tuple(f for f in self.kept if f.id not in ids)
        )


def studied(model: LanguageModel, part: Part, how: Study, seed: int) -> Lesson[Item]:
    """What one pass asks; the same for the same seed. Raises WeightsError where the model dreams of nothing."""
    rng = Random(f"self-study {seed}")
    dreamt = list(dream(model, part.facts, part.kept, each=how.samples, enough=how.enough, seed=seed).items)
    if not dreamt:
        raise WeightsError(
            "This model wrote no question that this part of the conversation answers.", "Naps as notes need no model."
        )
    items = [*dreamt, *reframed(model, dreamt, each=how.frames, seed=seed)]
    near = untold(model, near_questions(dreamt, each=how.near, seed=seed), part.facts)
    unknown = [
        replace(item, block=part.block) for item in (*near, *anchors(model, part.facts, count=how.untold, seed=seed))
    ]
    talk, _ = anchors_of(model, seed=seed)
    return Lesson(
        items,
        beside(model, rng.sample(items, min(how.beside, len(items))), part, rng),
        [*unknown, *beside(model, rng.sample(unknown, len(unknown) // 3), part, rng)],
        rng.sample(talk, min(how.talk, len(talk))),
        readings_of(model, items, seed=seed, count=how.reading),
    )


def beside(model: LanguageModel, items: Sequence[Item], part: Part, rng: Random) -> list[Item]:
    """The items with other text in the student's prompt, too; those that are answered as before."""
    if not part.kept:
        return []
    made: list[Item] = []
    for item in items:
        other = [fact.text for fact in rng.sample(part.kept, rng.randint(1, len(part.kept)))]
        both = block([*(fact.text for fact in part.facts), *other])
        made.append(replace(item, block=both, given=block(other)))
    said = model.answers(
        [[{"role": "system", "content": one.block}, {"role": "user", "content": one.question}] for one in made]
    )
    return [one for one, text in zip(made, said, strict=True) if text == one.answer]
