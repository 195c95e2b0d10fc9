from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memory.database import Database
from memory.store import ConversationStore
from memory.types import NewMessage
from memory.vectors.base import Embedder
from memory.vectors.hashing import HashEmbedder
from memory.vectors.service import Vectors

Open = Callable[..., Vectors]


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder(64)


@pytest.fixture
def vectors(database: Database, home: Path, embedder: HashEmbedder) -> Iterator[Open]:
    """Open the home's vectors; closed again at the end."""
    opened: list[Vectors] = []

    def make(backend: str = "chroma", use: Embedder = embedder, exact_up_to: int | None = None) -> Vectors:
        opened.append(Vectors(database, home / "index", lambda: use, backend=backend, exact_up_to=exact_up_to))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def say(conversations: ConversationStore) -> Callable[..., None]:
    conversation = conversations.create("talk")

    def store(*texts: str) -> None:
        for text in texts:
            conversations.append(conversation.id, NewMessage(role="user", content=text))

    return store
