"""Fixtures of the tests of deletion."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memory.clock import FixedClock
from tests.deletion.life import Life, live


@pytest.fixture
def life(home: Path, clock: FixedClock) -> Iterator[Life]:
    made = live(home, clock)
    yield made
    made.close()
