"""The one list of what a user can do. Slash commands, completion, palette, help, key bindings, and the pages
docs/commands.md and docs/keys.md are all made from it.

A `Command` is typed as `/name`; a `Key` is a binding with an id by which `screen.keys` in the settings can move it.
Who carries a command out is a method called after it: `ChatCommands.new`, `PlainCommands.new`.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import ascii_letters, digits

from textual.binding import Binding

from tui.command_list import COMMANDS, OTHER_KEYS
from tui.command_types import Command, Group, Key, Where, WhileBusy

__all__ = ["COMMANDS", "KEYS", "KEY_IDS", "LETTERS", "Command", "Group", "Key", "Typed", "Where", "WhileBusy"]

KEYS: tuple[Key, ...] = tuple(c.key for c in COMMANDS if c.key) + OTHER_KEYS


def _letters() -> dict[str, str]:
    """A letter for each command, by its name: its first, small or large; else another of its own, or any."""
    free, letters = [*ascii_letters, *digits], {}
    for most in (1, None):
        for name in (c.name for c in COMMANDS if c.name not in letters):
            own = name[:most]
            wanted = (*own, *own.upper(), *(free if most is None else ()))
            if letter := next((letter for letter in wanted if letter in free), ""):
                letters[name] = letter
                free.remove(letter)
    return letters


LETTERS: Mapping[str, str] = _letters()
"""What is pressed after the leader key, by the command's name."""

KEY_IDS = frozenset(key.id for key in KEYS)


def keymap_troubles(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong with the user's own keys, a line each: ids that do not exist, keys with two meanings."""
    unknown = [f"there is no key id {name}; docs/keys.md lists them" for name in sorted(_unknown_ids(keymap))]
    meanings: dict[str, list[Key]] = {}
    for key in KEYS:
        for name in keymap.get(key.id, key.keys).split(","):
            meanings.setdefault(name.strip(), []).append(key)
    # A key of a message and one of the input never meet: only one of the two has the focus.
    doubled = [
        f"{name} means {' and '.join(k.id for k in keys)}"
        for name, keys in sorted(meanings.items())
        if len([k for k in keys if k.where != "message"]) > 1
    ]
    return (*unknown, *doubled)


def _unknown_ids(keymap: Mapping[str, str]) -> set[str]:
    """The ids that nothing has. The other screens are imported only for an id that the chat does not know."""
    unknown = set(keymap) - KEY_IDS
    if unknown:
        from tui.screens.keys import screen_key_ids

        unknown -= screen_key_ids()
    return unknown


def bindings(*where: Where, actions: Iterable[str] | None = None) -> list[Binding]:
    """The bindings of one place for a widget's `BINDINGS`; only those with one of `actions`, where given."""
    wanted = None if actions is None else set(actions)
    return [
        Binding(key.keys, key.action, key.summary, id=key.id, priority=key.priority, show=key.shown)
        for key in KEYS
        if key.where in where and (wanted is None or key.action in wanted)
    ]


def find_command(name: str) -> Command | None:
    """By its name or an alias, in any case."""
    wanted = name.lower()
    return next((c for c in COMMANDS if wanted == c.name or wanted in c.aliases), None)


def nearest(name: str) -> str:
    """The name of the command that an unknown one was probably meant to be; empty where none is close."""
    names = [n for c in COMMANDS for n in (c.name, *c.aliases)]
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    found = find_command(close[0]) if close else None
    return found.name if found else ""


def complete(typed: str) -> tuple[Command, ...]:
    """The commands that `/typed` may become: those whose name begins so first, then aliases, then parts of names."""
    wanted = typed.lower()
    starts = [c for c in COMMANDS if c.name.startswith(wanted)]
    aliased = [c for c in COMMANDS if any(a.startswith(wanted) for a in c.aliases)]
    within = [c for c in COMMANDS if len(wanted) > 1 and wanted in c.name]
    return tuple(dict.fromkeys((*starts, *aliased, *within)))


@dataclass(frozen=True)
class Typed:
    """What a line in the composer means: a message, a known command, or an unknown one."""

    text: str = ""
    command: Command | None = None
    argument: str = ""
    unknown: str = ""


def parse_line(line: str) -> Typed:
    """`/new`: a command; `//usr` : the message "/usr"; "/usr/bin is full" is a message, too: it names no command."""
    stripped = line.strip()
    if not stripped.startswith("/"):
        return Typed(text=line)
    if stripped.startswith("//"):
        return Typed(text=stripped[1:])
    name, _, argument = stripped[1:].partition(" ")
    name, _, more = name.partition("\n")
    if "/" in name:
        return Typed(text=line)
    command = find_command(name)
    if command is None:
        return Typed(unknown=name)
    return Typed(command=command, argument=f"{more} {argument}".strip())


def unknown_line(name: str) -> str:
    """What to say about a command that does not exist."""
    close = nearest(name)
    meant = f"Did you mean /{close}?" if close else "/help lists the commands."
    return f"There is no command /{name}. {meant} A message that begins with a slash is written //{name}."
