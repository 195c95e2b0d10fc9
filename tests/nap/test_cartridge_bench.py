"""The comparison of cartridges with other ways of going on: what is asked, what is given, and how it is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from sleep.nap.cartridge.bench.campaign import ARMS, Campaign, Job, Purge, Scale, Seed, Trial, compare, keep, kept
from sleep.nap.cartridge.bench.report import goals, markdown
from sleep.nap.cartridge.bench.talk import FOUND, PARTS, Way, prompts, talk_of

TALK = talk_of(3, 5)


def words(text: str) -> int:
    return len(text.split())


@pytest.fixture
def seeds() -> list[Seed]:
    right = {"dropped": 0.0, "window": 0.1, "everything": 1.0, "retrieval": 0.9, "notes": 0.4}
    trials = [
        Trial(
            name, 1, right.get(name, 0.7 + 0.05 * arm.passes), 0.02, 20.0 + arm.passes / 10, 30,
            10.0 * arm.passes, *((1_000, 4_000) if arm.way is Way.CARTRIDGE else (0, 0)),
        )
        for name, arm in ARMS.items()
    ]  # fmt: skip
    other = [replace(trial, seed=2, right=trial.right - 0.1 if trial.right else 0.0) for trial in trials]
    purge = Purge(1, 2, 1.0, 0.0, 1.0, 0.9, 12.0)
    return [Seed(tuple(trials), purge), Seed(tuple(other), replace(purge, seed=2))]


def test_what_is_asked_has_left_the_window() -> None:
    assert len(TALK.parts) == PARTS - 1 and TALK.parts[0].kept == TALK.parts[1].facts
    left = {fact.id for fact in TALK.left}
    assert TALK.questions and not any(question.fact in left for question in TALK.questions)
    assert set(TALK.study.never_told) < set(TALK.asked)


def test_each_arm_is_given_what_it_says() -> None:
    def given(way: Way, room: int = 0) -> set[str]:
        return set(prompts(TALK, way, room=room, count=words).values())

    everything, window = given(Way.WHOLE).pop(), given(Way.WINDOW).pop()
    assert all(fact.text in everything for fact in TALK.study.facts)
    assert all((fact.text in window) == (fact in TALK.left) for fact in TALK.study.facts)
    assert given(Way.DROPPED) == {""} and given(Way.CARTRIDGE) == {window} == given(Way.NOTES)
    some = given(Way.NOTES, room=25).pop()
    told = [fact for fact in TALK.gone if fact.text in some]
    assert 0 < len(told) < len(TALK.gone) and sum(words(fact.text) for fact in told) <= 25


def test_retrieval_finds_what_is_asked() -> None:
    found = prompts(TALK, Way.FOUND, room=0, count=words)
    assert all(len(text.splitlines()) == FOUND + len(TALK.left) + 2 for text in found.values())
    by_id = {fact.id: fact.text for fact in TALK.gone}
    hits = [by_id[question.fact] in found[question.text] for question in TALK.questions]
    assert sum(hits) / len(hits) > 0.7


def test_the_report_has_every_arm_and_judges_the_goals(seeds: list[Seed]) -> None:
    text = markdown(seeds)
    assert all(f"| {name} |" in text for name in ARMS)
    assert "| cartridge, N = 4 | 85.0% | 2.0% | 30 | 20.4 | 40 | 1,000 | 25% |" in text
    judged = goals(seeds)
    assert "N = 4: 0.89 of the ceiling (goal 0.8), +0.85 against dropping" in judged
    assert "1.015 times" in judged
    assert "100% before, 0% after; the others 100% before, 90% after" in text


def test_what_was_run_is_not_run_again(seeds: list[Seed], tmp_path: Path) -> None:
    campaign = Campaign(tmp_path, seeds=(1, 2), scale=Scale(facts=5))
    for number, found in enumerate(seeds, 1):
        job = Job(number, 0, campaign.scale, tmp_path)
        assert kept(job) is None
        assert keep(job, found) == kept(job)
    assert compare(campaign) == seeds
