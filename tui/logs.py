"""The log screen: what the program noted, and a report without anybody's words in it."""

import asyncio
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from memory.text import display
from tui import clipboard

if TYPE_CHECKING:
    from assistant.runtime import Runtime

TAIL_BYTES = 16_000
PACKAGES = ("reverie", "textual", "sqlalchemy", "chromadb", "sentence-transformers", "torch", "langchain-core")


class LogScreen(ModalScreen[None]):
    """Versions, folders, and the end of the log file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="logs.back"),
        Binding("c", "copy", "Copy", id="logs.copy"),
    ]

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__()
        self._runtime = runtime
        self._report = ""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="log-panel") as panel:
            panel.border_title = "Log"
            panel.border_subtitle = "c copies · esc back"
            yield Static("", id="log-text")

    async def on_mount(self) -> None:
        self._report = await asyncio.to_thread(report, self._runtime)
        self.query_one("#log-text", Static).update(Content(self._report))
        self.query_one("#log-panel").focus()

    async def action_copy(self) -> None:
        where = await asyncio.to_thread(clipboard.copy, self.app, self._report)
        self.notify(f"copied to the {where}", markup=False)


def report(runtime: "Runtime") -> str:
    """What a maintainer would ask for: versions, folders, the model's name, the end of the log. No messages."""
    lines = [f"{name} {_version(name)}" for name in PACKAGES]
    lines += [
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
        f"data      {runtime.paths.data}",
        f"settings  {runtime.paths.settings}",
        f"log       {runtime.paths.log}",
        f"model     {runtime.settings.model}",
        f"index     {runtime.settings.index.backend} {runtime.vectors.notice()}".rstrip(),
        "",
        tail(runtime.paths.log) or "The log is empty.",
    ]
    return display("\n".join(lines))


def tail(path: Path) -> str:
    """The last lines of the log file."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            return file.read().decode(errors="replace").strip()
    except OSError:
        return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
