"""What reading, answering and learning take, by the processor; the arms in turn, so that what else runs
hits all alike."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import torch

from sleep.nap.recurrent.hybrid import Hybrid, Shape
from sleep.nap.recurrent.tasks import Task
from sleep.nap.recurrent.training import Course, learn, optimisers_of

ROUNDS = 15
BATCH = 128


@dataclass(frozen=True, slots=True)
class Timing:
    """Median milliseconds of the processor for a batch of 128."""

    read: float
    """All chunks, with all passes; of what drops nothing 0, for it reads when it answers."""
    answer: float
    learn: float
    """A training step."""


def timed(shapes: Mapping[str, Shape], task: Task) -> dict[str, Timing]:
    """Each shape's times. They do not depend on what was learned, so the models are fresh."""
    acts = {name: _acts(Hybrid(shape, task.vocabulary, task.longest), task) for name, shape in shapes.items()}
    taken: dict[str, list[list[float]]] = {name: [] for name in acts}
    for number in range(ROUNDS + 1):
        for name, those in acts.items():
            found = [_milliseconds(act) for act in those]
            if number:  # the first round warms up
                taken[name].append(found)
    return {name: Timing(*(median(cells) for cells in zip(*rows, strict=True))) for name, rows in taken.items()}


def _acts(model: Hybrid, task: Task) -> Sequence[Callable[[], object]]:
    """Reading, answering and a step of learning."""
    batch = task.batch(BATCH, None, torch.Generator().manual_seed(5))
    step = partial(learn, model, batch, optimisers_of(model, Course()))
    if not model.shape.evicts:
        return _nothing, _still(partial(model, batch.chunks, batch.question)), step
    read = _still(partial(model.sleep, batch.chunks))
    return read, _still(partial(model.answer, batch.question, read())), step


def _still(act: Callable[[], Any]) -> Callable[[], Any]:
    """Without what learning would need."""
    still: Callable[[], Any] = torch.inference_mode()(act)
    return still


def _nothing() -> None:
    pass


def _milliseconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000
