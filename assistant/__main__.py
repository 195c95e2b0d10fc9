"""`reverie` and `python -m assistant`."""

import os
import sys
import threading
from contextlib import suppress


def main() -> None:
    """Run the command line and exit with its code."""
    os.umask(0o077)  # what is written is for the user's eyes only
    try:
        from assistant.cli.run import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before or after what `run` guards
        code = 130
    if any(thread.daemon for thread in threading.enumerate()):
        _end_at_once(code)
    sys.exit(code)


def _end_at_once(code: int) -> None:
    """End without unwinding: a model may still be loading, and native code in a daemon thread aborts if unwound."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads any more
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
