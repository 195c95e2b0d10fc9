"""How a model learns one night after the other: Knowledge Seeding, whole and with parts of it left out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sleep.weights.bench.material import ENOUGH, FRAMES, SAMPLES, Material, Phrased
from sleep.weights.bench.study import Study
from sleep.weights.dreams import chosen
from sleep.weights.items import Fact, Item, words_of
from sleep.weights.lm import LanguageModel
from sleep.weights.phrasings import reframings
from sleep.weights.rewards import rewarded
from sleep.weights.seeding import Lesson, Prepared, Recipe, for_all, fresh_adapter, learn, prepare
from sleep.weights.seeding import parts as parts_of

TOP, RANDOM = 6, 4
"""Of the dreams of a memory those with the largest gradients, and as many more at random."""


@dataclass(frozen=True)
class Desk:
    """What every arm of one seed works with."""

    study: Study
    material: Material
    teacher: LanguageModel
    talk: Sequence[Item]
    """General prompts to rehearse, with the base's own answers."""
    recipe: Recipe
    base: str = "pocket"
    cache: dict[Item, Prepared] = field(default_factory=dict)
    cost: dict[Item, float] = field(default_factory=dict)
    """Seconds that what is in the cache took."""

    def recipe_of(self, night: int) -> Recipe:
        """The recipe with a night's own seed."""
        return replace(self.recipe, seed=self.study.seed * 100 + night)

    def items_only(self, night: int) -> Recipe:
        """The recipe of what rehearses items and nothing else: as many new and as many earlier ones as Seeding does
        beside what must not change."""
        whole = self.recipe_of(night)
        (_, new), (_, earlier), *_ = parts_of(Lesson([0], [0], [0], [0], [0]), whole)
        return replace(whole, batch=new + earlier, rehearsal=earlier / (new + earlier))

    def prepared(self, items: Sequence[Item]) -> list[Prepared]:
        """Items as numbers; each is made only once for all arms, for the teacher never changes."""
        new, started = [item for item in dict.fromkeys(items) if item not in self.cache], time.monotonic()
        self.cache.update(zip(new, prepare(self.teacher, new, self.recipe.top_k), strict=True))
        self.cost.update(dict.fromkeys(new, (time.monotonic() - started) / max(1, len(new))))
        return [self.cache[item] for item in items]

    def drawn(self, night: int) -> list[Item]:
        """The night's questions without any choice by gradient, in as many phrasings."""
        return _at_random(self.material.mixed[night - 1], self.recipe_of(night).seed)


class Learner(Protocol):
    """One way of learning."""

    model: LanguageModel

    def sleep(self, night: int) -> None:
        """Learn what was told on a day, counted from 1."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts of Seeding are in use."""

    imitation: bool = False
    """Answers of the student's own, with a reward for saying what the teacher says."""
    gradient: bool = False
    """Dreams chosen by the norm of their gradient, not all at random."""
    unrelated: bool = True
    """Dreams with an unrelated memory in the prompt."""
    fresh: bool = True
    """New capacity every night."""
    rewarded: bool = False
    """Dreams tried out in copies, a dreamer tuned on those that taught something, the hardest last."""
    rehearsal: bool = True
    anchors: bool = True
    looks: bool = True
    """What is not learned yet drawn more often."""
    evenly: bool = True
    """Each memory as often as the others."""
    halfway: bool = True
    """Not all of the adapter laid on."""


OWN_ANSWERS = 0.25
"""The share of steps with answers of the student's own, where they are in use."""


class Seeding:
    """Distillation from the base with memories into an adapter without them."""

    def __init__(self, desk: Desk, parts: Parts) -> None:
        self.model = LanguageModel.load(desk.base)
        self._desk = desk
        self._parts = parts
        self._student: Any = None
        self._earlier: list[Item] = []
        self._used: set[Item] = set()
        self.spared = 0.0
        """Seconds for what another arm had made already."""

    def sleep(self, night: int) -> None:
        desk, parts = self._desk, self._parts
        whole = desk.recipe_of(night) if parts.anchors else desk.items_only(night)
        recipe = replace(
            whole,
            on_policy=OWN_ANSWERS if parts.imitation else 0.0,
            looks=whole.looks if parts.looks else (),
            strength=whole.strength if parts.halfway else 1.0,
        )
        if parts.fresh or self._student is None:
            self._student = fresh_adapter(self.model, recipe)
        items = self._rewarded(night, recipe.seed) if parts.rewarded else self._chosen(night, recipe.seed)
        material, kept = desk.material, [*desk.talk, *desk.material.muddled[night - 1]]
        lesson = Lesson(
            self._prepared(items), self._prepared(self._earlier) if parts.rehearsal else [],
            self._prepared(material.anchors[night - 1]) if parts.anchors else [],
            self._prepared(kept) if parts.anchors else [],
            self._prepared(material.reading[night - 1]) if parts.anchors else [],
            ordered=parts.rewarded, evenly=parts.evenly,
        )  # fmt: skip
        with TemporaryDirectory() as work:
            learn(self.model, self._student, lesson, recipe, work=Path(work), same=same_words)
        tokenizer = self.model.tokenizer
        self.model = LanguageModel(self._student.merge_and_unload() if parts.fresh else self._student, tokenizer)
        self.model.model.eval()
        self._earlier += items

    def without(self, purged: Sequence[Fact]) -> LanguageModel:
        """A model that learned everything but some facts, as after their purge: from the base, all nights at once."""
        desk = self._desk
        items = without(self._earlier, purged)
        model = LanguageModel.load(desk.base)
        recipe = for_all(desk.recipe, len(desk.study.facts) - len(purged))
        student = fresh_adapter(model, recipe)
        lesson = Lesson(
            desk.prepared(items), [], desk.prepared(without(desk.material.anchors[-1], purged)),
            desk.prepared([*desk.talk, *desk.material.muddled[-1]]),
            desk.prepared(without(desk.material.reading[-1], purged)), evenly=True,
        )  # fmt: skip
        with TemporaryDirectory() as work:
            learn(model, student, lesson, recipe, work=Path(work))
        return LanguageModel(student.merge_and_unload().eval(), model.tokenizer)

    def _prepared(self, items: Sequence[Item]) -> list[Prepared]:
        first = set(items) - self._used
        self._used |= first
        self.spared += sum(self._desk.cost.get(item, 0.0) for item in first)
        return self._desk.prepared(items)

    def _chosen(self, night: int, seed: int) -> list[Item]:
        dreams = (self._desk.material.mixed if self._parts.unrelated else self._desk.material.alone)[night - 1]
        if not self._parts.gradient:
            return _at_random(dreams, seed)
        first = [phrased[0] for phrased in dreams]
        kept = set(chosen(self._student, self.model, first, top=TOP, random=RANDOM, seed=seed))
        return [item for phrased in dreams if phrased[0] in kept for item in phrased]

    def _rewarded(self, night: int, seed: int) -> list[Item]:
        desk = self._desk
        nights = desk.study.nights
        dreams = [phrased[0] for phrased in desk.material.mixed[night - 1]]
        kept = chosen(self._student, self.model, dreams, top=0, random=TOP + RANDOM, seed=seed)
        student = LanguageModel(self._student, self.model.tokenizer)
        known = [fact for told in nights[: night - 1] for fact in told]
        won = rewarded(
            desk.base, student, desk.teacher, dreams, kept, nights[night - 1], known, each=SAMPLES, enough=ENOUGH,
            seed=seed,
        )  # fmt: skip
        again = reframings(desk.teacher, won, each=FRAMES, seed=seed)
        return [one for item in won for one in (item, *(phrased for of, phrased in again if of is item))]


def without(items: Sequence[Item], purged: Sequence[Fact]) -> list[Item]:
    """Items as a purge leaves them: none that rests on a purged fact, and none of these in a prompt."""
    ids, texts = {fact.id for fact in purged}, {fact.text for fact in purged}
    return [
        replace(
            item,
            block="\n".join(line for line in item.block.splitlines() if line not in texts),
            given="\n".join(line for line in item.given.splitlines() if line not in texts),
        )
        for item in items
        if not ids & set(item.facts)
    ]


def same_words(said: str, wanted: str) -> bool:
    """Whether two short answers mean the same: they have the same words, in any order."""
    return words_of(said) == words_of(wanted)


def _at_random(dreams: Sequence[Phrased], seed: int) -> list[Item]:
    rng = Random(f"drawn {seed}")
    by_fact: dict[str, list[Phrased]] = {}
    for phrased in dreams:
        by_fact.setdefault(phrased[0].facts[0], []).append(phrased)
    kept = [one for found in by_fact.values() for one in rng.sample(found, min(TOP + RANDOM, len(found)))]
    return [item for phrased in kept for item in phrased]
