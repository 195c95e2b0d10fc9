"""What a command and a key are. The list of them is in `tui.command_list`."""

from dataclasses import dataclass
from typing import Literal

Group = Literal["chat", "memory", "sleep", "view", "app"]
WhileBusy = Literal["always", "queued", "refused"]
"""What happens to a command while an answer is being written."""
Where = Literal["app", "chat", "composer", "message"]


@dataclass(frozen=True, kw_only=True)
class Key:
    """One binding. `id` is the name to remap it by; `keys` are its defaults, separated by commas."""

    id: str
    keys: str
    action: str
    summary: str
    where: Where
    priority: bool = False
    """Seen before the focused widget sees it."""
    shown: bool = False
    """Whether the other screens name it at their foot."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One slash command."""

    name: str
    summary: str
    group: Group
    args: str = ""
    aliases: tuple[str, ...] = ()
    while_busy: WhileBusy = "always"
    key: Key | None = None
    plain: bool = True
    """Whether the line-by-line mode has it, too."""
    palette: str = ""
    """Its name in the command palette; empty where it makes no sense without an argument."""

    fills: bool = False
    """Whether the palette puts it into the input, for the argument that it needs."""

    @property
    def usage(self) -> str:
        return f"/{self.name} {self.args}".strip()
