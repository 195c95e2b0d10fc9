"""Whether a text says something sensitive, as far as the rules for plain statements can tell."""

from dataclasses import replace
from datetime import UTC, datetime

from memory.types import Message, Sensitivity


def is_sensitive(text: str, *, like: Message | None = None) -> bool:
    """Whether the rules for plain statements find something sensitive in what a user says."""
    from memory.extraction import extract

    now = datetime.now(UTC)
    message = like or Message(
        id="", number=0, conversation_id="", parent_id=None, role="user", author="", content="", status="complete",
        said_at=now, zone="UTC",
    )  # fmt: skip
    return any(found.sensitivity is Sensitivity.SENSITIVE for found in extract(replace(message, content=text)))
