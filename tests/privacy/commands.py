"""Every command with arguments that let it do its work, in an order in which each finds what it needs.

`python -m tests.privacy.commands` runs those named on standard input, as JSON, in one process.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

USED: dict[str, list[list[str]]] = {
    "": [["--plain"], ["--plain", "--temporary"], ["--version"]],
    "setup": [["setup", "--json"]],
    "config set": [["config", "set", "memory.give", "9"]],
    "config unset": [["config", "unset", "memory.give"]],
    "config show": [["config", "show"], ["config", "show", "--json"]],
    "config path": [["config", "path"]],
    "import": [["import", "{file}"]],
    "ask": [["ask", "Remember that my bike is red."], ["ask", "Where do I live?"]],
    "recall": [["recall", "Lyon"]],
    "memory add": [["memory", "add", "You like tea."], ["memory", "add", "You own a boat."]],
    "memory list": [["memory", "list"]],
    "memory show": [["memory", "show", "m2"]],
    "memory edit": [["memory", "edit", "m2", "You like green tea."]],
    "memory pin": [["memory", "pin", "m2"]],
    "memory unpin": [["memory", "unpin", "m2"]],
    "memory tag": [["memory", "tag", "m2", "drinks"]],
    "memory mute": [["memory", "mute", "m2"]],
    "memory unmute": [["memory", "unmute", "m2"]],
    "memory retire": [["memory", "retire", "m3"]],
    "memory restore": [["memory", "restore", "m3"]],
    "memory undo": [["memory", "undo"]],
    "memory redo": [["memory", "redo"]],
    "memory history": [["memory", "history"]],
    "sleep status": [["sleep", "status"]],
    "sleep": [["sleep", "--yes"], ["sleep", "--scheduled"]],
    "sleep history": [["sleep", "history"]],
    "sleep show": [["sleep", "show", "n1"]],
    "sleep schedule": [["sleep", "schedule"]],
    "sleep schedule install": [["sleep", "schedule", "install"]],
    "sleep schedule show": [["sleep", "schedule", "show"]],
    "sleep schedule remove": [["sleep", "schedule", "remove"]],
    "sleep journal": [["sleep", "journal"]],
    "sleep journal keep": [["sleep", "journal", "keep", "d1"]],
    "sleep journal dismiss": [["sleep", "journal", "dismiss", "d1"]],
    "sleep journal rehearsed": [["sleep", "journal", "rehearsed"]],
    "sleep profile": [["sleep", "profile"]],
    "sleep profile add": [["sleep", "profile", "add", "people", "Ana is my sister."]],
    "sleep profile edit": [["sleep", "profile", "edit", "p1", "Ana is your sister."]],
    "sleep profile remove": [["sleep", "profile", "remove", "p1"]],
    "sleep undo": [["sleep", "undo", "n1"]],
    "adapter list": [["adapter", "list"]],
    "adapter show": [["adapter", "show", "a1"]],
    "adapter activate": [["adapter", "activate", "a1"]],
    "adapter deactivate": [["adapter", "deactivate"]],
    "adapter export": [["adapter", "export", "a1", "{outside}/adapter"]],
    "adapter remove": [["adapter", "remove", "a1"]],
    "preference list": [["preference", "list"]],
    "preference show": [["preference", "show", "v1"]],
    "preference dismiss": [["preference", "dismiss", "v1"]],
    "preference restore": [["preference", "restore", "v1"]],
    "export": [["export", "-o", "{outside}/export"], ["export", "-o", "{outside}/notes", "--format", "markdown"]],
    "backup": [["backup"], ["backup", "--list"]],
    "purge": [["purge", "t1", "--yes", "--backups"]],
    "memory purge": [["memory", "purge", "m2", "--yes"]],
    "restore": [["restore", "latest", "--yes"]],
    "doctor": [["doctor", "--rebuild-index"], ["doctor", "--re-embed"]],
    "ledger": [["ledger"]],
    "mcp": [["mcp"]],
}
LONG: dict[str, list[list[str]]] = {
    "sleep": [["sleep", "--dry-run"], ["sleep", "--yes", "--weights"]],
    "recall": [["recall", "--batch", "{batch}"]],
    "backup": [["backup", "--encrypt"]],
    "purge": [["purge", "t1", "--yes", "--backups"]],
    "demo": [["demo", "--nights", "2", "--facts", "1", "--steps", "4"]],
    "bench sleep": [["bench", "sleep", "--nights", "1", "--steps", "2"]],
    "bench scale": [["bench", "scale", "--sizes", "100", "--turns", "2", "--new", "5"]],
    "serve": [["serve", "--host", "192.0.2.1"]],
    "bench nap": [["bench", "nap", "--steps", "2"]],
    "bench recall": [["bench", "recall", "--data", "{outside}"]],
}
"""Those that train, measure, or encrypt."""
CHAT = "I live in Lyon now.\n/nap\n/context\n/quit\n"


def leaves() -> Iterator[str]:
    """The names of all commands there are, as they are typed; "" is the chat."""
    import typer.main

    from assistant.cli.app import app

    def below(command: Any, path: tuple[str, ...]) -> Iterator[str]:
        commands = getattr(command, "commands", {})
        if not commands or command.invoke_without_command:
            yield " ".join(path)
        for name, one in commands.items():
            yield from below(one, (*path, name))

    return below(typer.main.get_command(app), ())


def main() -> None:
    """Run each, in turn, as a user at a pipe would, and print how each ended."""
    from assistant.cli.run import run

    places = json.loads(sys.argv[1])
    ended: list[tuple[list[str], int, str]] = []
    out, err = sys.stdout, sys.stderr
    for arguments in json.load(sys.stdin):
        sys.stdin = io.TextIOWrapper(io.BytesIO(CHAT.encode()), encoding="utf-8")
        sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        try:
            code = run([argument.format(**places) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        ended.append((arguments, code, sys.stderr.getvalue()[-400:]))
        sys.stdout, sys.stderr = out, err
    print(json.dumps(ended), flush=True)
    os._exit(0)  # as the program ends: native threads may abort otherwise


if __name__ == "__main__":
    os.umask(0o077)  # as `python -m assistant` does
    main()
