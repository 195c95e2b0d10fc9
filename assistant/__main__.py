"""`reverie` and `python -m assistant`."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    os.umask(0o077)  # what is written is for the user's eyes only
    from assistant.cli.run import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
