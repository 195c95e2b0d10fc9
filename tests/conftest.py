"""Fixtures for every test: a home in a temporary folder, a clock that stands still, no network beyond this machine."""

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.store import ConversationStore, MemoryStore

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

_REAL_CONNECT = socket.socket.connect


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to any other machine fails the test by name."""

    def connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])  # type: ignore[index]
            assert host in ("127.0.0.1", "localhost", "::1"), f"a test tried to reach {host}"
        _REAL_CONNECT(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and an environment without the machine's own settings and keys."""
    for name in list(os.environ):
        if name.startswith("REVERIE_") or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("REVERIE_HOME", str(folder))
    return folder


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 5, 3, 12, 0, tzinfo=UTC), "Europe/Lisbon")


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    opened = Database.open(home / "reverie.db")
    yield opened
    opened.close()


@pytest.fixture
def conversations(database: Database, clock: FixedClock) -> ConversationStore:
    return ConversationStore(database, clock)


@pytest.fixture
def memories(database: Database, clock: FixedClock) -> MemoryStore:
    return MemoryStore(database, clock)
