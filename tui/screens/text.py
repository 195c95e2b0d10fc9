"""A long plain text: no boxes and no colours, so that any of it is marked, copied, paged or opened elsewhere."""

import asyncio

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import TextArea

from memory.text import display
from tui import clipboard
from tui.screens.base import FrameScreen


class TextScreen(FrameScreen[None]):
    """Shows one text. The arrows with shift mark a part of it, and so does the mouse."""

    BINDINGS = [
        Binding("escape,q", "back", "Back", id="text.back"),
        Binding("y", "copy", "Copy", id="text.copy", tooltip="Copy what is marked, or all of it"),
        Binding("v", "pager", "$PAGER", id="text.pager", tooltip="Read it in $PAGER"),
        Binding("e", "editor", "$EDITOR", id="text.editor", tooltip="Open a copy of it in $EDITOR"),
        Binding("g", "top", "Top", id="text.top", show=False),
        Binding("G", "end", "End", id="text.end", show=False),
    ]
    AUTO_FOCUS = "TextArea"

    DEFAULT_CSS = """
    TextScreen {
        TextArea {
            height: 1fr; border: none; padding: 0 2; background: $background; scrollbar-size-vertical: 1;
            &:focus { border: none; }
        }
        &.-short TextArea { padding: 0 1; }
    }
    """

    def __init__(self, title: str, text: str, *remarks: str, at_end: bool = False) -> None:
        super().__init__()
        self._title, self._text, self._remarks, self._at_end = title, display(text), remarks, at_end

    def compose_body(self) -> ComposeResult:
        area = TextArea(
            self._text, read_only=True, soft_wrap=True, show_line_numbers=False, highlight_cursor_line=False
        )
        area.cursor_blink = False
        yield area

    def on_mount(self) -> None:
        """Begin at the end where that is what is new."""
        self.head(self._title, *self._remarks)
        if self._at_end:
            self.call_after_refresh(self.action_end)

    @property
    def _area(self) -> TextArea:
        return self.query_one(TextArea)

    def action_top(self) -> None:
        """To the first line."""
        self._area.move_cursor((0, 0))

    def action_end(self) -> None:
        """To the last line."""
        self._area.move_cursor(self._area.document.end)

    async def action_copy(self) -> None:
        """Copy what is marked, or all of it."""
        text = self._area.selected_text or self._text
        where = await asyncio.to_thread(clipboard.copy, self.app, text)
        self.app.notify(f"copied {len(text):,} characters to the {where}", markup=False)

    async def action_pager(self) -> None:
        """Lend the terminal to a pager."""
        from tui.chat.editor import edit_elsewhere, pager_command

        await edit_elsewhere(self.app, self._text, pager_command)

    async def action_editor(self) -> None:
        """Open a copy in an editor; what is changed there changes nothing here."""
        from tui.chat.editor import edit_elsewhere

        edited = await edit_elsewhere(self.app, self._text)
        if edited is not None and edited != self._text.rstrip("\n"):
            self.app.notify("That was a copy: this chat is as it was.", markup=False)

    def action_back(self) -> None:
        """Close."""
        self.dismiss(None)
