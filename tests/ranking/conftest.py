from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.recall_bench.measure import Remembering
from memory.clock import FixedClock
from memory.database import Database
from memory.retrieval import Retriever
from memory.store import ConversationStore
from memory.types import Message, NewMessage
from memory.vectors.base import Embedder
from memory.vectors.embedder import load_embedder
from memory.vectors.service import Vectors


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """The default embedder; what many tests say is embedded once."""
    return Remembering(load_embedder())


@pytest.fixture
def vectors(database: Database, home: Path, minilm: Embedder) -> Iterator[Vectors]:
    opened = Vectors(database, home / "index", lambda: minilm, backend="exact")
    yield opened
    opened.close()


@pytest.fixture
def retriever(database: Database, vectors: Vectors, clock: FixedClock) -> Retriever:
    return Retriever(database, vectors, clock)


Say = Callable[..., list[Message]]


@pytest.fixture
def say(conversations: ConversationStore, clock: FixedClock) -> Say:
    """Say things in a talk of their own; "Ana: ..." is said by Ana."""

    def store(*texts: str, role: str = "user") -> list[Message]:
        talk = conversations.create("talk").id
        said = []
        for text in texts:
            author, colon, rest = text.partition(": ")
            message = NewMessage(role=role, author=author if colon else "", content=rest if colon else text)  # type: ignore[arg-type]
            said.append(conversations.append(talk, message))
        return said

    return store
