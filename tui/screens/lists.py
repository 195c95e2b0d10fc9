"""A list of options that survives having no room at all."""

from textual.geometry import Size
from textual.widgets import OptionList


class SafeList(OptionList):
    """While a terminal is made very narrow a list has no width for a moment, which Textual cannot wrap text to."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As an OptionList has it; one line an option where there is no room for a letter."""
        return super().get_content_height(container, viewport, max(width, 8))
