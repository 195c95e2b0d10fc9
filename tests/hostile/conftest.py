"""The hostile inputs meet a real home."""

from tests.assistant.conftest import runtime
from tests.cli.conftest import cli, program
from tests.real.fixtures import _openai_server, openai_server, tiny_model

__all__ = ["_openai_server", "cli", "openai_server", "program", "runtime", "tiny_model"]
