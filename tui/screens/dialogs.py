"""Small dialogs: a yes, a line of text, a choice, a notice. Open them with `push_screen(dialog, callback)`.

A dialog that saves something does it itself and stays open with the error if that fails: what was typed is not lost.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from memory.errors import InvalidInput
from memory.text import display
from tui.screens.base import ErrorLine, in_thread
from tui.screens.lists import SafeList
from tui.screens.prose import muted

Result = TypeVar("Result")


class Line(Input):
    """The field of a dialog. Enter accepts the dialog, and the footer says so."""

    BINDINGS = [Binding("enter", "screen.accept", "OK", id="dialog.accept")]


class Choices(SafeList):
    """The values of a dialog. A click and enter both take one."""

    BINDINGS = [Binding("enter", "screen.accept", "Choose", id="dialog.accept")]


class Dialog(ModalScreen[Result]):
    """A panel in the middle of the screen: a title, the body, the error line, the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", id="dialog.cancel")]
    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        #panel {
            width: 72; max-width: 100%; height: auto; max-height: 100%;
            padding: 0 2; background: $surface; border: round $primary;
        }
        #title { text-style: bold; color: $primary; height: auto; }
        #prose { height: auto; max-height: 1fr; margin: 1 0; scrollbar-size-vertical: 1; }
        #prose Static { height: auto; }
        Input, OptionList { border: none; margin: 0 0 1 0; &:focus { border: none; background-tint: $foreground 0%; } }
        Input { height: 1; padding: 0 1; background: $panel; }
        OptionList { height: auto; max-height: 12; padding: 0; background: $surface; }
        OptionList:focus > .option-list--option-highlighted {
            background: $primary 35%; color: $foreground; text-style: bold;
        }
        &:ansi OptionList:focus > .option-list--option-highlighted { background: $primary; text-style: bold; }
        ErrorLine { padding: 0; margin: 0 0 1 0; }
        Footer { background: $surface; margin: 0; }
        &:ansi { background: transparent; Input { text-style: underline; } }
    }
    """

    def __init__(self, title: str, body: Content | str = "") -> None:
        super().__init__()
        self._title = title
        self._body = Content(display(body)) if isinstance(body, str) else body

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Static(Content(display(self._title)), id="title")
            with VerticalScroll(id="prose", can_focus=self.reads):
                yield Static(self._body)
            yield from self.compose_body()
            yield ErrorLine()
            yield Footer(show_command_palette=False)

    reads = False
    """Whether the text is what the dialog is about, so that it takes the keys that scroll."""

    def compose_body(self) -> ComposeResult:
        """What is between the text and the error line."""
        yield from ()

    def on_mount(self) -> None:
        """Take no room for a text that is not there; the keys go to the field, or else to the text."""
        prose = self.query_one("#prose")
        prose.display = bool(self._body.plain)
        fields = self.query("Input, TextArea, OptionList")
        (fields.first() if fields else prose).focus()

    def action_cancel(self) -> None:
        """Close without doing anything."""
        self.dismiss(None)


class Notice(Dialog[None]):
    """Something to read, and to close."""

    BINDINGS = [Binding("enter,escape", "cancel", "Close", id="dialog.close")]
    reads = True


class Confirm(Dialog[bool]):
    """A question with a yes. With `typed` the yes is those very letters, typed: for what cannot be undone."""

    BINDINGS = [Binding("enter", "accept", "Yes", id="dialog.accept")]
    reads = True

    def __init__(self, title: str, body: Content | str, *, typed: str = "") -> None:
        super().__init__(title, body)
        self._typed = typed

    def compose_body(self) -> ComposeResult:
        if self._typed:
            yield Line(placeholder=f"type {self._typed} to go on")

    def action_accept(self) -> None:
        """Answer yes, if the letters are right where letters are asked for."""
        if self._typed and self.query_one(Input).value.strip().lower() != self._typed.lower():
            self.query_one(ErrorLine).show(InvalidInput(f"Type {self._typed} to go on, or esc to leave it."))
            return
        self.dismiss(True)

    def action_cancel(self) -> None:
        """Answer no."""
        self.dismiss(False)


class Prompt(Dialog[str]):
    """One line of text. `save` runs in a thread; if it raises, the dialog stays with the error. None if cancelled."""

    def __init__(self, title: str, value: str, save: Callable[[str], object], body: Content | str = "") -> None:
        super().__init__(title, body)
        self._value = value
        self._save = save

    def compose_body(self) -> ComposeResult:
        yield Line(self._value, select_on_focus=False)

    def action_accept(self) -> None:
        """Save what is written, and close."""
        value = self.query_one(Input).value
        in_thread(self, lambda: self._save(value), lambda _: self._done(value))

    def _done(self, value: str) -> None:
        self.dismiss(value)


class Choose(Dialog[str]):
    """One of a few values, each with a remark. `save` works as in Prompt."""

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        current: str,
        save: Callable[[str], object],
        body: Content | str = "",
    ) -> None:
        super().__init__(title, body)
        self._choices = choices
        self._current = current
        self._save = save

    def compose_body(self) -> ComposeResult:
        options = [
            Option(Content(name) + muted(f"   {remark}" if remark else ""), id=name) for name, remark in self._choices
        ]
        yield Choices(*options, markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        names = [name for name, _ in self._choices]
        self.query_one(OptionList).highlighted = names.index(self._current) if self._current in names else 0

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        value = event.option.id or ""
        in_thread(self, lambda: self._save(value), lambda _: self._done(value))

    def _done(self, value: str) -> None:
        self.dismiss(value)

    def action_accept(self) -> None:
        """Take the highlighted value."""
        self.query_one(OptionList).action_select()
