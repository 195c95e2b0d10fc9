"""The page for `man reverie`, from the commands themselves, in roff (groff_man(7))."""

import re
from collections.abc import Iterator
from typing import Any

from typer.core import TyperArgument, TyperOption

CODES = (
    ("0", "It is done."),
    ("1", "It failed; a line says what, where, and what to do."),
    ("2", "It was not understood: a wrong command, value or setting."),
    ("3", "Refused, or there was nothing to do."),
    ("130", "Interrupted; what was stored until then is kept."),
)
"""Exit codes and what they mean."""
_ENVIRONMENT = (
    ("REVERIE_HOME", "One folder for everything."),
    ("REVERIE_NOW", "A time at which the clock stands, as 2026-05-03T18:30:00Z."),
    ("REVERIE_KEY", "Any setting: REVERIE_MODEL for model, REVERIE_OPENAI__BASE_URL for openai.base_url."),
)


def man_page(root: Any, version: str) -> str:
    """The whole page, for the root command as Typer makes it."""
    about = _joined(root.help)
    lines = [
        f'.TH REVERIE 1 "" "reverie {version}" "User Commands"',
        ".SH NAME",
        f"reverie \\- {_roff(about.partition('. ')[0].rstrip('.'))}",
        ".SH SYNOPSIS",
        *_synopsis(root, "reverie"),
        ".SH DESCRIPTION",
        _roff(about),
        ".SH OPTIONS",
        *_parameters(root),
        ".SH COMMANDS",
        *(line for below in root.commands.values() for line in _command(below, str(below.name))),
        ".SH EXIT STATUS",
        *(line for code, means in CODES for line in _term(code, means)),
        ".SH ENVIRONMENT",
        *(line for name, means in _ENVIRONMENT for line in _term(name, means)),
        ".SH FILES",
        "reverie config path prints the folders of the home.",
    ]
    return "\n".join(lines) + "\n"


def _command(command: Any, name: str) -> Iterator[str]:
    """One command and those below it."""
    below = getattr(command, "commands", {})
    if not below or command.params:
        yield f".SS {_roff(_usage(command, name))}"
        yield _roff(_joined(command.help))
        yield from _parameters(command)
    for one in below.values():
        yield from _command(one, f"{name} {one.name}")


def _synopsis(root: Any, name: str) -> Iterator[str]:
    yield f".B {name}"
    yield "[\\fIOPTIONS\\fR] [\\fICOMMAND\\fR [\\fIARGUMENTS\\fR]]"


def _usage(command: Any, name: str) -> str:
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    shown = [str(a.metavar) if a.required else f"[{a.metavar}]" for a in arguments]
    return " ".join([name, *shown])


def _parameters(command: Any) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, TyperArgument):
            yield from _term(str(parameter.metavar), parameter.help or "")
        elif isinstance(parameter, TyperOption) and not parameter.hidden:
            value = "" if parameter.is_flag else f" {parameter.metavar}"
            names = ", ".join(f"{name}{value}" for name in (*parameter.opts, *parameter.secondary_opts))
            yield from _term(names, parameter.help or "")


def _term(name: str, about: str) -> Iterator[str]:
    yield from (".TP", f"\\fB{_roff(name)}\\fR", _roff(_joined(about)))


def _joined(text: str | None) -> str:
    return " ".join((text or "").split())


def _roff(text: str) -> str:
    """Text with what roff would take for a command or a typographic dash written out."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", escaped)
