"""`reverie` and `python -m assistant`."""

import gc
import os
import sys
import threading
from contextlib import suppress


def main() -> None:
    """Run the command line and exit with its code."""
    os.umask(0o077)  # what is written is for the user's eyes only
    gc.set_threshold(50_000, 20, 100)  # modules being loaded make thousands of objects, and no garbage
    try:
        from assistant.cli.run import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before or after what `run` guards
        code = 130
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.exit(code)
    _end_at_once(code)


def _end_at_once(code: int) -> None:
    """End without unwinding: it takes longer than many a command, and native code in a daemon thread aborts of it."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads any more
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
