"""Jump: a letter over everything that can take the keys; pressing it moves them there. After posting's jump mode."""

from collections.abc import Sequence
from string import ascii_lowercase

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Offset, Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

ORDER = "asdfghjkl" + "".join(c for c in ascii_lowercase if c not in "asdfghjkl")
"""The letters under the fingers first."""


def targets(screen: Screen[object]) -> list[tuple[Widget, Offset]]:
    """What can take the keys and can be seen, and where a letter for it stands: from top to bottom."""
    found = []
    for widget in screen.focus_chain:
        seen = screen.find_widget(widget).visible_region
        if seen:
            found.append((widget, seen.offset))
    found.sort(key=lambda target: (target[1].y, target[1].x))
    return found[: len(ORDER)]


class JumpScreen(ModalScreen[Widget]):
    """Dismissed with the widget whose letter was pressed; None for any other key."""

    BINDINGS = [Binding("escape", "leave", "Back", id="jump.back")]

    DEFAULT_CSS = """
    JumpScreen {
        background: $background 40%;
        Static {
            position: absolute; width: 3; height: 1; background: $accent; color: $background;
            text-style: bold; text-align: center;
            &:ansi { text-style: bold reverse; }
        }
    }
    """

    def __init__(self, places: Sequence[tuple[Widget, Offset]]) -> None:
        super().__init__()
        self._made_for = Size(0, 0)
        self._widgets = {letter: widget for letter, (widget, _) in zip(ORDER, places, strict=False)}
        self._places = [(letter, place) for letter, (_, place) in zip(ORDER, places, strict=False)]

    def compose(self) -> ComposeResult:
        for letter, place in self._places:
            label = Static(letter, markup=False)
            label.styles.offset = (place.x, place.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        """Any key ends it; a letter that is shown also goes somewhere."""
        if event.key != "escape":
            event.stop()
            self._end(self._widgets.get(event.character or ""))

    def on_mount(self) -> None:
        """Remember what the letters were made for."""
        self._made_for = self.app.size

    def on_resize(self) -> None:
        """What the letters stand on has moved."""
        if self.app.size != self._made_for:
            self.action_leave()

    def on_screen_resume(self) -> None:
        """It may have been resized while another screen was above."""
        if self._made_for.area and self.app.size != self._made_for:
            self.action_leave()

    def action_leave(self) -> None:
        """Leave the keys where they are."""
        self._end(None)

    def _end(self, widget: Widget | None) -> None:
        """Close once, and this screen only: a second key or size may come before it is gone, or while another is
        above."""
        if self.app.screen is self:  # is_current holds below a dialog, too
            self.dismiss(widget)
