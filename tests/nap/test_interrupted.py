"""Naps that were interrupted: stopped, and killed with their process. Nothing half is left that is used."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic, sleep

import psutil
import pytest

from memory.clock import SystemClock
from memory.database import Database
from memory.health import check_integrity
from memory.store import ConversationStore
from memory.store.naps import NapStore
from sleep.nap.cartridge.manifest import folder_of, manifest_of, work_of
from tests.nap.interrupted import SETTINGS, TOLD, cartridges_of, talk
from tests.nap.interrupted import nap as take_a_nap


@contextmanager
def process(home: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.nap.interrupted", str(home), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_for(what: Callable[[], bool], seconds: float = 300) -> None:
    until = monotonic() + seconds
    while not what():
        assert monotonic() < until, "it takes too long"
        sleep(0.02)


def test_notes_are_there_whole_or_not_at_all(database: Database, home: Path) -> None:
    with process(home) as running:
        assert running.stdout is not None
        assert all(running.stdout.readline() for _ in range(20))
        sleep(Random(3).random() / 10)
        running.kill()
    naps = NapStore(database, SystemClock())
    assert not check_integrity(database) and len(naps.numbers()) >= 20
    for conversation in ConversationStore(database, SystemClock()).list(limit=1_000):
        for nap in naps.of_conversation(conversation.id):
            assert nap.messages > 4 and any("Lisbon" in note.text for note in nap.notes)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_training_leaves_nothing_that_is_used_and_is_gone_on_with(database: Database, home: Path) -> None:
    with process(home, "train") as running:
        assert running.stdout is not None
        number = int(running.stdout.readline())
        work = work_of(home, number)
        wait_for((work / "lesson-1.json").is_file)
        (child,) = psutil.Process(running.pid).children()
        running.kill()
        child.wait(60)  # whoever started it is gone
    assert not folder_of(home, number).exists()
    (nap,) = (n for c in database_talks(database) for n in NapStore(database, SystemClock()).of_conversation(c))
    cartridges = cartridges_of(database)
    assert cartridges.before(nap.upto_id, SETTINGS.model).tokens == 0

    lesson = (work / "lesson-1.json").read_bytes()
    asked = iter((True, True))  # before it starts, and once while it is at work
    assert cartridges.make(nap.conversation_id, SETTINGS.model, lambda: next(asked, False)) == ()
    assert not psutil.Process().children() and not folder_of(home, number).exists()
    assert (work / "lesson-1.json").read_bytes() == lesson, "dreamt once"
    (made,) = cartridges.make(nap.conversation_id, SETTINGS.model)
    manifest = manifest_of(folder_of(home, number))
    assert made.cartridge == manifest.tokens == cartridges.before(nap.upto_id, SETTINGS.model).tokens > 4
    assert manifest.passes == SETTINGS.nap.cartridge_passes and len(manifest.facts) >= len(TOLD) and manifest.seconds
    assert not work.exists(), "what it was made with is gone"
    assert {file.stat().st_mode & 0o077 for file in (home / "cartridges").rglob("*")} == {0}


def database_talks(database: Database) -> list[str]:
    return [c.id for c in ConversationStore(database, SystemClock()).list(limit=1_000)]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_child_that_fails_says_why(database: Database, home: Path, tiny_model: Path) -> None:
    settings = SETTINGS.model_copy(update={"model": f"local:{tiny_model}"})
    where = talk(database)
    take_a_nap(database, where)
    cartridges = cartridges_of(database)
    assert cartridges.make(where, settings.model) == ()
    nap = NapStore(database, SystemClock()).of_conversation(where)[0]
    assert cartridges.refused(nap, settings.model).startswith("This model wrote no question")
