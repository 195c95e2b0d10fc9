"""Front ends by name. They register an entry point; this layer never imports a screen."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Literal

from memory.errors import ReverieError

GROUP = "reverie.frontends"


@dataclass(frozen=True, kw_only=True)
class FrontendOptions:
    """How to start a front end."""

    temporary: bool = False
    """A chat that leaves no trace."""
    conversation: str | None = None
    """Short id of the conversation to continue."""


def start(name: Literal["screen", "plain"], options: FrontendOptions) -> int:
    """Run a front end until the user leaves it. Returns the exit code.

    Only this distribution's own entry points are read: a front end of another package would see every conversation.
    """
    try:
        points = distribution("reverie").entry_points
    except PackageNotFoundError as error:
        raise ReverieError("Reverie is not installed as a package.", "Run `pip install .` in its folder.") from error
    for point in points:
        if point.group == GROUP and point.name == name:
            code: int = point.load()(options)
            return code
    raise ReverieError(f"This installation has no front end {name!r}.", "Install Reverie again.")
