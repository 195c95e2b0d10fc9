"""Writes the pages of commands and settings, and the one for `man`, from the program itself:
`python -m assistant.cli.reference`."""

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer.main
from typer.core import TyperArgument, TyperOption

from assistant.cli.app import app
from assistant.cli.manpage import CODES, man_page
from assistant.cli.settings_rows import SettingRow, setting_rows
from assistant.settings import Settings

DOCS = Path(__file__).parent.parent.parent / "docs"
_NOTE = "<!-- Made by `python -m assistant.cli.reference` from {}: change it there. -->"


@dataclass(frozen=True)
class Shape:
    """What `--json` prints."""

    what: str
    fields: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(self.fields.split())


_MEMORY = (
    "id text kind subject slot value status trust sensitivity confidence pinned muted tags said_at event_from event_to "
    "valid_from valid_to updated_at sources"
)
_NIGHT = "id status stage model started_at ended_at report"
_IMPORT = "format files files_ignored conversations messages memories told renumbered reasons skipped"
_CALL = "id at purpose model remote prompt_tokens completion_tokens milliseconds status sent conversation"

SHAPES = {
    "setup": Shape("an object", "data settings model models exports"),
    "ask": Shape("an object", "answer memories model usage conversation"),
    "ask (failed)": Shape("an object", "error hint answer conversation"),
    "recall": Shape("a list of hits", "type id external_id sources conversation text said_at score channels"),
    "recall --batch": Shape("an object for each line", "id hits"),
    "import": Shape("an object", _IMPORT),
    "export": Shape("an object", "format folder files conversations messages memories"),
    "doctor": Shape("a list of findings", "name value wrong"),
    "ledger": Shape("a list of calls", _CALL),
    "memory list": Shape("a list of memories", _MEMORY),
    "memory show": Shape("a memory", _MEMORY),
    "memory add": Shape("a memory", _MEMORY),
    "memory purge": Shape("a receipt", "what fingerprints removed also_said_in left_in"),
    "purge": Shape("a receipt", "what fingerprints removed also_said_in left_in"),
    "memory history": Shape("a list of changes", "id memory at actor reason before after"),
    "sleep": Shape("an event a line: estimate, run, stage, progress, change, exam, message or report", "event"),
    "bench recall": Shape(
        "an object",
        "arms auroc empty_answerable empty_unanswerable tokens_of_ten messages ingest_per_second ingest_of_embedding",
    ),
    "sleep status": Shape("an object", "sleeping interrupted messages waiting due last"),
    "sleep history": Shape("a list of nights", _NIGHT),
    "sleep show": Shape("a night", f"{_NIGHT} changes"),
    "sleep undo": Shape("an object", "id restored kept"),
    "sleep journal": Shape("a list of dreams", "id at status text question memories kept_as"),
    "sleep profile": Shape("a list of lines", "id section text owner instruction at memories"),
    "sleep schedule show": Shape("a list of what is installed", "with text"),
    "config show": Shape("a list of settings", "key value default about"),
}


def commands_page() -> str:
    """docs/commands-cli.md."""
    root = typer.main.get_command(app)
    lines = ["# Commands of the command line", "", _NOTE.format("assistant/cli/"), ""]
    lines += [
        "What is asked for goes to standard output, everything else to standard error. With `--json` the output is one",
        "JSON document (`recall --batch` and `sleep`: one a line). `-h` or `--help` explains any command where it is",
        "typed, and `reverie --install-completion` teaches your shell to complete them.",
        "",
        "| exit code | means |",
        "|---|---|",
        *(f"| {code} | {means[0].lower()}{means[1:].rstrip('.')} |" for code, means in CODES),
    ]
    return "\n".join([*lines, *_command(root, "reverie"), *_json()]) + "\n"


def _json() -> Iterator[str]:
    yield from ("", "## JSON", "", "Times are RFC 3339 in UTC. Later versions may add keys; none goes away.")
    yield from ("", "| command | prints | with the keys |", "|---|---|---|")
    for name, shape in SHAPES.items():
        yield f"| `{name}` | {shape.what} | {', '.join(f'`{key}`' for key in shape.keys)} |"


def _command(command: Any, name: str) -> Iterator[str]:
    """One command and those below it."""
    arguments = [p for p in command.params if isinstance(p, TyperArgument)]
    options = [p for p in command.params if isinstance(p, TyperOption) and not p.hidden]
    usage = [name, *(_placeholder(a) for a in arguments), *(["[OPTIONS]"] if options else [])]
    yield from ("", f"## `{' '.join(usage)}`", "", " ".join((command.help or "").split()))
    if arguments or options:
        yield from ("", "| argument or option | does | default |", "|---|---|---|")
        yield from (_row(f"`{a.metavar}`", a.help, a.default) for a in arguments)
        yield from (_row(_spelling(option), option.help, option.default) for option in options)
    for below in getattr(command, "commands", {}).values():
        yield from _command(below, f"{name} {below.name}")


def _placeholder(argument: TyperArgument) -> str:
    return str(argument.metavar) if argument.required else f"[{argument.metavar}]"


def _spelling(option: TyperOption) -> str:
    value = "" if option.is_flag else f" {option.metavar}"
    return ", ".join(f"`{name}{value}`" for name in (*option.opts, *option.secondary_opts))


def _row(name: str, about: str | None, default: object) -> str:
    shown = "" if default in (None, "", False, True, ()) else f"`{default}`"
    return f"| {name} | {_cell(about or '')} | {shown} |"


def settings_page() -> str:
    """docs/settings.md."""
    lines = ["# Settings", "", _NOTE.format("assistant/settings.py"), ""]
    lines += [
        "`reverie config show` prints those in force, `reverie config set KEY VALUE` changes one, F2 in the chat shows",
        "them all. They are kept in `settings.toml`, which `reverie config path` names; a dot in a key is a table",
        "there. An environment variable overrules the file: `REVERIE_MODEL` for `model`, `REVERIE_OPENAI__BASE_URL`",
        "for `openai.base_url`. Two variables have no setting: `REVERIE_HOME` moves everything into one folder, and",
        "`REVERIE_NOW` stops the clock at a time. Keys of providers are never settings; a setting names the variable",
        "that holds one.",
    ]
    section = None
    for row in setting_rows(Settings.model_construct()):
        if section != (section := row.key.rpartition(".")[0]):
            yield_header = [
                "",
                f"## {section or 'The answer'}",
                "",
                "| key | type | default | does |",
                "|---|---|---|---|",
            ]
            lines += yield_header
        lines.append(_setting(row))
    return "\n".join(lines) + "\n"


def _setting(row: SettingRow) -> str:
    default = SettingRow(row.key, row.default, row.default, row.about, row.type).text
    return f"| `{row.key}` | {row.type} | {f'`{default}`' if default else ''} | {_cell(row.about)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def manual() -> str:
    """docs/man/reverie.1."""
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return man_page(typer.main.get_command(app), project["version"])


PAGES = {"commands-cli.md": commands_page, "settings.md": settings_page, "man/reverie.1": manual}


def main() -> int:
    """Write the pages."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
