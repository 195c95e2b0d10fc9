"""The one list of what a user can do. Slash commands, completion, palette, help, key bindings, and the pages
docs/commands.md and docs/keys.md are all made from it.

A `Command` is typed as `/name`; a `Key` is a binding with an id by which `screen.keys` in the settings can move it.
Who carries a command out is a method called after it: `ChatCommands.new`, `PlainCommands.new`.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding

Group = Literal["chat", "memory", "view", "app"]
WhileBusy = Literal["always", "queued", "refused"]
"""What happens to a command while an answer is being written."""
Where = Literal["app", "chat", "composer", "message"]


@dataclass(frozen=True, kw_only=True)
class Key:
    """One binding. `id` is the name to remap it by; `keys` are its defaults, separated by commas."""

    id: str
    keys: str
    action: str
    summary: str
    where: Where
    priority: bool = False
    """Seen before the focused widget sees it."""
    shown: bool = False
    """Whether the other screens name it at their foot."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One slash command."""

    name: str
    summary: str
    group: Group
    args: str = ""
    aliases: tuple[str, ...] = ()
    while_busy: WhileBusy = "always"
    key: Key | None = None
    plain: bool = True
    """Whether the line-by-line mode has it, too."""
    palette: str = ""
    """Its name in the command palette; empty where it makes no sense without an argument."""

    @property
    def usage(self) -> str:
        return f"/{self.name} {self.args}".strip()


COMMANDS: tuple[Command, ...] = (
    Command(
        name="new",
        summary="Start a new chat",
        group="chat",
        aliases=("clear",),
        key=Key(id="chat.new", keys="ctrl+n", action="command('new')", summary="New chat", where="app"),
        palette="new",
    ),
    Command(
        name="resume",
        summary="Go on with an earlier chat",
        group="chat",
        args="[text or c4]",
        aliases=("sessions",),
        key=Key(id="chat.sessions", keys="ctrl+r", action="command('resume')", summary="Earlier chats", where="app"),
        palette="resume…",
    ),
    Command(
        name="search",
        summary="Search in everything that was said",
        group="chat",
        args="text",
        aliases=("find",),
        palette="search…",
    ),
    Command(name="retry", summary="Answer the last message again", group="chat", while_busy="refused", palette="retry"),
    Command(
        name="copy",
        summary="Copy the last answer, the n-th last, or its last code block",
        group="chat",
        args="[n|code]",
        plain=False,
        palette="copy last answer",
    ),
    Command(
        name="export",
        summary="Write this chat to a file",
        group="chat",
        args="[md|jsonl] [file]",
        aliases=("save",),
        palette="export",
    ),
    Command(name="rename", summary="Give this chat another title", group="chat", args="title"),
    Command(
        name="temp",
        summary="A chat that leaves no trace: it reads memories and writes none",
        group="chat",
        args="[on|off]",
        aliases=("temporary", "incognito"),
        palette="temporary on/off",
    ),
    Command(
        name="model",
        summary="Choose who answers",
        group="chat",
        args="[name]",
        while_busy="refused",
        palette="switch model…",
    ),
    Command(
        name="remember",
        summary="Keep a statement for good",
        group="memory",
        args="text",
        while_busy="queued",
    ),
    Command(
        name="forget",
        summary="Put a memory into the trash",
        group="memory",
        args="text or m41",
        while_busy="queued",
    ),
    Command(
        name="memory",
        summary="Browse what is remembered",
        group="memory",
        args="[filter]",
        aliases=("memories",),
        key=Key(id="memory.open", keys="f3", action="command('memory')", summary="Memories", where="app"),
        palette="browse",
    ),
    Command(
        name="why",
        summary="What an answer was made from: the last, or the n-th last",
        group="memory",
        args="[n]",
        palette="why this answer",
    ),
    Command(name="pin", summary="Pin or unpin a memory", group="memory", args="m41"),
    Command(name="undo", summary="Take the last change of a memory back", group="memory", palette="undo"),
    Command(name="redo", summary="Do again what was undone", group="memory", palette="redo"),
    Command(
        name="sleep",
        summary="Make memories of what was said since the last night, or take a night back",
        group="memory",
        args="[undo [n7]]",
        palette="sleep",
    ),
    Command(
        name="sidebar",
        summary="Show or hide the sidebar",
        group="view",
        plain=False,
        key=Key(id="view.sidebar", keys="ctrl+b", action="command('sidebar')", summary="Sidebar", where="app"),
        palette="sidebar",
    ),
    Command(name="timestamps", summary="Show or hide times", group="view", plain=False, palette="timestamps"),
    Command(name="theme", summary="Choose the colours", group="view", args="[name]", plain=False, palette="theme…"),
    Command(
        name="settings",
        summary="See and change the settings",
        group="app",
        aliases=("config",),
        plain=False,
        key=Key(id="app.settings", keys="f2", action="command('settings')", summary="Settings", where="app"),
        palette="settings",
    ),
    Command(name="keys", summary="List the keys", group="app", plain=False, palette="keys"),
    Command(
        name="help",
        summary="What can be done, or what one command does",
        group="app",
        args="[command]",
        aliases=("?",),
        key=Key(id="app.help", keys="f1", action="command('help')", summary="Help", where="app", shown=True),
        palette="help",
    ),
    Command(
        name="debug",
        summary="The log, the versions and the folders in use",
        group="app",
        aliases=("logs",),
        key=Key(id="app.logs", keys="ctrl+backslash", action="command('debug')", summary="Log", where="app"),
        palette="log",
    ),
    Command(
        name="quit",
        summary="Leave",
        group="app",
        aliases=("exit", "q"),
        key=Key(id="app.quit", keys="ctrl+q", action="command('quit')", summary="Quit", where="app", priority=True),
        palette="quit",
    ),
)

_OTHER_KEYS: tuple[Key, ...] = (
    Key(id="app.palette", keys="ctrl+p", action="command_palette", summary="All commands", where="app", priority=True),
    Key(
        id="app.interrupt",
        keys="ctrl+c",
        action="interrupt",
        summary="Copy the selection, or clear the input, or drop what waits, or stop the answer, or (twice) quit",
        where="chat",
        priority=True,
    ),
    Key(id="chat.cancel", keys="escape", action="cancel", summary="Stop the answer; its part is kept", where="chat"),
    Key(id="chat.bottom", keys="ctrl+end", action="bottom", summary="To the newest message", where="chat"),
    Key(id="message.prev", keys="alt+up", action="message(-1)", summary="To the message above", where="chat"),
    Key(id="message.next", keys="alt+down", action="message(1)", summary="To the message below", where="chat"),
    Key(id="chat.page_up", keys="pageup", action="page(-1)", summary="Scroll up", where="chat", priority=True),
    Key(id="chat.page_down", keys="pagedown", action="page(1)", summary="Scroll down", where="chat", priority=True),
    Key(id="composer.send", keys="enter", action="send", summary="Send", where="composer", priority=True),
    Key(
        id="composer.newline",
        keys="ctrl+j,shift+enter,alt+enter",
        action="newline",
        summary="New line",
        where="composer",
        priority=True,
    ),
    Key(id="composer.editor", keys="ctrl+g", action="editor", summary="Write in $EDITOR", where="composer"),
    Key(
        id="composer.up",
        keys="up",
        action="up",
        summary="On the first line: take back what waits, or what you said before",
        where="composer",
    ),
    Key(
        id="composer.down",
        keys="down",
        action="down",
        summary="On the last line: what you said after",
        where="composer",
    ),
    Key(id="message.copy", keys="y", action="copy_source", summary="Copy its text", where="message"),
    Key(id="message.retry", keys="r", action="retry", summary="Answer again", where="message"),
    Key(id="message.why", keys="w", action="why", summary="Why this answer", where="message"),
    Key(id="message.undo", keys="u", action="undo", summary="Undo the change that a notice tells of", where="message"),
)

KEYS: tuple[Key, ...] = tuple(c.key for c in COMMANDS if c.key) + _OTHER_KEYS


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
