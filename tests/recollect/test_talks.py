"""Seven made-up people tell about themselves and ask about it in other words; nothing was fitted to them."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from benchmarks.talks import Line, Verdict, play, read_script
from memory.clock import FixedClock
from memory.vectors.base import Embedder
from memory.vectors.embedder import load_embedder

TALKS = sorted((Path(__file__).parent / "talks").glob("*.talk"))


def played(home: Path, script: tuple[Line, ...], embedder: Embedder) -> list[Verdict]:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    runtime = Runtime.open(
        paths=Paths(data=home, config=home, cache=home / "cache"),
        settings=Settings.model_validate({"model": "none", "index": {"backend": "exact"}}),
        clock=clock,
        load_embedder=lambda: embedder,
    )
    try:
        return asyncio.run(play(runtime, clock, script))
    finally:
        runtime.close()


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Verdict]]:
    embedder = load_embedder()
    return {path.stem: played(tmp_path_factory.mktemp(path.stem), read_script(path), embedder) for path in TALKS}


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_a_talk_is_long_enough_to_tell_something(path: Path) -> None:
    script = read_script(path)
    turns = [line for line in script if line.mark != "=="]
    told = {label for line in script if line.mark == ">" for label in line.labels}
    asked = [line for line in turns if line.mark in "?!"]
    assert len(turns) >= 60 and len(asked) >= 25 and sum(line.mark == "!" for line in asked) >= 8
    assert {label for line in asked for label in line.labels} <= told


def test_most_questions_are_answered_from_the_right_statement(verdicts: dict[str, list[Verdict]]) -> None:
    answerable = [v for found in verdicts.values() for v in found if v.expected]
    wrong = [(v.question, v.expected, v.cited) for v in answerable if not v.right]
    assert len(wrong) <= 0.25 * len(answerable), wrong


def test_what_was_not_told_is_not_answered(verdicts: dict[str, list[Verdict]]) -> None:
    vain = [v for found in verdicts.values() for v in found if not v.expected]
    wrong = [(v.question, v.answer) for v in vain if not v.right]
    assert len(wrong) <= 0.1 * len(vain), wrong


def test_few_answers_are_false(verdicts: dict[str, list[Verdict]]) -> None:
    every = [v for found in verdicts.values() for v in found]
    false = [(v.question, v.cited, v.answer) for v in every if v.false]
    assert len(false) <= 0.12 * sum(bool(v.cited) for v in every), false
