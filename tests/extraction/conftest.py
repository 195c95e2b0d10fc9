"""Messages to extract from."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from memory.types import Message, MessageStatus, Role

Said = Callable[..., Message]


def made(
    content: str,
    *,
    role: Role = "user",
    status: MessageStatus = "complete",
    said_at: datetime = datetime(2026, 5, 6, 10, 0, tzinfo=UTC),  # a Wednesday
    zone: str = "Europe/Lisbon",
) -> Message:
    return Message(
        id="01",
        number=1,
        conversation_id="02",
        parent_id=None,
        role=role,
        author="",
        content=content,
        status=status,
        said_at=said_at,
        zone=zone,
    )


@pytest.fixture
def said() -> Said:
    return made
