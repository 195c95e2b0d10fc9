"""Write a memory, or change one: its text and its kind."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Label, Select, TextArea

from memory.text import display
from memory.types import Kind, Memory
from tui.screens.base import in_thread
from tui.screens.dialogs import Dialog


class Statement(TextArea):
    """The text of a memory. Enter saves, as it sends in the chat."""

    BINDINGS = [
        Binding("enter", "save", "Save", id="memory.save", priority=True),
        Binding("ctrl+j,shift+enter,alt+enter", "newline", "New line", id="memory.newline", show=False, priority=True),
    ]

    # Priority keys run at once, while letters typed before them may still be on their way to this widget.

    def action_save(self) -> None:
        """Save, after the letters that were typed before."""
        self.call_later(self.run_action, "screen.save")

    def action_newline(self) -> None:
        """Break the line here."""
        self.call_later(self.insert, "\n")


class MemoryForm(Dialog[Memory]):
    """Dismissed with the memory as it was saved, or None. A refusal of the store is shown and nothing is lost."""

    BINDINGS = [Binding("ctrl+s", "save", "Save", show=False, id="memory.save_anywhere")]

    DEFAULT_CSS = """
    MemoryForm {
        Statement {
            height: auto; min-height: 3; max-height: 8; border: none; padding: 0 1; margin: 1 0;
            background: $panel; &:focus { border: none; }
        }
        Horizontal { height: 1; margin: 0 0 1 0; }
        Label { width: 8; color: $foreground-muted; }
        Select { width: 24; &:focus > SelectCurrent { background-tint: $foreground 10%; text-style: bold; } }
    }
    """

    def __init__(self, title: str, save: Callable[[str, Kind], Memory], text: str = "", kind: Kind = Kind.FACT) -> None:
        super().__init__(title, Content(""))
        self._save = save
        self._text = text
        self._kind = kind

    def compose_body(self) -> ComposeResult:
        yield Statement(display(self._text), soft_wrap=True, tab_behavior="focus", compact=True)
        with Horizontal():
            yield Label("Kind")
            yield Select([(kind.value, kind) for kind in Kind], value=self._kind, allow_blank=False, compact=True)

    def on_mount(self) -> None:
        super().on_mount()
        field = self.query_one(Statement)
        field.move_cursor(field.document.end)

    def action_save(self) -> None:
        """Save what is written, and close."""
        text = self.query_one(Statement).text
        kind = Kind(str(self.query_one(Select).value))
        in_thread(self, lambda: self._save(text, kind), self._done)

    def _done(self, memory: Memory) -> None:
        self.dismiss(memory)
