"""The real counterparts for these tests."""

from tests.real.fixtures import _openai_server, anthropic_server, ollama_server, openai_server, tiny_model

__all__ = ["_openai_server", "anthropic_server", "ollama_server", "openai_server", "tiny_model"]
