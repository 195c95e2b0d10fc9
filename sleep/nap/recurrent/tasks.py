"""What is to be answered about chunks that are gone: a cellular automaton that has to be run, and links to follow."""

from dataclasses import dataclass
from typing import Protocol

import torch


@dataclass(frozen=True, slots=True)
class Batch:
    """Chunks, each (batch, tokens); a question (batch, tokens); and what is right at each of its tokens."""

    chunks: tuple[torch.Tensor, ...]
    question: torch.Tensor
    answers: torch.Tensor


class Task(Protocol):
    """Makes batches of one kind; `hard` is how many steps an answer takes."""

    @property
    def name(self) -> str: ...

    @property
    def hardest(self) -> int: ...

    @property
    def vocabulary(self) -> int: ...

    @property
    def longest(self) -> int: ...

    @property
    def chance(self) -> float:
        """The share of questions that are right by guessing."""

    def batch(self, size: int, hard: int | None, rng: torch.Generator) -> Batch: ...


@dataclass(frozen=True, slots=True)
class Rule110:
    """Some strings of bits, a chunk each, with the number of steps t before it; asked is the first bit of each after t
    steps of rule 110 on a ring (Lee et al. 2026, section 4.1, with shorter and fewer strings)."""

    bits: int = 12
    strings: int = 2
    hardest: int = 12
    name: str = "rule 110"

    @property
    def vocabulary(self) -> int:
        return 3 + self.hardest

    @property
    def longest(self) -> int:
        return (self.bits + 1) * self.strings + self.strings

    @property
    def chance(self) -> float:
        return float(0.5**self.strings)

    def batch(self, size: int, hard: int | None, rng: torch.Generator) -> Batch:
        """`hard`: as many steps for all; None: any number of them."""
        start = torch.randint(0, 2, (size, self.strings, self.bits), generator=rng)
        steps = torch.randint(1, self.hardest + 1, (size,), generator=rng)
        if hard is not None:
            steps = torch.full((size,), hard)
        firsts, state = torch.zeros(size, self.strings, dtype=torch.long), start
        for step in range(1, self.hardest + 1):
            state = rule110(state)
            firsts = torch.where((steps == step)[:, None], state[:, :, 0], firsts)
        sign = (2 + steps)[:, None]
        chunks = tuple(torch.cat([sign, start[:, at]], dim=1) for at in range(self.strings))
        return Batch(chunks, torch.full((size, self.strings), 2), firsts)


def rule110(state: torch.Tensor) -> torch.Tensor:
    """One step, on a ring: a cell is 0 after 111, 100 and 000, else 1."""
    left, right = state.roll(1, -1), state.roll(-1, -1)
    return (state | right) & (1 - (left & state & right))


@dataclass(frozen=True, slots=True)
class Links:
    """A ring of nodes whose links come in any order, some in each chunk; asked is the node some links further (Depo,
    Allen-Zhu 2025, as in Lee et al. 2026, section 4.2, with fewer nodes)."""

    nodes: int = 6
    each: int = 2
    """Links in a chunk."""
    hardest: int = 4
    asked: int = 2
    """Questions about one ring."""
    name: str = "links"

    @property
    def vocabulary(self) -> int:
        return self.nodes + self.hardest + 1

    @property
    def longest(self) -> int:
        return 2 * self.nodes + 2 * self.asked

    @property
    def chance(self) -> float:
        return float((1 / self.nodes) ** self.asked)

    def batch(self, size: int, hard: int | None, rng: torch.Generator) -> Batch:
        """`hard`: as many links for all; None: any number of them."""
        order = torch.rand(size, self.nodes, generator=rng).argsort(1)
        after = torch.empty_like(order).scatter_(1, order, order.roll(-1, 1))
        shown = torch.rand(size, self.nodes, generator=rng).argsort(1)
        pairs = torch.stack([shown, after.gather(1, shown)], dim=2).flatten(1)
        chunks = torch.split(pairs, 2 * self.each, dim=1)
        node = torch.rand(size, self.nodes, generator=rng).argsort(1)[:, : self.asked]
        far = torch.randint(1, self.hardest + 1, (size, self.asked), generator=rng)
        if hard is not None:
            far = torch.full_like(far, hard)
        found = node
        for step in range(1, self.hardest + 1):
            found = torch.where(far >= step, after.gather(1, found), found)
        question = torch.stack([node, self.nodes + far], dim=2).flatten(1)
        unasked = torch.full_like(found, -100)
        return Batch(chunks, question, torch.stack([unasked, found], dim=2).flatten(1))
