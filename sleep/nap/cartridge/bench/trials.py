"""The naps of a seed, and what the model can answer after them. Imported only where a model is run."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from statistics import mean, median

import torch

from sleep.nap.cartridge.bench.campaign import ARMS, MOST_PASSES, Job, Purge, Seed, Trial, keep, kept
from sleep.nap.cartridge.bench.talk import Talk, Way, prompts, talk_of
from sleep.nap.cartridge.files import load, rebuilt, save
from sleep.nap.cartridge.making import Cartridge, Making, attach, passes
from sleep.weights.bench.scores import LONGEST
from sleep.weights.bench.study import Question
from sleep.weights.dreams import abstains
from sleep.weights.lm import LanguageModel, asked
from sleep.weights.quiet import quietly

TIMED = 60
"""Questions that are asked alone, with a clock."""
PURGED = 2
"""Statements of the first part."""
AFTER_PURGE = 2
"""Passes of a cartridge that is made anew."""


def nap(job: Job) -> None:
    """Make the cartridges of a part after 0, 1, 2 ... passes, if there are none yet."""
    torch.set_num_threads(1)
    if not job.cartridge(MOST_PASSES).is_dir():
        with quietly():
            model, part = LanguageModel.load("pocket"), talk_of(job.seed, job.scale.facts).parts[job.part]
            for cartridge in passes(model, part, making(job)):
                save(cartridge, job.cartridge(cartridge.passes), "pocket")


def making(job: Job) -> Making:
    """How a seed's cartridges are made."""
    return Making(passes=MOST_PASSES, share=job.scale.share, seed=job.seed * 10 + job.part)


def examined(job: Job) -> Seed:
    """All arms of a seed, or what they came to before."""
    if found := kept(job):
        return found
    torch.set_num_threads(1)
    with quietly():
        model, talk = LanguageModel.load("pocket"), talk_of(job.seed, job.scale.facts)
        cartridges = {
            n: [load(replace(job, part=part).cartridge(n), "pocket") for part in (0, 1)]
            for n in {arm.passes for arm in ARMS.values() if arm.way is Way.CARTRIDGE}
        }
        answered = {name: _answered(model, talk, name, cartridges.get(arm.passes, ())) for name, arm in ARMS.items()}
        times = _timed({name: (speaker, given) for name, (speaker, given, _) in answered.items()}, talk)
        trials = [replace(trial, seed=job.seed, answer_ms=times[name]) for name, (_, _, trial) in answered.items()]
        return keep(job, Seed(tuple(trials), _purge(job, model, talk, cartridges[AFTER_PURGE][0])))


def _answered(
    model: LanguageModel, talk: Talk, name: str, cartridges: Sequence[Cartridge]
) -> tuple[LanguageModel, Mapping[str, str], Trial]:
    """The model of an arm, its prompts by question, and how well it answers."""
    arm = ARMS[name]

    def count(text: str) -> int:
        return len(model.tokenizer(text, add_special_tokens=False)["input_ids"])

    room = sum(one.tokens for one in cartridges)
    given = prompts(talk, arm.way, room=room, count=count)
    ours = arm.way is Way.CARTRIDGE
    speaker = attach(model, *cartridges) if ours else model
    said = dict(zip(talk.asked, speaker.answers([asked(q, given[q]) for q in talk.asked], most=LONGEST), strict=True))
    trial = Trial(
        name, 0, mean(_marks(talk.questions, said)), mean(not abstains(said[q]) for q in talk.study.never_told), 0.0,
        tokens=room if ours else round(mean(count(given[q]) - count(_window(talk)) for q in talk.asked)),
        nap_seconds=mean(one.seconds for one in cartridges) if ours else 0.0,
        bytes=sum(one.bytes for one in cartridges) if ours else 0,
        bytes_replaced=sum(one.bytes * one.replaces // one.tokens for one in cartridges) if ours else 0,
    )  # fmt: skip
    return speaker, given, trial


def _window(talk: Talk) -> str:
    return prompts(talk, Way.WINDOW, room=0, count=len)[talk.asked[0]]


def _marks(questions: Sequence[Question], said: Mapping[str, str]) -> list[bool]:
    return [question.right(said[question.text]) for question in questions]


def _timed(speakers: Mapping[str, tuple[LanguageModel, Mapping[str, str]]], talk: Talk) -> dict[str, float]:
    """Median milliseconds of the processor for an answer, the arms in turn at every question."""
    found: dict[str, list[float]] = {name: [] for name in speakers}
    rng = Random("timed")
    for question in talk.questions[:: max(1, len(talk.questions) // TIMED)]:
        for name in rng.sample(list(speakers), len(speakers)):
            speaker, given = speakers[name]
            started = time.process_time()
            speaker.answers([asked(question.text, given[question.text])], most=8)
            found[name].append(1000 * (time.process_time() - started))
    return {name: median(times) for name, times in found.items()}


def _purge(job: Job, model: LanguageModel, talk: Talk, before: Cartridge) -> Purge:
    """Purge some statements of the first part; asked with its cartridge alone."""
    part = talk.parts[0]
    gone = Random(f"purge {job.seed}").sample(part.facts, PURGED)
    ids = frozenset(fact.id for fact in gone)
    started = time.process_time()
    after = rebuilt(model, part, ids, replace(making(job), passes=AFTER_PURGE))
    seconds = time.process_time() - started
    assert after is not None
    purged, others = talk.study.about(gone), talk.study.about([f for f in part.facts if f.id not in ids])

    def share(cartridge: Cartridge, questions: Sequence[Question]) -> float:
        said = attach(model, cartridge).answers([asked(q.text) for q in questions], most=LONGEST)
        return mean(question.right(text) for question, text in zip(questions, said, strict=True))

    return Purge(
        job.seed, PURGED, share(before, purged), share(after, purged), share(before, others), share(after, others),
        seconds,
    )  # fmt: skip
