"""Fixtures around the real counterparts. A test folder takes them in by importing them into its conftest.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.anthropic_server import AnthropicServer, anthropic_serving
from tests.real.ollama_server import OllamaServer, ollama_serving
from tests.real.openai_server import OpenAIServer, openai_serving
from tests.real.tiny_model import make_tiny_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real, tiny, untrained chat model with a window of 512 tokens."""
    return make_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def _openai_server(tiny_model: Path) -> Iterator[OpenAIServer]:
    with openai_serving(tiny_model) as server:
        yield server


@pytest.fixture
def openai_server(_openai_server: OpenAIServer) -> OpenAIServer:
    """An OpenAI-compatible server; settings: openai.base_url = server.url. See tests/real/openai_server.py."""
    _openai_server.reset()
    return _openai_server


@pytest.fixture
def ollama_server() -> Iterator[OllamaServer]:
    """An Ollama; settings: ollama.base_url = server.url."""
    with ollama_serving() as server:
        yield server


@pytest.fixture
def anthropic_server() -> Iterator[AnthropicServer]:
    """An Anthropic; settings: anthropic.base_url = server.url."""
    with anthropic_serving() as server:
        yield server
