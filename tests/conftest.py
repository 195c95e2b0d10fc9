"""Fixtures for every test: a home in a temporary folder, a clock that stands still, no network beyond this machine."""

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from memory.clock import FixedClock
from memory.database import Database
from memory.schema import Base
from memory.server import ServerDatabase
from memory.store import ConversationStore, MemoryStore
from tests.servers import postgres

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


ON_SERVERS = frozenset(
    f"tests.{name}"
    for name in """memory.test_conversations memory.test_insight memory.test_memories memory.test_passages
    memory.test_preferences memory.test_purge memory.test_purge_talk memory.test_retrieval memory.test_tags
    ranking.test_feedback ranking.test_ranking ranking.test_time""".split()
)
"""The tests of the store and of retrieval: what holds of a home's file holds of its rows on a server."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__ in ON_SERVERS and "database" in metafunc.fixturenames:
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, home: Path) -> Iterator[Database]:
    if getattr(request, "param", "sqlite") == "postgresql":
        yield request.getfixturevalue("server_database")
        return
    opened = Database.open(home / "reverie.db")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server for all tests of a process; its address without a database's name."""
    with postgres() as address:
        yield address


@pytest.fixture(scope="session")
def migrated_server(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerDatabase]:
    opened = ServerDatabase.at(f"{postgres_server}/postgres", tmp_path_factory.mktemp("server"))
    yield opened
    opened.close()


@pytest.fixture
def server_database(migrated_server: ServerDatabase, home: Path) -> ServerDatabase:
    """An empty home's rows on the server."""
    home.mkdir(parents=True, exist_ok=True)
    database = ServerDatabase(migrated_server.engine, home)
    with database.write() as session:
        session.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY CASCADE"))
    return database


@pytest.fixture
def conversations(database: Database, clock: FixedClock) -> ConversationStore:
    return ConversationStore(database, clock)


@pytest.fixture
def memories(database: Database, clock: FixedClock) -> MemoryStore:
    return MemoryStore(database, clock)
