"""Waiting for a screen to get somewhere."""

import time
from collections.abc import Callable

from textual.pilot import Pilot


async def wait_until(pilot: Pilot[object], predicate: Callable[[], object], seconds: float = 20) -> None:
    """Let the app run until `predicate` holds; fail by name if it never does."""
    end = time.monotonic() + seconds
    while not predicate():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {predicate}")
        await pilot.pause(0.01)
