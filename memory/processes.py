"""Processes of our own: how a module of this program is started."""

import sys


def running(module: str, *arguments: str) -> list[str]:
    """The command for a module. The folder in which the user happens to be is no place to import from: a folder called
    `memory` in it would be taken for ours."""
    return [sys.executable, "-P", "-m", module, *arguments]
