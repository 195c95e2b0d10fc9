"""From arguments to an exit code: 0 ok, 1 failed, 2 usage, 3 refused or nothing to do, 130 interrupted.

The outer edge of every command. Failures become one line and a hint on standard error; nobody sees a traceback.
"""

import logging
import os
import sys
from collections.abc import Sequence

from memory.errors import ReverieError

INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run one command."""
    import typer.main
    from typer.exceptions import Abort, TyperException

    from assistant.cli.app import app
    from assistant.cli.output import fail, say

    try:
        result = typer.main.get_command(app).main(list(arguments), prog_name="reverie", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except ReverieError as error:
        fail(error)
        return error.exit_code
    except TyperException as error:
        say(_usage(error))
        return 2
    except (Abort, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has what it wanted. Python would complain once more while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # our own defect: the user gets a line, the log the rest
        return _defect(error)


def _usage(error: Exception) -> str:
    """A usage error with where to read on; a group without a command is its help."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(message)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "reverie"
    return f"reverie: {message} `{path} --help` shows what can be said."


def _defect(error: Exception) -> int:
    from assistant.cli.output import say
    from assistant.paths import find_paths

    paths = find_paths()
    where = ""
    try:
        paths.cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = logging.FileHandler(paths.log, encoding="utf-8")
        logging.getLogger().addHandler(handler)
        logging.getLogger(__name__).error("a command failed", exc_info=error)
        handler.close()
        where = f" The details are in {paths.log}."
    except OSError:
        pass
    say(f"reverie: a defect in the program ({type(error).__name__}). Nothing was lost.{where}")
    return 1
