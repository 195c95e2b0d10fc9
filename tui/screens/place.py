"""Where a screen sends its user when it closes."""

from typing import NamedTuple


class Place(NamedTuple):
    """A conversation to open, by ULID, and the message in it to show, where one was meant."""

    conversation_id: str
    message_id: str | None = None


class Reference(NamedTuple):
    """Something by its short id: a memory (m3) or a message (t12)."""

    short_id: str


class Draft(NamedTuple):
    """Words for the input of the chat, for the user to go on with."""

    text: str


class Without(NamedTuple):
    """The answer is to be given again, without this memory or message."""

    short_id: str


class Run(NamedTuple):
    """A command of the chat."""

    command: str


Goal = Place | Reference | Draft | Run
