"""Terminals for these tests, closed after each."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import Terminal

Open = Callable[..., Terminal]


@pytest.fixture
def terminal(home: Path) -> Iterator[Open]:
    """Opens terminals of a size (and with environment variables), all with the same home."""
    assert shutil.which("tmux"), "these tests need tmux (apt-get install tmux)"
    opened: list[Terminal] = []

    def make(**how: Any) -> Terminal:
        opened.append(Terminal(home, **how))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
