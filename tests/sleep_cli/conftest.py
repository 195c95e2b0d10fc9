"""A home with a short talk in it, and the command line run in this process or in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.run import run
from memory.clock import FixedClock, parse_instant
from memory.database import Database
from memory.store import ConversationStore, MemoryStore
from memory.store.nights import NightStore
from memory.types import NewMessage

NOW = "2026-05-01T02:00:00Z"
TALK = (
    "I live in Lisbon and I work as a nurse.",
    "My sister is called Ana. I am allergic to peanuts.",
    "I live in Porto now.",
    "I don't eat meat any more.",
)


@dataclass
class Stores:
    """The stores of the home, for looking at it beside the command line."""

    conversations: ConversationStore
    memories: MemoryStore
    nights: NightStore


@dataclass
class Outcome:
    """What one command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(autouse=True)
def quick_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands; nothing is embedded, since no test here is about meaning."""
    monkeypatch.setenv("REVERIE_NOW", NOW)
    monkeypatch.setenv("REVERIE_EMBEDDER__NAME", "/nowhere/at/all")
    monkeypatch.setenv("REVERIE_INDEX__BACKEND", "exact")
    monkeypatch.setenv("COLUMNS", "60")


@pytest.fixture
def stores(home: Path) -> Iterator[Stores]:
    clock = FixedClock(parse_instant("2026-04-20T09:00:00Z"))
    with closing(Database.open(home / "reverie.db")) as database:
        yield Stores(ConversationStore(database, clock), MemoryStore(database, clock), NightStore(database))


Say = Callable[..., None]


@pytest.fixture
def say(stores: Stores) -> Say:
    def tell(*texts: str) -> None:
        conversation = stores.conversations.create()
        for text in texts:
            stores.conversations.append(conversation.id, NewMessage(role="user", content=text))

    return tell


@pytest.fixture
def talk(say: Say) -> None:
    say(*TALK)


Reverie = Callable[..., Outcome]


@pytest.fixture
def reverie(capsys: pytest.CaptureFixture[str]) -> Reverie:
    """Runs the command line in this process."""

    def call(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = run(arguments)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call


def started(*arguments: str, **options: Any) -> "subprocess.Popen[str]":
    """The command line in a process of its own."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=dict(os.environ), **options)
