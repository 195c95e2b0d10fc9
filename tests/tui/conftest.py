"""Fixtures for the screens: a fake runtime in a home of its own, and waiting without guessing a time."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.paths import Paths
from assistant.settings import Settings
from memory.clock import FixedClock
from tests.real.fixtures import _openai_server, openai_server, tiny_model
from tests.tui.fakes import FakeRuntime

__all__ = ["_openai_server", "openai_server", "runtime", "tiny_model"]

os.environ["TEXTUAL_ANIMATIONS"] = "none"


@pytest.fixture
def runtime(home: Path, clock: FixedClock) -> Iterator[FakeRuntime]:
    paths = Paths(data=home, config=home, cache=home / "cache")
    opened = FakeRuntime(paths=paths, settings=Settings(), clock=clock)
    paths.settings.write_text("")
    yield opened
    opened.close()
