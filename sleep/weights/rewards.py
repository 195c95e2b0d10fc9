"""Which dreams teach something, and a dreamer that is tuned on those.

ReST-EM (Singh et al. 2024), in sleep after Behrouz et al. 2026: a copy of the student learns one question alone, and
earns 1 if it then answers others about the same memory. The model that dreams is trained on the winners, and dreams
again; winners are rehearsed with the hardest last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

from sleep.weights.dreams import dream, instructions_for
from sleep.weights.items import Fact, Item, block
from sleep.weights.lm import Coded, LanguageModel, answer_logits, asked
from sleep.weights.probes import Probe, marks
from sleep.weights.seeding import Recipe
from sleep.weights.tuning import fine_tuned, lora

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Trying:
    """How a dream is tried out, and how the dreamer is tuned."""

    steps: int = 6
    rate: float = 8e-3
    rank: int = 8
    asked: int = 4
    """So many other questions about the same memory."""
    tuning: Recipe = field(default_factory=lambda: Recipe(steps=30, batch=16, rate=1e-3, rank=8))


@dataclass(frozen=True, slots=True)
class Tried:
    """A dream, and what came of learning it alone."""

    item: Item
    earned: bool
    """Whether more of the held-out questions are answered than before."""
    loss: float
    """Nats a token before: how hard it is."""


def tried(
    student: LanguageModel, items: Sequence[Item], held: Mapping[str, Sequence[Item]], how: Trying
) -> list[Tried]:
    """Learn each item in a copy of the student; ``held`` are questions by memory that the copy is asked afterwards.

    The student has a fresh adapter, and is as it was afterwards. What has nothing held out earns nothing.
    """
    blank = [(p, p.detach().clone()) for p in student.model.parameters() if p.requires_grad]
    coded = student.coded([asked(item.question) for item in items], [item.answer for item in items])
    hard = student.loss(coded)
    probes = {fact: [Probe.of(i) for i in found[: how.asked]] for fact, found in held.items()}
    before = {fact: sum(marks(student, asked_for)) for fact, asked_for in probes.items() if asked_for}
    found = []
    for item, one, loss in zip(items, coded, hard, strict=True):
        fact = item.facts[0]
        earned = False
        if before.get(fact, 0) < len(probes.get(fact, ())):
            _learn_alone(student.model, [p for p, _ in blank], one, how)
            earned = sum(marks(student, probes[fact])) > before[fact]
            _restore(blank)
        found.append(Tried(item, earned, loss))
    return found


def _learn_alone(student: Any, trained: "Sequence[torch.nn.Parameter]", one: Coded, how: Trying) -> None:
    import torch

    optimizer = torch.optim.AdamW(trained, lr=how.rate, weight_decay=0.0)
    wanted = torch.tensor(one.answer, device=trained[0].device)
    for _ in range(how.steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(answer_logits(student, [one])[0], wanted).backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _restore(blank: "Iterable[tuple[torch.nn.Parameter, torch.Tensor]]") -> None:
    import torch

    with torch.no_grad():
        for parameter, was in blank:
            parameter.copy_(was)
            parameter.grad = None


def winners(every: Iterable[Tried]) -> list[Item]:
    """The items that earned, the hardest last."""
    return [t.item for t in sorted((t for t in every if t.earned), key=lambda t: t.loss)]


def rewarded(
    base: str, student: LanguageModel, teacher: LanguageModel, dreams: Sequence[Item], kept: Sequence[Item],
    facts: Sequence[Fact], known: Sequence[Fact], *, each: int, enough: int, seed: int, how: Trying | None = None,
) -> list[Item]:  # fmt: skip
    """The dreams to rehearse, the hardest last: the winners of those kept, and of what the tuned dreamer dreams.

    ``dreams`` that were not kept are what copies are asked. A memory of which nothing earned keeps its dreams.
    """
    trying = how or Trying()
    held = _by_fact(item for item in dreams if item not in kept)
    first = tried(student, kept, held, trying)
    if not (won := winners(first)):
        return list(kept)
    dreamer = tuned(base, rows(won, facts, teacher), trying, seed)
    asked_before = {item.question for item in dreams}
    again = dream(dreamer, facts, known, each=each, enough=enough, seed=seed, judge=teacher).items
    new = [item for item in again if item.question not in asked_before]
    every = [*first, *tried(student, new[: len(kept)], held, trying)]
    taught = {item.facts[0] for item in winners(every)}
    found = winners(replace(one, earned=one.earned or one.item.facts[0] not in taught) for one in every)
    most = max(len(of) for of in _by_fact(kept).values())
    return [item for item in found if item in set(_capped(found, most))]


def _by_fact(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.facts[0], []).append(item)
    return found


def _capped(items: Sequence[Item], most: int) -> list[Item]:
    """Of each memory the hardest ones, at the most so many."""
    return [item for found in _by_fact(items).values() for item in found[-most:]]


def rows(won: Sequence[Item], facts: Sequence[Fact], model: LanguageModel) -> list[dict[str, Any]]:
    """What the dreamer should have written, as trl takes it."""
    orders, texts = instructions_for(model), {fact.id: fact.text for fact in facts}
    return [
        {
            "prompt": asked(orders[item.kind], block([texts[item.facts[0]]])),
            "completion": [{"role": "assistant", "content": f"Q: {item.question}\nA: {item.answer}"}],
        }
        for item in won
        if item.facts[0] in texts and item.kind in orders
    ]


def tuned(base: str, winning: Sequence[dict[str, Any]], how: Trying, seed: int) -> LanguageModel:
    """The base after supervised fine-tuning on what won. It dreams this night's dreams, and is gone afterwards: nothing
    of a memory stays in it."""
    model = LanguageModel.load(base)
    drawn = Random(f"tuning {seed}").choices(winning, k=how.tuning.steps * how.tuning.batch)
    return fine_tuned(model, drawn, replace(how.tuning, seed=seed), lora(how.tuning.rank))
