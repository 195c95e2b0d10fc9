"""Interrupts while native code loads: a KeyboardInterrupt inside a C++ module's start aborts the whole process."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Hold an interrupt (Ctrl+C) back until the block has ended; then it is raised. For imports of native modules."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is ever interrupted
        return
    held: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        held.append(number)

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        # None: a handler that Python did not install, and cannot install again.
        signal.signal(signal.SIGINT, before if before is not None else signal.default_int_handler)
        if held:
            signal.raise_signal(signal.SIGINT)
