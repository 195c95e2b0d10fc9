"""Train the pocket model from scratch on generated text: ``python -m sleep.weights.pocket.train``."""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from multiprocessing import Value
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from sleep.weights.pocket.model import CONTEXT, LFM2, UNSCORED, Shape, encode, new_model, quiet, train_tokenizer
from sleep.weights.pocket.text import sample

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

_POOL = 64
_FALL = 0.4
_SAVE_EVERY = 500
_AHEAD = 4
"""Batches that each worker has ready."""
WIDTHS = (128, 224, 320, 416, 544, 704)


@dataclass(frozen=True)
class Plan:
    """How long to train, and on what."""

    out: Path
    minutes: float = 0.0
    tokens: int = 0
    seed: int = 1
    threads: int = 2
    shape: Shape = LFM2
    batch: int = 6000
    growth: float = 0.35
    simple: bool = False
    compiled: bool = False
    start: Path | None = None
    """A model to go on from, with its tokenizer; none: from scratch."""
    device: str = "cpu"
    workers: int = 0
    """Processes that write text while another is learned from; an accelerator waits for them."""


@dataclass(frozen=True)
class Trained:
    """What a training run did."""

    tokens: int
    steps: int
    minutes: float
    first_loss: float
    last_loss: float


Coded = tuple[list[int], list[int]]


class Batch(NamedTuple):
    """Token ids, shape (texts, width); which places of the flattened batch foretell what the assistant says next, and
    what that is, shape (places,)."""

    ids: "torch.Tensor"
    places: "torch.Tensor"
    wanted: "torch.Tensor"


def batches(
    tokenizer: "PreTrainedTokenizerFast", plan: Plan, share: Callable[[], float], worker: int = 0
) -> Iterator[Batch]:
    """Batches of a few widths, of about so many tokens; blocks grow with the share of the training that is done."""
    rng = Random(f"train {plan.seed} {worker}" if worker else f"train {plan.seed}")
    waiting: dict[int, list[Coded]] = {width: [] for width in WIDTHS}
    while True:
        level = 0.0 if plan.simple else min(1.0, share() / plan.growth)
        for coded in encode(tokenizer, [sample(rng, level) for _ in range(_POOL)]):
            width, item = cut(*coded)
            if not width:
                continue
            waiting[width].append(item)
            if len(waiting[width]) * width >= plan.batch:
                yield _padded(waiting[width], width)
                waiting[width] = []


def cut(ids: list[int], labels: list[int]) -> tuple[int, Coded]:
    """As many whole turns as fill the width that takes the first two; no width where none is wide enough.

    Few widths, well filled, are what a compiled model is fast with.
    """
    ends = [at + 1 for at, label in enumerate(labels) if label == 1]
    least = ends[min(1, len(ends) - 1)] if ends else CONTEXT
    width = next((width for width in WIDTHS if width >= least), 0)
    size = max((end for end in ends if end <= width), default=0)
    return width, (ids[:size], labels[:size])


def _padded(group: list[Coded], width: int) -> Batch:
    import torch

    ids = torch.tensor([ids + [0] * (width - len(ids)) for ids, _ in group])
    labels = torch.tensor([labels + [UNSCORED] * (width - len(labels) + 1) for _, labels in group])[:, 1:].flatten()
    places = (labels != UNSCORED).nonzero().squeeze(1)
    return Batch(ids, places, labels[places])


class Progress:
    """How much of the plan is done, by time or by tokens; processes that write text see it, too."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.tokens, self.steps, self.started = plan, 0, 0, time.monotonic()
        self.seen = Value("d", 0.0)

    @property
    def minutes(self) -> float:
        """Minutes since the start."""
        return (time.monotonic() - self.started) / 60

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.tokens / self.plan.tokens if self.plan.tokens else self.minutes / self.plan.minutes

    def rate(self) -> float:
        """The learning rate's factor: warm up, stay, go down to nothing over the last part."""
        return min(1.0, (self.steps + 1) / 40, max(0.0, (1 - self.share) / _FALL) + 0.002)

    def step(self, tokens: int) -> None:
        """One more step is done."""
        self.steps, self.tokens = self.steps + 1, self.tokens + tokens
        self.seen.value = self.share


def optimizers(model: "PreTrainedModel") -> "list[torch.optim.Optimizer]":
    """Muon for the matrices of the layers, AdamW for everything else."""
    import torch

    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    return [
        torch.optim.Muon(matrices, lr=0.02, momentum=0.95, weight_decay=0.0),
        torch.optim.AdamW(others, lr=0.004, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def loss_of(body: Any, head: Any, batch: Batch) -> "torch.Tensor":
    """Cross entropy over what the assistant says."""
    import torch

    with torch.autocast("cuda", torch.bfloat16, enabled=batch.ids.is_cuda):
        states = body(input_ids=batch.ids, use_cache=False).last_hidden_state.flatten(0, 1)
        said = head(states[batch.places])
    return torch.nn.functional.cross_entropy(said.float(), batch.wanted)


def train(plan: Plan) -> Trained:
    """Train, and write model and tokenizer to ``plan.out``."""
    import torch

    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    tokenizer, model = _begun(plan)
    model.to(plan.device)
    done, steppers, losses = Progress(plan), optimizers(model), []
    body: Any = torch.compile(model.model, dynamic=plan.device != "cpu") if plan.compiled else model.model
    bases = [group["lr"] for stepper in steppers for group in stepper.param_groups]
    print(f"{sum(p.numel() for p in model.parameters())} parameters on {plan.device}", flush=True)
    for batch in loaded(tokenizer, plan, done):
        if done.share >= 1:
            break
        for group, base in zip((g for s in steppers for g in s.param_groups), bases, strict=True):
            group["lr"] = base * done.rate()
        loss = loss_of(body, model.lm_head, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for stepper in steppers:
            stepper.step()
            stepper.zero_grad(set_to_none=True)
        losses.append(loss.detach())
        done.step(batch.ids.numel())
        if done.steps % _SAVE_EVERY == 0:
            save(model, tokenizer, plan.out)
        if done.steps % (25 if plan.device == "cpu" else 250) == 0:
            _report(done, losses)
    save(model, tokenizer, plan.out)
    return Trained(done.tokens, done.steps, done.minutes, float(losses[0]), _mean(losses[-10:]))


def loaded(tokenizer: "PreTrainedTokenizerFast", plan: Plan, done: Progress) -> Iterator[Batch]:
    """Batches on the device of the plan, written here or by workers."""
    import torch
    from torch.utils.data import DataLoader, IterableDataset, get_worker_info

    class Text(IterableDataset[Batch]):
        def __iter__(self) -> Iterator[Batch]:
            info = get_worker_info()
            return batches(tokenizer, plan, lambda: done.seen.value, info.id if info else 0)

    if plan.workers:  # many batches are on their way at once
        torch.multiprocessing.set_sharing_strategy("file_system")  # type: ignore[no-untyped-call]
    gpu = plan.device != "cpu"
    loader = DataLoader(
        Text(), batch_size=None, num_workers=plan.workers, pin_memory=gpu,
        prefetch_factor=_AHEAD if plan.workers else None,
    )  # fmt: skip
    return (Batch(*(part.to(plan.device, non_blocking=True) for part in batch)) for batch in loader)


def _begun(plan: Plan) -> "tuple[PreTrainedTokenizerFast, PreTrainedModel]":
    """Tokenizer and model to train: fresh ones, or those of an earlier run."""
    if plan.start is None:
        return train_tokenizer(plan.seed), new_model(plan.shape)
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(plan.start, local_files_only=True)
    return tokenizer, AutoModelForCausalLM.from_pretrained(plan.start, dtype=torch.float32, local_files_only=True)


def _mean(losses: "Sequence[torch.Tensor]") -> float:
    return sum(map(float, losses)) / len(losses)


def _report(done: Progress, losses: "Sequence[torch.Tensor]") -> None:
    recent = _mean(losses[-25:])
    print(f"{done.steps:5} {done.tokens:9} tokens {done.minutes:5.1f} min loss {recent:.4f}", flush=True)


def save(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerFast", out: Path) -> None:
    """Write the model in half precision, with its tokenizer."""
    out.mkdir(parents=True, exist_ok=True)
    model.generation_config.eos_token_id, model.generation_config.pad_token_id = 1, 0
    deepcopy(model).half().save_pretrained(out)  # a copy: what goes on learning keeps its full precision
    tokenizer.save_pretrained(out)


def quick(out: Path, seed: int = 1, threads: int = 2) -> Plan:
    """A plan for less than a minute: the loss falls, nothing more."""
    return Plan(out, tokens=60_000, seed=seed, threads=threads, batch=2500, simple=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--tokens", type=int, default=0, help="train on so many tokens instead of so long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="folder of a model to go on from, on blocks of full size")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layers", default=LFM2.layers, help="c for a short convolution, a for attention")
    parser.add_argument("--feed-forward", type=int, default=LFM2.feed_forward, help="width inside a layer")
    parser.add_argument("--batch", type=int, default=6000, help="tokens of a step")
    parser.add_argument("--device", default="cpu", help="cuda, where one is at hand")
    parser.add_argument("--workers", type=int, default=0, help="processes that write text; for a fast device")
    parser.add_argument("--quick", action="store_true", help="a reduced run: short blocks, less than a minute")
    parser.add_argument("--compile", action="store_true", help="half as fast again, where a C++ compiler is at hand")
    given = parser.parse_args()
    plan = Plan(
        given.out, given.minutes, given.tokens, given.seed, given.threads, Shape(given.layers, given.feed_forward),
        batch=given.batch, compiled=given.compile, start=given.start, growth=0.001 if given.start else 0.35,
        device=given.device, workers=given.workers,
    )  # fmt: skip
    if given.quick:
        plan = quick(given.out, given.seed, given.threads)
    quiet()
    print(json.dumps(vars(train(plan))))


if __name__ == "__main__":
    main()
