"""A home that sleeps: real SQLite, exact search, a clock that the test moves."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.store import ConversationStore, MemoryStore
from memory.store.nights import NightStore
from memory.types import Hit, Message, NewMessage
from memory.vectors.hashing import HashEmbedder
from memory.vectors.service import Vectors
from sleep.home import Home
from sleep.night import Night, Options

START = datetime(2026, 5, 3, 10, tzinfo=UTC)


class PlainTaker:
    """Sits the exam as a chat would that is given the first twelve hits and answers no question without a model."""

    def given(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        return tuple(hits[:12])

    def answers(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        return ()


def open_home(folder: Path, clock: FixedClock) -> Home:
    database = Database.open(folder / "reverie.db")
    return Home(
        database=database,
        vectors=Vectors(database, folder / "index", lambda: HashEmbedder(256), backend="exact"),
        clock=clock,
        conversations=ConversationStore(database, clock),
        memories=MemoryStore(database, clock),
        nights=NightStore(database),
    )


@pytest.fixture
def night_clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def night_home(tmp_path: Path, night_clock: FixedClock) -> Iterator[Home]:
    home = open_home(tmp_path / "home", night_clock)
    yield home
    home.vectors.close()
    home.database.close()


Tell = Callable[..., list[Message]]


@pytest.fixture
def tell(night_home: Home, night_clock: FixedClock) -> Tell:
    """Say things in a new conversation, an hour apart; the clock moves along."""

    def say(*texts: str, role: str = "user") -> list[Message]:
        conversation = night_home.conversations.create()
        said = []
        for text in texts:
            new = NewMessage(role=role, content=text)  # type: ignore[arg-type]
            said.append(night_home.conversations.append(conversation.id, new))
            night_clock.instant += timedelta(hours=1)
        night_home.vectors.work()
        return said

    return say


@pytest.fixture
def night(night_home: Home) -> Callable[..., Night]:
    def make(**options: object) -> Night:
        return Night(night_home, PlainTaker(), options=Options(**options))  # type: ignore[arg-type]

    return make
