"""Questions that are never trained on, and how well a model answers them without memories."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp

from sleep.weights.dreams import abstains
from sleep.weights.items import Item, Pair, telling, words_of
from sleep.weights.lm import LanguageModel, asked

SPARE = 8
"""So many tokens more than the longest answer of the teacher's are waited for."""
MOST_NATS = 20.0
WORST = exp(MOST_NATS)
"""Perplexity of a model that is broken."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A question with the answer that the teacher gives with memories, and the memories it rests on."""

    question: str
    answer: str
    facts: tuple[str, ...] = ()
    block: str = ""
    """The system message of the teacher, with these memories."""

    @classmethod
    def of(cls, item: Item) -> "Probe":
        """A dreamt question, put aside."""
        return cls(item.question, item.answer, item.facts, item.block)


def recalled(probe: Probe, said: str) -> bool:
    """Whether an answer has all that the teacher's tells beyond the question."""
    wanted = telling(probe.question, probe.answer)
    return bool(wanted) and not abstains(said) and wanted <= words_of(said)


def recall(model: LanguageModel, probes: Sequence[Probe], *, told: bool = False) -> float:
    """The share of probes that are answered; ``told``: with their memories in the prompt. Raises ValueError without
    probes."""
    return sum(marks(model, probes, told=told)) / _count(probes)


def marks(model: LanguageModel, probes: Sequence[Probe], *, told: bool = False) -> list[bool]:
    """Which probes are answered, in not many more words than the teacher needs."""
    lengths = [len(one.answer) for one in model.coded([asked(p.question) for p in probes], [p.answer for p in probes])]
    most = max(lengths, default=0) + SPARE
    said = model.answers([asked(p.question, p.block if told else "") for p in probes], most=most)
    return [recalled(probe, text) for probe, text in zip(probes, said, strict=True)]


def false_memories(model: LanguageModel, questions: Sequence[str]) -> float:
    """The share of questions about what was never told that are answered. Raises ValueError without any."""
    said = model.answers([asked(question) for question in questions])
    return sum(not abstains(text) for text in said) / _count(questions)


def kept(model: LanguageModel, anchors: Sequence[Item]) -> float:
    """The share of general prompts that are answered as before, up to a tenth of the letters. Raises ValueError
    without any."""
    from rapidfuzz.distance import Levenshtein

    said = model.answers([asked(item.question) for item in anchors])
    alike = (
        Levenshtein.normalized_similarity(text, item.answer) >= 0.9 for text, item in zip(said, anchors, strict=True)
    )
    return sum(alike) / _count(anchors)


def perplexity(model: LanguageModel, pairs: Iterable[tuple[Sequence[dict[str, str]], str]]) -> float:
    """exp of the mean loss on held-out text: prompts, and what should follow; at the most WORST.

    Raises ValueError without any.
    """
    given = list(pairs)
    losses = model.loss(model.coded([prompt for prompt, _ in given], [text for _, text in given]))
    mean = sum(losses) / _count(losses)
    return exp(mean) if mean < MOST_NATS else WORST  # also of what is no number


def preferred(model: LanguageModel, pairs: Sequence[Pair]) -> float:
    """The share of pairs of which the better answer is the likelier one, a token. Raises ValueError without any."""
    prompts = [asked(pair.question, pair.given) for pair in pairs]
    better = model.loss(model.coded(prompts, [pair.chosen for pair in pairs]))
    worse = model.loss(model.coded(prompts, [pair.rejected for pair in pairs]))
    return sum(b < w for b, w in zip(better, worse, strict=True)) / _count(pairs)


def _count(probes: Sequence[object]) -> int:
    if not probes:
        raise ValueError("There is nothing to ask.")
    return len(probes)
