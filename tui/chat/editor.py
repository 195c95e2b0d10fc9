"""The user's own editor, lent the terminal for a while."""

import asyncio
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from memory.errors import Refused

if TYPE_CHECKING:
    from textual.app import App

FALLBACKS = ("nano", "vim", "vi")
PAGERS = ("less", "more")


def editor_command() -> list[str]:
    """$VISUAL, $EDITOR, or the first of the common ones that is there. Raises Refused."""
    for name in ("VISUAL", "EDITOR"):
        if command := shlex.split(os.environ.get(name, "")):
            return command
    found = next((name for name in FALLBACKS if shutil.which(name)), None)
    if found is None:
        raise Refused("No editor was found.", "Set EDITOR to the command of yours.")
    return [found]


def pager_command() -> list[str]:
    """$PAGER, or the first of the common ones that is there. Raises Refused."""
    if command := shlex.split(os.environ.get("PAGER", "")):
        return command
    found = next((name for name in PAGERS if shutil.which(name)), None)
    if found is None:
        raise Refused("No pager was found.", "Set PAGER to the command of yours.")
    return [found]


def edit_text(text: str, command: Sequence[str]) -> str | None:
    """`text` as it is after `command` was run on a file that holds it; None if the command failed. Raises Refused."""
    with tempfile.TemporaryDirectory(prefix="reverie-") as folder:  # readable by the user alone
        file = Path(folder) / "message.md"
        file.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*command, str(file)], check=False)
        except OSError as error:
            raise Refused(
                f"{command[0]} cannot be run ({error.strerror}).", "Set EDITOR or PAGER to another command."
            ) from error
        return file.read_text(encoding="utf-8", errors="replace").rstrip("\n") if done.returncode == 0 else None


async def edit_elsewhere(
    app: "App[object]", text: str, command_of: Callable[[], list[str]] = editor_command
) -> str | None:
    """Let the user edit `text` in their editor (or read it in a pager); None where nothing came of it, which is said in
    a toast."""
    try:
        command = command_of()
        with app.suspend():
            edited = await asyncio.to_thread(edit_text, text, command)
    except SuspendNotSupported:
        app.notify("This terminal cannot be lent to another program.", markup=False)
        return None
    except Refused as refusal:
        app.notify(str(refusal), severity="error", markup=False)
        return None
    if edited is None:
        app.notify(f"{command[0]} ended with an error; the text is as it was.", markup=False)
    return edited
