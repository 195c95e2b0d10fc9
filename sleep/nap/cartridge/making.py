"""A cartridge of a part of a conversation: begun with the part's own keys and values, trained in N passes.

Each pass asks afresh (``study``) and trains with the loss of Knowledge Seeding (sleep.weights.seeding): the divergence
over the likely tokens of the same model with the part in its prompt, as in self-study (arXiv 2506.06266, section 3).
Imported only where a model is run.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from sleep.nap.cartridge.beginning import Beginning, beginning
from sleep.nap.cartridge.prefix import Attached
from sleep.nap.cartridge.study import Part, Study, studied
from sleep.weights.errors import WeightsError
from sleep.weights.items import Item
from sleep.weights.lm import LanguageModel, asked
from sleep.weights.quiet import quietly
from sleep.weights.seeding import Lesson, Prepared, Recipe, learn, prepared

RECIPE = Recipe(steps=40, batch=32, rate=5e-2, rehearsal=0.25, anchors=0.25, general=0.1, reading=0.1, looks=())
"""A tenfold rate of an adapter's: keys and values are what is learned, not what makes them. ``rehearsal`` is of the
questions with other text before them."""


@dataclass(frozen=True, slots=True)
class Making:
    """How a cartridge is made."""

    passes: int = 2
    share: float = 0.5
    """Its tokens, as a share of the part's."""
    begin: Beginning = Beginning.HEADS
    study: Study = field(default_factory=Study)
    recipe: Recipe = RECIPE
    """Of one pass."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Cartridge:
    """Keys and values, and what they stand for."""

    values: torch.Tensor
    """Shape (tokens, layers that attend, 2, heads, head size), single precision."""
    facts: tuple[str, ...]
    """Ids of what was said in the part, in its order."""
    replaces: int
    """Tokens of the part."""
    passes: int
    seconds: float = 0.0
    """Of the processor, for all passes."""
    beside: tuple[str, ...] = ()
    """Ids of what stood in the window meanwhile: it does not stand for that, but was trained next to it."""

    @property
    def tokens(self) -> int:
        return len(self.values)

    @property
    def bytes(self) -> int:
        """In memory, in the precision that it is trained in."""
        return self.values.nbytes


def part_ids(model: LanguageModel, part: Part) -> torch.Tensor:
    """Tokens of a part as a prompt begins with them, up to the first question, shape (tokens,)."""
    heads = [model.rendered(asked(question, part.block)) for question in ("A?", "B?")]
    same = next(at for at, (a, b) in enumerate(zip(*heads, strict=True)) if a != b)
    bare = [model.rendered(asked(question)) for question in ("A?", "B?")]
    turn = next(at for at, (a, b) in enumerate(zip(*bare, strict=True)) if a != b)
    text = heads[0][: same - turn]
    ids = model.tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"][0]
    found: torch.Tensor = ids.to(model.model.device)
    return found


def made(model: LanguageModel, part: Part, how: Making) -> Cartridge:
    """The cartridge after all passes. Raises WeightsError where there is nothing to study."""
    *_, last = passes(model, part, how)
    return last


def passes(
    model: LanguageModel, part: Part, how: Making, lesson_of: Callable[[int], Lesson[Item]] | None = None,
    done: Cartridge | None = None,
) -> Iterator[Cartridge]:  # fmt: skip
    """The cartridge as it begins, and after each pass. ``lesson_of`` gives what a pass asks, counted from 1; without
    it, that is dreamt. ``done`` is what earlier passes made of the same part: only the further ones follow."""
    if not part.facts:
        raise WeightsError("There is nothing to make a cartridge of.")
    ids, started = part_ids(model, part), time.process_time()
    facts, beside = (tuple(dict.fromkeys(fact.id for fact in some)) for some in (part.facts, part.kept))
    attached = Attached(model.model, done.values.to(model.model.device)) if done else None
    before, first = (done.seconds, done.passes) if done else (0.0, 0)

    def so_far(attached: Attached, number: int) -> Cartridge:
        seconds = before + time.process_time() - started
        return Cartridge(attached.values().cpu(), facts, len(ids), number, seconds, beside)

    for number in range(first + 1, how.passes + 1):
        seed = how.seed * 1000 + number
        ready = prepared(model, lesson_of(number) if lesson_of else studied(model, part, how.study, seed), how.recipe)
        if attached is None:
            attached = begun(model, ids, ready.new, how)
            yield so_far(attached, 0)
        train(model, attached, ready, replace(how.recipe, seed=seed))
        yield so_far(attached, number)


def begun(model: LanguageModel, ids: torch.Tensor, asked: Sequence[Prepared], how: Making) -> Attached:
    """The model with an untrained cartridge."""
    tokens = max(2, round(how.share * len(ids)))
    step = max(1, len(asked) // 128)
    values = beginning(model.model, ids, tokens, [one.student for one in asked[::step]], how.begin)
    return Attached(model.model, values)


def train(model: LanguageModel, attached: Attached, lesson: Lesson[Prepared], recipe: Recipe) -> None:
    """Train a cartridge in place."""
    with TemporaryDirectory() as work, quietly():
        learn(model, attached, lesson, recipe, work=Path(work))


def attach(model: LanguageModel, *cartridges: Cartridge) -> LanguageModel:
    """The model with cartridges before everything that it reads, the earliest first; the given one stays as it is."""
    values = torch.cat([one.values for one in cartridges]).to(model.model.device)
    return LanguageModel(Attached(model.model, values).eval(), model.tokenizer)
