"""A causal language model with its tokenizer: answers, and the probabilities of answers."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sleep.disarm import Marks
from sleep.weights.errors import WeightsError
from sleep.weights.pocket import folder as pocket_folder
from sleep.weights.quiet import quietly

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

Messages = Sequence[dict[str, str]]
BATCH = 96
MAX_NEW_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Coded:
    """Token ids of a prompt and of its answer with the end mark."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]


def asked(question: str, block: str = "") -> list[dict[str, str]]:
    """A question, with memories or without."""
    head = [{"role": "system", "content": block}] if block else []
    return [*head, {"role": "user", "content": question}]


def source_of(base: str) -> str:
    """Where a base model is: the shipped one by its name, else a folder or a hub id as it stands."""
    return (
        str(pocket_folder())
        if base == "pocket"
        else str(Path(base).expanduser())
        if Path(base).expanduser().is_dir()
        else base
    )


def base_hash(base: str) -> str:
    """SHA-256 over a folder's weights and tokenizer; of the name where it is a hub id."""
    place = Path(source_of(base))
    files = sorted(
        f
        for f in place.glob("*")
        if f.suffix in (".safetensors", ".bin") or f.name in ("config.json", "tokenizer.json")
    )
    return files_hash(files) if files else hashlib.sha256(base.encode()).hexdigest()


def files_hash(files: Sequence[Path]) -> str:
    """SHA-256 over files with their names. Those that did not change are not read again."""
    return _files_hash(tuple((file, (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files))


@lru_cache(maxsize=64)
def _files_hash(files: tuple[tuple[Path, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for file, _, _ in files:
        digest.update(file.name.encode())
        with file.open("rb") as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
    return digest.hexdigest()


def half_on_cpu() -> bool:
    """Whether this processor multiplies matrices in bfloat16 faster than in single precision.

    Then trainings do so, with the weights themselves in single precision. The attention is to be the plain one: the
    gradient of torch's fused one takes several times as long in bfloat16 (torch 2.13).
    """
    import torch

    return torch.cpu._is_avx512_bf16_supported()


class LanguageModel:
    """A model in memory. Not safe for use from several threads at once."""

    def __init__(self, model: Any, tokenizer: "PreTrainedTokenizerBase") -> None:
        self.model = model
        self.tokenizer = tokenizer
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token
        tokenizer.padding_side = "left"

    @classmethod
    def load(cls, base: str, device: str = "cpu") -> "LanguageModel":
        """A shipped model by name, a folder, or a hub id. Raises WeightsError."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        source, half = source_of(base), device == "cpu" and half_on_cpu()
        if half:  # oneDNN makes a program for every shape; shapes come in STEPS
            os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16384")
        try:
            with quietly():
                tokenizer = AutoTokenizer.from_pretrained(source)
                how = {"attn_implementation": "eager"} if half else {}
                model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32, **how)
        except (OSError, ValueError, ImportError) as error:
            raise WeightsError(
                f"{base} cannot be loaded: {str(error).strip().splitlines()[0]}",
                "Set weights.base to `pocket`, to the folder of a transformers model, or to a hub id.",
            ) from error
        return cls(model.to(device).eval(), tokenizer)

    @cached_property
    def _marks(self) -> Marks:
        return Marks.of(self.tokenizer)

    # -- text

    def rendered(self, messages: Messages) -> str:
        """The prompt as the model reads it, up to where it answers."""
        said = self._marks.disarmed(messages)
        if self.tokenizer.chat_template:
            return str(self.tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True))
        lines = [f"{m['role'].capitalize()}: {m['content']}" for m in said]
        return "\n".join([*lines, "Assistant:"])

    def answers(
        self, prompts: Sequence[Messages], *, temperature: float = 0.0, most: int = MAX_NEW_TOKENS
    ) -> list[str]:
        """What the model says to each, greedily, or sampled from the whole distribution."""
        texts = [self.rendered(prompt) for prompt in prompts]
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        said = [""] * len(texts)
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            for at, text in zip(places, self._batch([texts[at] for at in places], temperature, most), strict=True):
                said[at] = text
        return said

    def _batch(self, texts: list[str], temperature: float, most: int) -> list[str]:
        import torch

        coded = self.tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False).to(self.model.device)
        how: dict[str, Any] = {"do_sample": False}
        if temperature:
            how = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0}
        with torch.inference_mode():
            made = self.model.generate(
                input_ids=coded["input_ids"], attention_mask=coded["attention_mask"], max_new_tokens=most,
                pad_token_id=self.tokenizer.pad_token_id, **how,
            )  # fmt: skip
        new = made[:, coded["input_ids"].shape[1] :]
        return [text.strip() for text in self.tokenizer.batch_decode(new, skip_special_tokens=True)]

    # -- probabilities

    def coded(self, prompts: Sequence[Messages], answers: Sequence[str]) -> list[Coded]:
        """Token ids of prompts and answers."""
        if not prompts:
            return []
        heads = self.tokenizer([self.rendered(p) for p in prompts], add_special_tokens=False)["input_ids"]
        tails = self.tokenizer([*map(self._marks.parted, answers)], add_special_tokens=False)["input_ids"]
        end = self.tokenizer.eos_token_id
        return [Coded(tuple(h), (*t, end)) for h, t in zip(heads, tails, strict=True)]

    def logits(self, coded: Sequence[Coded]) -> "list[torch.Tensor]":
        """For each answer, shape (tokens of the answer, vocabulary): what is predicted at each of its tokens."""
        return answer_logits(self.model, coded)

    def loss(self, coded: Sequence[Coded]) -> list[float]:
        """Mean negative log-likelihood of each answer's tokens, in nats."""
        import torch

        found: list[float] = []
        with torch.inference_mode():
            for start in range(0, len(coded), BATCH):
                part = coded[start : start + BATCH]
                for one, logits in zip(part, self.logits(part), strict=True):
                    answer = torch.tensor(one.answer, device=logits.device)
                    found.append(float(torch.nn.functional.cross_entropy(logits, answer)))
        return found


def answer_logits(model: Any, coded: Sequence[Coded]) -> "list[torch.Tensor]":
    """The logits of a model (or of one with adapters) at the tokens of answers, with gradients where they are on."""
    found: dict[int, torch.Tensor] = {}
    for lot in _alike(coded):
        found.update(zip(lot, _padded_logits(model, [coded[at] for at in lot]), strict=True))
    return [found[at] for at in range(len(coded))]


STEPS = 4, 8
"""Texts, and tokens of the longest of them, are filled up to multiples of these."""
A_PASS = 250
"""A pass through the model takes as long as so many tokens more would (pocket with an adapter, two cores: 240-270)."""


def _alike(coded: Sequence[Coded]) -> Iterator[list[int]]:
    """Places of texts that are padded to the longest of them, such that all lots together take the least time."""
    order = sorted(range(len(coded)), key=lambda at: len(coded[at].prompt) + len(coded[at].answer))
    sizes = [len(coded[at].prompt) + len(coded[at].answer) for at in order]
    best, cuts = [0], [0]  # the least cost of the first texts, and where their last lot begins
    for end, size in enumerate(sizes, 1):
        cost, first = min((best[first] + A_PASS + size * (end - first), first) for first in range(end))
        best.append(cost)
        cuts.append(first)
    end = len(order)
    while end:
        yield order[cuts[end] : end]
        end = cuts[end]


def _padded_logits(model: Any, coded: Sequence[Coded]) -> "Sequence[torch.Tensor]":
    import torch

    width = max(len(c.prompt) + len(c.answer) for c in coded)
    rows, width = (-(-size // step) * step for size, step in zip((len(coded), width), STEPS, strict=True))
    ids = torch.zeros((rows, width), dtype=torch.long)
    for at, one in enumerate(coded):
        ids[at, : len(one.prompt) + len(one.answer)] = torch.tensor((*one.prompt, *one.answer))
    device = next(model.parameters()).device
    wanted = width - min(len(c.prompt) for c in coded) + 1
    # Nothing looks ahead, so padding at the end needs no mask.
    logits = model(input_ids=ids.to(device), use_cache=False, logits_to_keep=wanted).logits
    kept = logits.shape[1]  # all places, of a model that cannot leave out any
    places: list[int] = []
    for at, one in enumerate(coded):
        first = at * kept + len(one.prompt) - 1 - (width - kept)
        places += range(first, first + len(one.answer))
    # One index: of slices each has a gradient of full size.
    answers = logits.flatten(0, 1)[torch.tensor(places, device=device)].float()
    return tuple(answers.split([len(c.answer) for c in coded]))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Sampling that can be repeated, without touching what others draw."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
