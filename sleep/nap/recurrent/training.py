"""Training a hybrid end to end through all passes and chunks, and examining it.

No trainer of a library: the loss goes through states that are handed from chunk to chunk, and two optimisers share the
parameters, Muon for matrices and AdamW for the rest, as in the paper.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional

from sleep.nap.recurrent.hybrid import Hybrid, Shape
from sleep.nap.recurrent.tasks import Batch, Task

EXAMINED = 1024
"""Questions for each number of steps, drawn apart from those that are trained on."""
LOOKS = 8
"""How often it is examined."""


@dataclass(frozen=True, slots=True)
class Course:
    """How long and how fast it learns."""

    steps: int = 3_000
    batch: int = 128
    muon: float = 2e-3
    adamw: float = 3e-3
    warm: int = 50
    """Steps in which the rates rise; afterwards they fall to a tenth, as a cosine."""
    plain: float = 0.0
    """The share of the steps, from the first on, in which a chunk is read once whatever the passes."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a model can do after so many steps."""

    step: int
    loss: float
    exact: tuple[float, ...]
    """For each number of steps, from 1 on, the share of questions with all answers right."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of a training."""

    parameters: int
    marks: tuple[Mark, ...]
    seconds: float
    """Of training, of the processor."""


def train(
    shape: Shape, task: Task, course: Course, seed: int, *, tell: Callable[[Mark], None] = lambda mark: None
) -> Learnt:
    """Train a fresh model. The same seed gives the same examples in the same order, whatever the shape."""
    torch.manual_seed(seed)
    model = Hybrid(shape, task.vocabulary, task.longest)
    optimisers = optimisers_of(model, course)
    schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda step: _rate(step, course)) for o in optimisers]
    rng = torch.Generator().manual_seed(seed)
    marks, losses, spent = [], [], 0.0
    for step in range(1, course.steps + 1):
        started = time.process_time()
        model.passes = 1 if step <= course.plain * course.steps else shape.passes
        losses.append(learn(model, task.batch(course.batch, None, rng), optimisers))
        for schedule in schedules:
            schedule.step()
        spent += time.process_time() - started
        if step % max(1, course.steps // LOOKS) == 0:
            recent = losses[-100:]
            marks.append(Mark(step, sum(recent) / len(recent), exact(model, task, seed)))
            tell(marks[-1])
    return Learnt(sum(p.numel() for p in model.parameters()), tuple(marks), spent)


def learn(model: Hybrid, batch: Batch, optimisers: list[torch.optim.Optimizer]) -> float:
    """One step; the loss before it."""
    loss = functional.cross_entropy(model(batch.chunks, batch.question).flatten(0, 1), batch.answers.flatten())
    for optimiser in optimisers:
        optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimiser in optimisers:
        optimiser.step()
    return float(loss.detach())


def optimisers_of(model: Hybrid, course: Course) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for everything else."""
    inner = {name: p for name, p in model.named_parameters() if p.ndim == 2 and "layers." in name}
    rest = [p for name, p in model.named_parameters() if name not in inner]
    return [
        torch.optim.Muon(list(inner.values()), lr=course.muon, weight_decay=0.0, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=course.adamw, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def _rate(step: int, course: Course) -> float:
    if step < course.warm:
        return (step + 1) / course.warm
    done = (step - course.warm) / max(1, course.steps - course.warm)
    return 0.1 + 0.45 * (1 + float(torch.cos(torch.tensor(done * torch.pi))))


@torch.inference_mode()
def exact(model: Hybrid, task: Task, seed: int) -> tuple[float, ...]:
    """For each number of steps the share of questions of which every answer is right."""
    rng = torch.Generator().manual_seed(10_000_019 + seed)
    found = []
    for hard in range(1, task.hardest + 1):
        batch = task.batch(EXAMINED, hard, rng)
        said = model(batch.chunks, batch.question).argmax(-1)
        right = (said == batch.answers) | (batch.answers == -100)
        found.append(float(right.all(1).float().mean()))
    return tuple(found)
