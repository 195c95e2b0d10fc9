"""Fixtures for the screens: a fake runtime in a home of its own, and waiting without guessing a time."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.paths import Paths
from assistant.settings import Settings
from memory.clock import FixedClock
from tests.tui.fakes import FakeRuntime

os.environ["TEXTUAL_ANIMATIONS"] = "none"


@pytest.fixture
def runtime(home: Path, clock: FixedClock) -> Iterator[FakeRuntime]:
    paths = Paths(data=home, config=home, cache=home / "cache")
    opened = FakeRuntime(paths=paths, settings=Settings(), clock=clock)
    paths.settings.write_text("")
    yield opened
    opened.close()
