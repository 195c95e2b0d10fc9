"""Killed at any instant, whatever it was doing: what was acknowledged is there, the home is sound, and doing it again
ends where an unbroken run would have.

Real processes and real files. A point each here; more than 200 with `-m slow`.
"""

import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from memory.backup import make_backup
from memory.database import MIGRATIONS
from memory.store.adapters import AdapterStore
from memory.types import NewMemory, NewMessage
from tests.faults.child import ACTS, SECRET, main, opened
from tests.faults.homes import State, fill, state


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for each act, just before it; and what an unbroken run makes of it."""
    folder = tmp_path_factory.mktemp("faults")
    fill(folder / "full")
    for act in ACTS:
        home = folder / act / "before"
        if act == "migrate":
            old(home)
        else:
            shutil.copytree(folder / "full", home)
        if act == "undo":
            main("sleep", home)
        if act == "train":
            learn(home)
        if act == "restore":
            keep_first(home)
    return folder


def old(home: Path) -> None:
    """A home as the first version left it."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    home.mkdir(parents=True)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{home / 'reverie.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO conversation (id, title, created_at, updated_at, origin, draft)"
                " VALUES (:id, 'old', :at, :at, 'chat', '')"
            ),
            {"id": "0" * 26, "at": "2026-01-01T00:00:00.000000Z"},
        )
    engine.dispose()


def learn(home: Path) -> None:
    """Memories, as a night would learn them into weights."""
    with closing(opened(home)) as runtime:
        for told in ("You live in Porto.", "Your sister is called Ana.", "Your shoe size is 43."):
            runtime.memories.add(NewMemory(text=told))
        runtime.vectors.work()


def keep_first(home: Path) -> None:
    with closing(opened(home)) as runtime:
        made = make_backup(runtime.paths.database, runtime.paths.backups, "asked", runtime.clock)
        made.path.rename(made.path.with_name("first.db"))
        runtime.conversations.append(runtime.conversations.create().id, NewMessage(role="user", content="Later."))


def child(act: str, home: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.faults.child", act, str(home)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(act: str, home: Path) -> list[str]:
    """Do it to the end. What was acknowledged."""
    process = child(act, home)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return out.splitlines()


@dataclass
class Unbroken:
    """What a run that nobody kills leads to, and the part of its time that it works (it starts before that)."""

    state: State
    seconds: float


_UNBROKEN: dict[str, Unbroken] = {}


def unbroken(act: str, homes: Path) -> Unbroken:
    if act not in _UNBROKEN:
        home = homes / act / "unbroken"
        shutil.copytree(homes / act / "before", home)
        started = time.monotonic()
        run(act, home)
        _UNBROKEN[act] = Unbroken(state(home), time.monotonic() - started)
    return _UNBROKEN[act]


POINTS = [(act, 0) for act in ACTS if act != "train"]
MORE = [(act, seed) for act in ACTS for seed in range(1, 24) if act != "train" or seed <= 12]
"""216 points beside 12 while weights are trained; tests/weights/test_kill.py kills the training alone, ten times."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("act", "seed"), [*POINTS, *(pytest.param(*one, marks=pytest.mark.slow) for one in MORE)])
def test_a_kill_loses_nothing_that_was_acknowledged(homes: Path, act: str, seed: int) -> None:
    expected = unbroken(act, homes)
    home = homes / act / f"killed-{seed}"
    shutil.copytree(homes / act / "before", home)
    process = child(act, home)
    time.sleep(random.Random(f"{act} {seed}").uniform(0.25, 1.0) * expected.seconds)
    process.send_signal(signal.SIGKILL)
    acknowledged = process.communicate()[0].splitlines()
    broken = state(home)
    lost(acknowledged, home)
    if "purged" in acknowledged:
        assert not any(SECRET in message for message in broken.messages)
    run(act, home)
    again = state(home)
    if act == "chat":
        said = {message for message in expected.state.messages if message.startswith("Remember")}
        assert said <= set(again.messages)
    elif act == "train":
        with closing(opened(home)) as runtime:
            assert len(AdapterStore(runtime.database).list()) == 1
    elif act != "undo":  # taken back before the kill, the night is not there to be taken back again
        assert again == expected.state
    shutil.rmtree(home)


def lost(acknowledged: list[str], home: Path) -> None:
    """Nothing that a user was told is stored is missing."""
    with closing(opened(home)) as runtime:
        for line in acknowledged:
            if len(line.split()[0]) == 26:
                assert runtime.conversations.message(line.split()[0]).content
