"""From arguments to an exit code: 0 ok, 1 failed, 2 usage, 3 refused or nothing to do, 130 interrupted.

The outer edge of every command. Failures become one line and a hint on standard error; nobody sees a traceback.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from memory.errors import ReverieError

INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run one command."""
    from assistant.cli.output import fail, ready_streams, say

    ready_streams()
    try:
        return _run(arguments)
    except ReverieError as error:
        fail(error)
        return error.exit_code
    except OSError as error:
        return _not_written(error)
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except Exception as error:  # our own defect: the user gets a line, the log the rest
        return _defect(error)


def _run(arguments: Sequence[str]) -> int:
    """What the command returns, with Typer's own ways to end made into ours."""
    import typer.main
    from typer.exceptions import Abort, TyperException

    from assistant.cli.app import app
    from assistant.cli.output import let_go_of_output, say

    try:
        command = _sparing(typer.main.get_command(app))
        result = command.main(list(arguments), prog_name="reverie", standalone_mode=False)
    except TyperException as error:
        say(_usage(error))
        return 2
    except Abort as error:
        raise KeyboardInterrupt from error
    except SystemExit as error:
        if not isinstance(error.__context__, BrokenPipeError):
            raise
        # The reader (head, less) has what it wanted. Typer ends with 1 for it.
        let_go_of_output()
        return 0
    if result == INTERRUPTED:
        raise KeyboardInterrupt
    return result if isinstance(result, int) else 0


def _sparing(command: Any) -> Any:
    """The commands, with options that were not given left alone: to convert a missing value, Typer would load pydantic,
    which takes longer than many a command."""
    for one in getattr(command, "commands", {}).values():
        _sparing(one)
    for option in command.params:
        _spare(option)
    help_option = command.get_help_option
    command.get_help_option = lambda context: _spare(help_option(context))
    return command


def _spare(option: Any) -> Any:
    plain = option.nargs == 1 and not (option.required or getattr(option, "multiple", False))
    if plain and not isinstance(option.process_value, partial):
        option.process_value = partial(_given, option, option.process_value)
    return option


def _given(option: Any, convert: Callable[[Any, Any], Any], context: Any, value: Any) -> Any:
    if value is not None:
        return convert(context, value)
    return option.callback(context, option, None) if option.callback else None


def _usage(error: Exception) -> str:
    """A usage error with where to read on; a group without a command is its help."""
    message = str(error.format_message() if hasattr(error, "format_message") else error)
    if type(error).__name__ == "NoArgsIsHelpError":
        return message
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "reverie"
    stop = "" if message.endswith((".", "?")) else "."
    return f"reverie: {message}{stop} `{path} --help` shows what can be said."


def _not_written(error: OSError) -> int:
    """A file or stream that the system refused, where no command knew better."""
    from assistant.cli.output import let_go_of_output, say

    let_go_of_output()
    place = error.filename if isinstance(error.filename, str) else "the output"
    say(f"reverie: {place} cannot be written or read ({error.strerror or error}).")
    return 1


def _defect(error: Exception) -> int:
    from assistant.cli.output import say
    from assistant.logfile import traced
    from assistant.paths import find_paths

    where = ""
    try:
        paths = find_paths()
        paths.cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Not through logging: where the log cannot be written, that prints a traceback of its own.
        with paths.log.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ} a command failed\n{traced(error)}\n")
        where = f" The details are in {paths.log}."
    except (OSError, ReverieError):
        pass  # no place for a log: the line must do
    say(f"reverie: a defect in the program ({type(error).__name__}). Nothing was lost.{where}")
    return 1
