"""Writes docs/commands.md and docs/keys.md from the registry and the screens: `python -m tui.reference`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from tui.commands import COMMANDS, KEYS, LETTERS, Command, Group, Key, Where
from tui.screens.keys import ScreenKey, screen_keys

DOCS = Path(__file__).parent.parent / "docs"
_NOTE = "<!-- Made by `python -m tui.reference` from tui/command_list.py and tui/screens: change it there. -->"
_GROUPS: tuple[tuple[Group, str], ...] = (
    ("chat", "Chat"),
    ("memory", "Memory"),
    ("sleep", "Sleep"),
    ("view", "View"),
    ("app", "Program"),
)
_PLACES: tuple[tuple[Where, str], ...] = (
    ("app", "Everywhere in the chat"),
    ("chat", "While the chat is in front"),
    ("composer", "In the input"),
    ("message", "On a message (alt+up reaches it)"),
)
_LEADER = next(key.keys for key in KEYS if key.id == "app.leader")
_BUSY = {"always": "at once", "queued": "waits for the answer", "refused": "not during an answer"}


def commands_page() -> str:
    """docs/commands.md."""
    lines = [
        "# Commands",
        "",
        _NOTE,
        "",
        "Typed into the input, on the screen and with `--plain`. `//text` sends a message that begins with a slash.",
        "A word in brackets may be left out.",
    ]
    for group, title in _GROUPS:
        lines += ["", f"## {title}", "", "| command | does | also | while an answer is written | `--plain` |"]
        lines.append("|---|---|---|---|---|")
        lines += [_command_row(command) for command in COMMANDS if command.group == group]
    return "\n".join(lines) + "\n"


def _command_row(command: Command) -> str:
    leader = f"`{_LEADER} {LETTERS[command.name]}`"
    keys = _keys(command.key.keys if command.key else "")
    also = ", ".join([*(f"`/{alias}`" for alias in command.aliases), *keys, leader])
    plain = "yes" if command.plain else "no"
    usage = command.usage.replace("|", "\\|")
    return f"| `{usage}` | {command.summary} | {also} | {_BUSY[command.while_busy]} | {plain} |"


def keys_page() -> str:
    """docs/keys.md."""
    lines = [
        "# Keys",
        "",
        _NOTE,
        "",
        'Each key has an id. `screen.keys` in the settings moves it: `{"chat.new" = "ctrl+t"}`; several keys are',
        "separated by commas. Each screen shows its keys at its foot, and F1 lists those of any place.",
    ]
    for where, title in _PLACES:
        lines += ["", f"## {title}", "", "| id | keys | does |", "|---|---|---|"]
        lines += [_key_row(key) for key in KEYS if key.where == where]
    for title, keys in screen_keys():
        lines += ["", f"## {title}", "", "| id | keys | does |", "|---|---|---|"]
        lines += [_key_row(key) for key in keys]
    return "\n".join(lines) + "\n"


def _key_row(key: Key | ScreenKey) -> str:
    return f"| `{key.id}` | {', '.join(_keys(key.keys))} | {key.summary} |"


def _keys(keys: str) -> Iterable[str]:
    return [f"`{key}`" for key in keys.split(",") if key]


PAGES = {"commands.md": commands_page, "keys.md": keys_page}


def main() -> int:
    DOCS.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
