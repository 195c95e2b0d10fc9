"""Terminals for these tests, closed after each."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

Open = Callable[..., Terminal]


@pytest.fixture
def terminal(home: Path) -> Iterator[Open]:
    """Opens terminals of a size, all with the same home."""
    assert shutil.which("tmux"), "these tests need tmux (apt-get install tmux)"
    opened: list[Terminal] = []

    def make(**size: int) -> Terminal:
        opened.append(Terminal(home, **size))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
