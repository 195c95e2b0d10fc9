"""What all arms of one seed share: the questions that the base model dreams, and what retrieval finds."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from sleep.weights.bench.study import Study
from sleep.weights.dreams import anchors, dream, untold
from sleep.weights.general import anchors_of, muddled, readings_of
from sleep.weights.items import Fact, Item, block
from sleep.weights.lm import LanguageModel
from sleep.weights.near import near_questions
from sleep.weights.phrasings import reframed, reframings

SAMPLES, ENOUGH, UNTOLD, NEAR = 20, 14, 200, 2
"""Dreams sampled for a memory, those after which it has enough, questions sampled that nothing answers, and near misses
of each dream."""
FRAMES = 2
"""In so many other phrasings each question is rehearsed, by every arm that rehearses questions."""
FOUND = 5
"""How many memories retrieval puts into a prompt."""


Phrased = tuple[Item, ...]
"""A question, and the same in other phrasings."""


@dataclass(frozen=True, slots=True)
class Material:
    """By night: what was dreamt of its memories with an unrelated one among them, without one, and anchors."""

    mixed: tuple[tuple[Phrased, ...], ...]
    alone: tuple[tuple[Phrased, ...], ...]
    anchors: tuple[tuple[Item, ...], ...]
    """Questions that nothing told until then answers."""
    muddled: tuple[tuple[Item, ...], ...]
    """Prompts that nobody would type."""
    reading: tuple[tuple[Item, ...], ...]
    """Questions with memories in the prompt."""
    found: Mapping[str, str]
    """For each question the memories that retrieval finds, as a prompt has them."""
    seconds: float


def make_material(study: Study, base: LanguageModel, *, alone: bool) -> Material:
    """Dream of every night of a study; ``alone`` dreams once more without unrelated memories."""
    started = time.monotonic()
    mixed, single, unknown, odd, reading = [], [], [], [], []
    talk, _ = anchors_of(base, seed=study.seed)
    questions: list[str] = []
    known: list[Fact] = []
    for number, night in enumerate(study.nights, 1):
        seed = study.seed * 100 + number
        mixed.append(_dreams(base, night, known, seed))
        if alone:
            single.append(_dreams(base, night, [], seed))
        known += night
        near = near_questions([phrased[0] for phrased in mixed[-1]], each=NEAR, seed=seed)
        anchor = [
            *untold(base, questions, night),
            *untold(base, near, known),
            *anchors(base, known, count=UNTOLD, seed=seed),
        ]
        questions = list(dict.fromkeys(item.question for item in anchor))
        unknown.append((*anchor, *reframed(base, anchor, each=1, seed=seed)))
        odd.append(tuple(muddled(base, talk, anchor, seed=seed)))
        reading.append(tuple(readings_of(base, [item for phrased in mixed[-1] for item in phrased], seed=seed)))
    return Material(
        tuple(mixed), tuple(single), tuple(unknown), tuple(odd), tuple(reading), found(study),
        time.monotonic() - started,
    )  # fmt: skip


def _dreams(base: LanguageModel, night: Sequence[Fact], known: Sequence[Fact], seed: int) -> tuple[Phrased, ...]:
    dreamt = dream(base, night, known, each=SAMPLES, enough=ENOUGH, seed=seed).items
    again: dict[str, list[Item]] = {}
    for item, phrased in reframings(base, dreamt, each=FRAMES, seed=seed):
        again.setdefault(item.question, []).append(phrased)
    return tuple((item, *again.get(item.question, ())) for item in dreamt)


def found(study: Study) -> dict[str, str]:
    """For each question the memories that are nearest by the default embedding model."""
    from memory.vectors.embedder import load_embedder

    embedder = load_embedder(device="cpu")
    facts = study.facts
    texts = embedder.embed([fact.text for fact in facts])
    asked = embedder.embed([question.text for question in study.questions])
    order = (-(asked @ texts.T)).argsort(axis=1)[:, :FOUND]
    return {
        question.text: block(facts[at].text for at in reversed(places.tolist()))
        for question, places in zip(study.questions, order, strict=True)
    }


def kept_material(file: Path, study: Study, *, alone: bool) -> Material:
    """The material in a file, made first where there is none."""
    shape = TypeAdapter(Material)
    if file.is_file():
        return shape.validate_json(file.read_bytes())
    made = make_material(study, LanguageModel.load("pocket"), alone=alone)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(shape.dump_json(made))
    return made
