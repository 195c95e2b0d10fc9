"""Where a screen sends its user when it closes."""

from typing import NamedTuple


class Place(NamedTuple):
    """A conversation to open, by ULID, and the message in it to show, where one was meant."""

    conversation_id: str
    message_id: str | None = None
