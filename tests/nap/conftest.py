"""Fixtures of the chat and its server."""

from tests.real.fixtures import _openai_server, openai_server, tiny_model

__all__ = ["_openai_server", "openai_server", "tiny_model"]
