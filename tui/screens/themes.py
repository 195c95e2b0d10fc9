"""All themes, each tried on as the cursor comes to it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.screens.lists import SafeList


class ThemeScreen(ModalScreen[str | None]):
    """Dismissed with the theme that was taken, or None: then it is the one from before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "As before", id="themes.leave"),
        Binding("enter", "take", "Take it", id="themes.take", priority=True),
    ]

    DEFAULT_CSS = """
    ThemeScreen {
        align: right middle;
        background: $background 0%;
        #panel { width: 30; height: 100%; background: $surface; padding: 0 1; }
        #title { height: auto; color: $primary; text-style: bold; }
        OptionList, OptionList:focus { height: 1fr; border: none; background: $surface; scrollbar-size-vertical: 1; }
        &:ansi { background: transparent; }
    }
    """

    def compose(self) -> ComposeResult:
        from textual.containers import Vertical

        with Vertical(id="panel"):
            yield Static(Content("Themes: enter takes, esc leaves"), id="title")
            yield SafeList(*(Option(name, id=name) for name in sorted(self.app.available_themes)), markup=False)

    def on_mount(self) -> None:
        """Begin at the theme in use."""
        self._before = self.app.theme
        chooser = self.query_one(OptionList)
        names = [option.id for option in chooser.options]
        chooser.highlighted = names.index(self._before) if self._before in names else 0
        chooser.focus()

    def _trying(self, on: bool) -> None:
        if hasattr(self.app, "theme_tried"):
            self.app.theme_tried = on

    @on(OptionList.OptionHighlighted)
    def _tried(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id is not None and event.option_id != self.app.theme:
            self._trying(True)
            self.app.theme = event.option_id

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Keep the theme under the cursor."""
        chosen = self.app.theme
        self._trying(True)
        self.app.theme = self._before
        self._trying(False)
        self.app.theme = chosen
        self.dismiss(chosen)

    def action_leave(self) -> None:
        """Back to the theme from before."""
        self._trying(True)
        self.app.theme = self._before
        self._trying(False)
        self.dismiss(None)
