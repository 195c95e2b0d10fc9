"""Copying: the desktop's clipboard, or the terminal's own (OSC 52), which also works over ssh."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App


def copy(app: "App[object]", text: str) -> str:
    """Copy `text` and say where it went. Call it in a thread: a clipboard program may be slow."""
    if not os.environ.get("SSH_CONNECTION") and _desktop(text):
        return "clipboard"
    # Terminals do not answer whether they took it.
    app.call_from_thread(app.copy_to_clipboard, text)
    return "terminal's clipboard (OSC 52)"


def _desktop(text: str) -> bool:
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError, UnicodeError):
        return False
    return True
