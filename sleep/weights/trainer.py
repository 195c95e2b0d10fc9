"""transformers' Trainer with the loss of Knowledge Seeding. Imported only where a model is trained."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch.utils.data import Dataset, SequentialSampler
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from sleep.weights.lm import BATCH, answer_logits, half_on_cpu
from sleep.weights.seeding import (
    Learned,
    Lesson,
    OwnAnswers,
    Prepared,
    Progress,
    Recipe,
    divergence,
    item_tokens,
    parts,
    schedule,
)
from sleep.weights.tuning import arguments

LOOKED_AT = 5_000
"""Of each part so many tokens are looked at; what is drawn afterwards is drawn from these."""
ANCHORS_LOOKED_AT = 15_000
"""Of what nothing answers more, for few of very many are answered all the same."""


class Schedule(Dataset[Prepared]):
    """What is learned, in its order; what comes later may still be changed."""

    def __init__(self, lesson: Lesson[Prepared], recipe: Recipe) -> None:
        self._lesson, self._recipe = lesson, recipe
        self._items = schedule(lesson, recipe)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, place: int) -> Prepared:
        return self._items[place]

    def look(self, student: Any, done: int) -> None:
        """Draw what is not yet as the teacher has it more often, after so many steps; half is drawn as before."""
        rng = Random(f"look {self._recipe.seed} {done}")
        lesson, batch, first = self._lesson, self._recipe.batch, 0
        for part, count in parts(lesson, self._recipe):
            in_order = part is lesson.new and lesson.ordered
            if count > 1 and part is not lesson.reading and not in_order:
                pool = _some(part, rng, ANCHORS_LOOKED_AT if part is lesson.anchors else LOOKED_AT)
                far = distances(student, pool)
                places = [
                    step * batch + first + at
                    for step in range(done + 1, self._recipe.steps)  # the next batch is on its way
                    for at in range(count // 2)
                ]
                for place, item in zip(places, rng.choices(pool, far, k=len(places)), strict=True):
                    self._items[place] = item
            first += count


def _some(items: Sequence[Prepared], rng: Random, most: int) -> list[Prepared]:
    """Items at random, up to so many tokens of them."""
    drawn = rng.sample(list(items), len(items))
    ends = accumulate(item_tokens([item]) for item in drawn)
    return [item for item, end in zip(drawn, ends, strict=True) if end <= most] or drawn[:1]


def distances(student: Any, items: Sequence[Prepared]) -> list[float]:
    """How far the student is from the teacher on each item; a little at least."""
    was = student.training
    student.eval()
    found = []
    cpu = next(student.parameters()).device.type == "cpu"
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=cpu and half_on_cpu()):
        for start in range(0, len(items), BATCH):
            part = items[start : start + BATCH]
            for item, logits in zip(part, answer_logits(student, [p.student for p in part]), strict=True):
                found.append(float(divergence([logits], [item.values], [item.tokens])) + 1e-3)
    student.train(was)
    return found


class SeedingTrainer(Trainer):  # type: ignore[misc]
    """The order of the batches is given, and the loss is the divergence from a teacher."""

    def __init__(self, *, own: OwnAnswers | None, recipe: Recipe, learned: Learned, **rest: Any) -> None:
        super().__init__(**rest)
        self._own, self._recipe, self._learned = own, recipe, learned
        self._rng = Random(f"own answers {recipe.seed}")

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return SequentialSampler(train_dataset if train_dataset is not None else self.train_dataset)

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        batch: list[Prepared] = inputs["batch"]
        logits = answer_logits(model, [p.student for p in batch])
        loss = divergence(logits, [p.values for p in batch], [p.tokens for p in batch])
        if self._own is not None and self._rng.random() < self._recipe.on_policy:
            loss = loss + self._own.loss(model, batch)
        self._learned.tokens += item_tokens(batch)
        self._learned.losses.append(float(loss.detach()))
        return loss


class Look(TrainerCallback):  # type: ignore[misc]
    """Looks, every now and then, at what is not learned yet."""

    def __init__(self, items: Schedule, student: Any, recipe: Recipe) -> None:
        self._items, self._student = items, student
        self._after = {round(share * recipe.steps) for share in recipe.looks}

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step in self._after:
            self._items.look(self._student, state.global_step)


class Watch(TrainerCallback):  # type: ignore[misc]
    """Tells of the steps, and stops when asked to; with a checkpoint where the trainer goes on from one."""

    def __init__(self, learned: Learned, progress: Progress, stop: Callable[[], bool], *, saves: bool = True) -> None:
        self._learned, self._progress, self._stop, self._saves = learned, progress, stop, saves

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._learned.steps = state.global_step
        self._progress(state.global_step, state.max_steps, self._learned.losses[-1] if self._learned.losses else 0.0)
        if self._stop():
            control.should_save, control.should_training_stop = self._saves, True


def run(
    student: Any, lesson: Lesson[Prepared], recipe: Recipe, own: OwnAnswers | None, work: Path,
    progress: Progress, stop: Callable[[], bool], save_every: int,
) -> Learned:  # fmt: skip
    """Train; from the last checkpoint on where there is one."""
    learned = Learned()
    items = Schedule(lesson, recipe)
    cpu = next(student.parameters()).device.type == "cpu"
    saving = {"save_strategy": "steps", "save_steps": save_every, "save_total_limit": 1} if save_every else {}
    config = TrainingArguments(
        **arguments(recipe, work, cpu=cpu) | saving, adam_beta2=0.95, remove_unused_columns=False
    )
    trainer = SeedingTrainer(
        own=own, recipe=recipe, learned=learned, model=student, args=config, train_dataset=items,
        data_collator=lambda batch: {"batch": batch},
        callbacks=[Watch(learned, progress, stop), Look(items, student, recipe)],
    )  # fmt: skip
    trainer.remove_callback(PrinterCallback)
    checkpoint = get_last_checkpoint(str(work)) if work.is_dir() else None
    trainer.train(resume_from_checkpoint=checkpoint)
    student.eval()
    return learned
