from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.paths import Paths
from assistant.responder import Responder
from assistant.runtime import Runtime
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.vectors.hashing import HashEmbedder
from tests.real.fixtures import _openai_server, openai_server, tiny_model

__all__ = ["_openai_server", "openai_server", "runtime", "tiny_model", "with_responder"]


@pytest.fixture
def runtime(home: Path, clock: FixedClock) -> Iterator[Runtime]:
    """An opened home with the small embedder and exact search."""
    opened = Runtime.open(
        paths=Paths(data=home, config=home, cache=home / "cache"),
        settings=Settings.model_validate({"index": {"backend": "exact"}}),
        clock=clock,
        load_embedder=lambda: HashEmbedder(256),
    )
    yield opened
    opened.close()


@pytest.fixture
def with_responder(runtime: Runtime) -> Callable[[Responder], Runtime]:
    def use(responder: Responder) -> Runtime:
        runtime.engine.responder = responder
        return runtime

    return use
