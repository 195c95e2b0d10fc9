"""`reverie` and `python -m assistant`."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    os.umask(0o077)  # what is written is for the user's eyes only
    try:
        from assistant.cli.run import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before or after what `run` guards
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
