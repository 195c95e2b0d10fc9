"""Help: the keys that work where the user just was, then every key and every command. Made from the registry."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, Static

from memory.text import normalise
from tui.commands import COMMANDS, KEYS, Command
from tui.screens.base import FrameScreen
from tui.screens.prose import quoted

KEY_WIDTH = 22


@dataclass(frozen=True)
class Line:
    """One key or command, and what it does. `own` ones are this program's, the others come with a widget."""

    keys: str
    summary: str
    where: str
    own: bool = True


class Filter(Input):
    """The search field. The arrows scroll the page."""

    BINDINGS = [
        Binding("down", "screen.scroll_help(1)", "Scroll", id="help.down", key_display="↑↓"),
        Binding("up", "screen.scroll_help(-1)", "Scroll", id="help.up", show=False),
        Binding("pagedown", "screen.scroll_help(10)", "Page", id="help.page_down", show=False),
        Binding("pageup", "screen.scroll_help(-10)", "Page", id="help.page_up", show=False),
    ]


class HelpScreen(FrameScreen[None]):
    """Searchable help about the screen below it."""

    TITLE = "Help"

    BINDINGS = [Binding("escape", "back", "Back", id="help.back"), Binding("f1", "close", show=False, id="help.close")]
    AUTO_FOCUS = "Input"

    DEFAULT_CSS = """
    HelpScreen {
        VerticalScroll { height: 1fr; margin: 1 0 0 0; padding: 0 2; scrollbar-size-vertical: 1; }
        VerticalScroll Static { height: auto; }
        &.-short VerticalScroll { margin: 0; padding: 0 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._here: tuple[Line, ...] = ()

    def compose_body(self) -> ComposeResult:
        yield Filter(placeholder="find a key or a command", classes="filter")
        yield Static(classes="empty", markup=False)
        with VerticalScroll(can_focus=False):
            yield Static(id="page", markup=False)

    def on_mount(self) -> None:
        """Look at the screen below, which is the one that help was asked from."""
        stack = self.app.screen_stack
        self._here = keys_here(stack[-2]) if len(stack) > 1 else ()
        self._fill()

    @on(Input.Changed)
    def _fill(self) -> None:
        words = self.query_one(Input).value.strip()
        here = _matching(self._here, words)
        own, moving = [line for line in here if line.own], [line for line in here if not line.own]
        everywhere = _matching((Line(key.keys.replace(",", ", "), key.summary, key.where) for key in KEYS), words)
        commands = _matching((_command_line(command) for command in COMMANDS), words)
        width = self.query_one("#page").size.width or self.size.width - 6
        parts = [
            *_section("Keys here", own, width),
            *_section("Moving about here", moving, width),
            *_section("Commands, typed into the chat", commands, width),
            *_section("All keys of the chat", everywhere, width),
        ]
        self.head("Help", "//text sends a message that begins with a slash")
        self.query_one("#page", Static).update(Content("\n").join(parts))
        self.say_empty("" if parts else f"Nothing is called {quoted(words)}.  esc clears the search.")
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def on_resize(self) -> None:
        self._fill()

    def action_scroll_help(self, lines: int) -> None:
        """Scroll the page without leaving the search field."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        """Clear the search, or close."""
        field = self.query_one(Input)
        if field.value:
            field.value = ""
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        """Close at once: the key that opened help."""
        self.dismiss(None)


def keys_here(screen: Screen[object]) -> tuple[Line, ...]:
    """The keys that work on a screen, those of the focused widget first; an act has one line with all of its keys."""
    found: dict[Line, list[str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        summary = active.tooltip or binding.description
        if not (active.enabled and summary) or binding.system:
            continue
        line = Line("", summary, _place(active.node, screen), "." in (binding.id or ""))
        keys = found.setdefault(line, [])
        shown = screen.app.get_key_display(binding)
        if shown not in keys:
            keys.append(shown)
    order = {"focused": 0, "screen": 1, "app": 2}
    lines = [replace(line, keys=", ".join(keys)) for line, keys in found.items()]
    return tuple(sorted(lines, key=lambda line: order[line.where]))


def _place(node: DOMNode, screen: Screen[object]) -> str:
    if node is screen:
        return "screen"
    return "app" if node is screen.app else "focused"


def _command_line(command: Command) -> Line:
    also = f" (also {', '.join('/' + alias for alias in command.aliases)})" if command.aliases else ""
    key = f" · {command.key.keys}" if command.key else ""
    return Line(f"/{command.usage.removeprefix('/')}", f"{command.summary}{also}{key}", command.group)


def _matching(lines: Iterable[Line], words: str) -> list[Line]:
    wanted = normalise(words).split()
    return [line for line in lines if all(word in normalise(f"{line.keys} {line.summary}") for word in wanted)]


def _section(title: str, lines: list[Line], width: int) -> list[Content]:
    if not lines:
        return []
    rows = [_row(line, width) for line in lines]
    return [Content.styled(title, "bold $text-primary"), *rows, Content("")]


def _row(line: Line, width: int) -> Content:
    """The keys, and beside them what they do, in lines that begin below each other."""
    indent = KEY_WIDTH + 3
    lines = textwrap.wrap(line.summary, max(20, width - indent))
    below = "\n" + " " * indent
    gap = " " if len(line.keys) < KEY_WIDTH else below
    return Content.styled(f"  {line.keys:<{KEY_WIDTH}}", "bold") + Content(gap + below.join(lines))
