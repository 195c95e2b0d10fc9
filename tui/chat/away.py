"""The line above the input that tells of nights: what one did while the user was away, or how the one under way ended.

It also keeps the terminal's own progress bar, where there is one.
"""

from textual.widgets import Static

from tui.screens.marks import spelled
from tui.sleeping.terminal import TerminalProgress
from tui.sleeping.work import Look


class AwayLine(Static):
    """Hidden until there is something to tell, and once it was taken away."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self.progress: TerminalProgress | None = None
        """The terminal's own progress bar."""
        self._state = "idle"

    def tell(self, text: str) -> None:
        """Show a line."""
        self.display = True
        self.update(spelled(text, self))

    def hide(self) -> bool:
        """Take the line away. False if there was none."""
        shown, self.display = self.display, False
        return bool(shown)

    def watch_night(self, look: Look, *, in_front: bool) -> None:
        """Tell of a night that has moved on, where the chat is in front and not the night's own screen."""
        if self.progress is not None:
            self.progress.show(look)
        if look.state == self._state:
            return
        before, self._state = self._state, look.state
        if not in_front:
            return
        if look.state == "reviewing":
            self.tell("The plan of the night waits for you · f4 opens it")
        elif look.state in ("done", "failed") and before != "idle":
            self.tell(f"{look.outcome} · f4 shows it")

    def on_unmount(self) -> None:
        """Leave no progress behind in the terminal."""
        if self.progress is not None:
            self.progress.clear()
