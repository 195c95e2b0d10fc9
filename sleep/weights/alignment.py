"""The user's preferences between answers, learned into an adapter of their own by DPO (Rafailov et al. 2023).

After the facts, on top of their adapters, behind the same gate and one more of its own: of pairs that were held out the
better answer must be the likelier one more often. trl's DPOTrainer does the training.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from sleep.weights import stack
from sleep.weights.course import ADAPTER, WORK, Before, Outcome
from sleep.weights.dreams import anchors
from sleep.weights.errors import WeightsError
from sleep.weights.gate import Probes, Thresholds, judge, start
from sleep.weights.general import anchors_of, texts_of
from sleep.weights.items import Fact, Pair
from sleep.weights.lm import LanguageModel, asked
from sleep.weights.seeding import Learned, Progress, Recipe, fresh_adapter

if TYPE_CHECKING:
    from peft import PeftModel

HELD_OUT = 4
"""One pair in so many is not trained on, but asked by the gate."""
UNTOLD = 120
"""Samples of questions that nothing answers, for the gate."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How preferences are trained."""

    steps: int = 60
    batch: int = 8
    rate: float = 5e-4
    rank: int = 8
    beta: float = 0.1
    """How strongly DPO holds the model to what it was."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which preferences are to be learned, and on top of what."""

    base: str
    below: Sequence[Path]
    pairs: Sequence[Pair]
    known: Sequence[Fact]
    before: Sequence[Before] = ()
    manner: Manner = field(default_factory=Manner)
    limits: Thresholds = field(default_factory=Thresholds)
    device: str = "cpu"


def run(
    task: Alignment, folder: Path, *, progress: Progress = lambda done, of, loss: None,
    stop: Callable[[], bool] = lambda: False,
) -> Outcome:  # fmt: skip
    """Learn, and examine. Raises WeightsError when stopped."""
    from sleep.weights.alignment_trainer import train

    started = time.monotonic()
    manner = task.manner
    teacher = LanguageModel.load(task.base, task.device)
    trained, held = apart(task.pairs, manner.seed)
    probes = _probes(teacher, task, held)
    learner = stack.load(task.base, task.below, task.device)
    began = start(learner, teacher, probes)
    student: PeftModel = fresh_adapter(learner, Recipe(rank=manner.rank, seed=manner.seed))
    learned: Learned = train(student, learner.tokenizer, rows(trained), manner, folder / WORK, progress, stop)
    if learned.steps < manner.steps:
        raise WeightsError("The training was stopped.")
    stack.save(student, folder / ADAPTER)
    verdict = judge(began, stack.merged(student, learner), probes, task.limits)
    return Outcome(
        (), (), verdict, len(task.pairs), {}, learned.steps, learned.tokens, time.monotonic() - started,
        learned.curve(),
    )  # fmt: skip


def apart(pairs: Sequence[Pair], seed: int) -> tuple[list[Pair], list[Pair]]:
    """Those to be trained on, and those that the gate asks; never two of one question on both sides."""
    questions = sorted({pair.question for pair in pairs})
    Random(f"held out {seed}").shuffle(questions)
    held = set(questions[: max(1, len(questions) // HELD_OUT)])
    return [p for p in pairs if p.question not in held], [p for p in pairs if p.question in held]


def _probes(teacher: LanguageModel, task: Alignment, held: Sequence[Pair]) -> Probes:
    seed = task.manner.seed
    return Probes(
        new=[], earlier={b.name: b.probes for b in task.before},
        untold=[item.question for item in anchors(teacher, task.known, count=UNTOLD, seed=seed)],
        anchors=anchors_of(teacher, seed=seed)[1], texts=texts_of(teacher, seed=seed), preferred=held,
    )  # fmt: skip


def rows(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Pairs as trl takes them."""
    return [
        {
            "prompt": asked(pair.question, pair.given),
            "chosen": [{"role": "assistant", "content": pair.chosen}],
            "rejected": [{"role": "assistant", "content": pair.rejected}],
        }
        for pair in pairs
    ]
