"""The chat itself, in one of its front ends."""

import os
import sys
from importlib.metadata import version

from assistant.cli.output import show
from assistant.frontends import FrontendOptions, start


def print_version() -> int:
    """`reverie --version`."""
    show(f"reverie {version('reverie')}")
    return 0


def start_chat(*, plain: bool, temporary: bool, conversation: str | None) -> int:
    """The screens on a terminal; line by line where there is none."""
    if conversation is not None:
        from memory.types import parse_short_id

        parse_short_id(conversation, "c")
    options = FrontendOptions(temporary=temporary, conversation=conversation)
    # `reverie serve` brings a screen of its own, through Textual's driver for browsers.
    on_terminal = (sys.stdin.isatty() and sys.stdout.isatty()) or "TEXTUAL_DRIVER" in os.environ
    return start("plain" if plain or not on_terminal else "screen", options)
