"""`reverie setup`: what is around, and on a terminal a choice of it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli.output import fields, rows, say, show, show_json
from assistant.paths import Paths, find_paths
from assistant.settings_file import load_settings, set_setting
from assistant.surroundings import LEAVES, Surroundings, export_line, look_around
from memory.errors import ReverieError

if TYPE_CHECKING:
    from assistant.models import Found
    from memory.transfer.lying import LyingExport


def set_up(*, as_json: bool) -> int:
    """Say where things live, who could answer and what could be brought in; ask about each on a terminal."""
    paths = find_paths()
    settings = load_settings(paths)
    around = look_around(settings)
    if as_json:
        show_json(_as_json(paths, settings.model, around))
        return 0
    fields({"what you say": str(paths.data), "settings": str(paths.settings), "who answers": settings.model})
    _show_models(around.models)
    for one in around.exports:
        show(f"in your downloads: {export_line(one)}")
    if sys.stdin.isatty():
        _choose_model(paths, around.models)
        _bring_in(around.exports)
    else:
        _say_how(around)
    return 0


def _as_json(paths: Paths, model: str, around: Surroundings) -> dict[str, Any]:
    return {
        "data": str(paths.data),
        "settings": str(paths.settings),
        "model": model,
        "models": [
            {"model": one.spec, "label": one.label, "base_url": one.base_url, "remote": one.remote}
            for one in around.models
        ],
        "exports": [
            {"path": str(one.path), "format": one.format, "bytes": one.size, "modified": one.modified}
            for one in around.exports
        ],
    }


def _show_models(found: "Sequence[Found]") -> None:
    if not found:
        show("no model server on this machine, and no key in the environment; it answers from memory alone")
        return
    where = {False: "stays on this machine", True: "text leaves this machine"}
    rows(("", "who could answer", ""), ((str(n), one.label, where[one.remote]) for n, one in enumerate(found, 1)))


def _say_how(around: Surroundings) -> None:
    if around.models:
        say("`reverie setup` on a terminal lets you choose; so does `reverie config set model PROVIDER:NAME`.")
    if around.exports:
        say(f"`reverie import {_quoted(around.exports[0].path)}` brings one in.")


def _choose_model(paths: Paths, found: "Sequence[Found]") -> None:
    """Ask for a number until one is given, or none."""
    while found:
        typed = _asked("Who should answer? A number, or enter to leave it as it is:")
        if not typed:
            return
        if typed.isdecimal() and 0 < int(typed) <= len(found):
            one = found[int(typed) - 1]
            try:
                _take(paths, one, one.spec if not one.spec.endswith(":") else one.spec + _asked("Which of its models?"))
                return
            except ReverieError as error:
                say(str(error))
        else:
            say(f"A number from 1 to {len(found)}.")


def _take(paths: Paths, one: "Found", spec: str) -> None:
    from assistant.models.spec import parse_model

    parse_model(spec)
    if one.remote and _asked(f"{LEAVES.format(who=one.label)} Let it? [y/N]").lower() not in ("y", "yes"):
        return
    if one.base_url:
        set_setting(paths, "openai.base_url", one.base_url)
    set_setting(paths, "model", spec)
    say(f"{spec} answers from now on.")


def _bring_in(exports: "Sequence[LyingExport]") -> None:
    from assistant.cli.transfer import import_source

    for one in exports:
        if _asked(f"Bring in {export_line(one)}? [y/N]").lower() in ("y", "yes"):
            try:
                import_source(str(one.path), "auto", preview=False, as_json=False)
            except ReverieError as error:
                say(str(error))


def _asked(question: str) -> str:
    """A line that is typed in answer; empty at the end of the input."""
    print(question, end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
