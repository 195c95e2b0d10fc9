"""A list of options that survives having no room at all."""

from contextlib import suppress

from textual.geometry import Size
from textual.widgets import OptionList


class SafeList(OptionList):
    """While a terminal is made very narrow a list has no width for a moment, which Textual cannot wrap text to."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As an OptionList has it; one line an option where there is no room for a letter."""
        return super().get_content_height(container, viewport, max(width, 8))

    # An empty list, or one that was not laid out yet, has no line to begin a page at.

    def action_page_up(self) -> None:
        """A page up, where there is one."""
        with suppress(KeyError):
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """A page down, where there is one."""
        with suppress(KeyError):
            super().action_page_down()  # type: ignore[no-untyped-call]
