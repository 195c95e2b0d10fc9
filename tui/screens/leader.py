"""Every command behind one key: the leader opens the list, a letter runs the command."""

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.commands import COMMANDS, LETTERS, find_command
from tui.screens.dialogs import Choices, Dialog
from tui.screens.prose import muted


class LeaderScreen(Dialog[str]):
    """Dismissed with the name of the command whose letter was pressed."""

    DEFAULT_CSS = "LeaderScreen OptionList { max-height: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self) -> None:
        super().__init__("Commands: a letter runs one")

    def compose_body(self) -> ComposeResult:
        yield Choices(*(Option(_line(c.name), id=c.name) for c in COMMANDS), markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(OptionList).highlighted = 0

    def on_key(self, event: events.Key) -> None:
        """A letter is a command."""
        name = next((name for name, letter in LETTERS.items() if letter == event.character), None)
        if name is not None and self.app.screen is self:  # a second letter may come before the list is gone
            event.stop()
            self.dismiss(name)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_accept(self) -> None:
        """Run the highlighted command."""
        self.query_one(OptionList).action_select()


def _line(name: str) -> Content:
    command = find_command(name)
    assert command is not None
    return Content.styled(f"{LETTERS[name]}  ", "bold $primary") + Content(f"{name:<11}") + muted(command.summary)
