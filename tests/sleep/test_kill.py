"""A night that is killed at any instant loses nothing, and the next run ends where an unbroken one would have."""

import multiprocessing
import os
import random
import shutil
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from memory.clock import FixedClock
from memory.store import MemoryFilter
from memory.types import NewMessage
from sleep.home import Home
from sleep.night import Night, Options
from sleep.tenses import in_past
from tests.sleep.conftest import START, PlainTaker, open_home
from tests.sleep.test_sabotage import LONG_AGO, MORE, SINCE, dump

NIGHT = START + timedelta(days=70)
FORK = multiprocessing.get_context("fork")


def fill(folder: Path) -> None:
    """A home with a night behind it and much to read."""
    home = open_home(folder, FixedClock(START))
    for texts in (LONG_AGO, SINCE, *MORE):
        conversation = home.conversations.create()
        for text in texts:
            home.conversations.append(conversation.id, NewMessage(role="user", content=text))
        home.vectors.work()
        if texts is LONG_AGO:
            sleep(home)
    close(home)


def sleep(home: Home) -> None:
    Night(home, PlainTaker(), options=Options()).run()


def close(home: Home) -> None:
    home.vectors.close()
    home.database.close()


def in_child(folder: str) -> None:
    sleep(open_home(Path(folder), FixedClock(NIGHT)))


def state(folder: Path) -> tuple[object, ...]:
    """All that a night derives."""
    home = open_home(folder, FixedClock(NIGHT))
    nights = home.nights
    derived = (nights.profile(), nights.dreams(), nights.cursor(), nights.waiting(), nights.unfinished())
    texts = [(s.level, s.period, s.text) for level in ("conversation", "day", "week", "month")
             for s in nights.summaries(level)]  # fmt: skip
    memories = dump(home)
    messages = sum(c.messages for c in home.conversations.list())
    assert home.memories.count(MemoryFilter(statuses=())) == len(memories)
    close(home)
    return memories, derived, texts, messages


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kill") / "home"
    in_past("You're going to Rome.")  # loads the word tables once, here, instead of in every child
    fill(folder)
    return folder


@pytest.fixture(scope="module")
def unbroken(before: Path) -> tuple[tuple[object, ...], float]:
    """The state after a night that nobody killed, and how long it took."""
    folder = before.parent / "unbroken"
    shutil.copytree(before, folder)
    child = FORK.Process(target=in_child, args=(str(folder),))
    started = time.monotonic()
    child.start()
    child.join()
    assert child.exitcode == 0
    return state(folder), time.monotonic() - started


@pytest.mark.timeout(1_200)  # forty kills are some ninety nights
@pytest.mark.parametrize("kills", [12, pytest.param(40, marks=pytest.mark.slow)])
def test_kills_at_random_points(before: Path, unbroken: tuple[tuple[object, ...], float], kills: int) -> None:
    expected, seconds = unbroken
    chance = random.Random(20261)
    killed = 0
    for point in range(kills * 5 // 2):
        if killed == kills:
            break
        folder = before.parent / f"killed-{point}"
        shutil.copytree(before, folder)
        started = time.monotonic()
        child = FORK.Process(target=in_child, args=(str(folder),))
        child.start()
        child.join(chance.uniform(0, 1.02) * seconds)
        if child.is_alive():
            os.kill(child.pid, signal.SIGKILL)
            killed += 1
        else:
            seconds = time.monotonic() - started  # as fast as the machine is now
        child.join()
        again = FORK.Process(target=in_child, args=(str(folder),))
        again.start()
        again.join()
        assert again.exitcode == 0
        assert state(folder) == expected, f"point {point}"
        shutil.rmtree(folder)
    assert killed == kills
