"""What an empty chat shows: three things to begin with."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.screens.lists import SafeList
from tui.screens.marks import spelled

EXAMPLES = (
    "Remember that I prefer window seats on trains.",
    "What have I told you about my plans?",
    "Call me Sam.",
)


class Welcome(Vertical):
    """Stands in the place of the history while there is none."""

    @dataclass
    class Chosen(Message):
        text: str

    def compose(self) -> ComposeResult:
        yield Static("Reverie", id="welcome-title")
        yield Static("I remember what you tell me.", classes="soft")
        with Horizontal(id="examples-row"):
            yield SafeList(*[Option(spelled(f"› {text}", self)) for text in EXAMPLES], id="examples", markup=False)
        yield Static(spelled("F1 keys · / commands · ctrl+r earlier chats", self), classes="soft")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Chosen(EXAMPLES[event.option_index]))
