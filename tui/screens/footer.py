"""The keys at the foot of a screen: as many as fit, whole, and on the right the one that lists them all."""

from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.widgets import Footer

if TYPE_CHECKING:
    from textual.widgets._footer import FooterKey

HELP = "command('help')"


class Keys(Footer):
    """A footer that cuts no word."""

    DEFAULT_CSS = """
    Keys .-help { dock: right; }
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)

    def compose(self) -> ComposeResult:
        keys = [cast("FooterKey", key) for key in super().compose()]
        last = [key for key in keys if key.action == HELP]
        room = self.screen.size.width - sum(map(_width, last))
        for key in keys:
            if key in last:
                continue
            room -= _width(key)
            if room < 0:
                break
            yield key
        for key in last:
            yield key.add_class("-help")

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.recompose)


def _width(key: "FooterKey") -> int:
    """A key and its word, with a blank before, between and after."""
    return len(key.key_display) + len(key.description) + 3
