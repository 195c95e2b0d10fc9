"""What the readers of the formats have in common: what they yield, and the last check before the store."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BufferedReader

from memory.store.importing import SourceConversation, SourceMessage
from memory.text import MAX_MESSAGE_CHARS, clean, one_line
from memory.transfer.report import Skip
from memory.transfer.source import Part
from memory.types import NewMessage, Role

Item = SourceMessage | Skip
Reader = Callable[["Opened"], Iterator[Item]]

EMPTY = "empty"
TOO_LONG = f"longer than {MAX_MESSAGE_CHARS:,} characters"

_LONGEST_ID = 200
_NAMELESS = frozenset({"user", "assistant", "human", "chatgpt", "claude"})


@dataclass(frozen=True)
class Opened:
    """A part being read: its bytes as UTF-8, and the time to use where it has none of its own."""

    part: Part
    stream: BufferedReader
    otherwise: datetime
    zone: str
    """The user's zone, for times that people wrote by hand."""


def message(
    conversation: SourceConversation,
    *,
    role: Role,
    content: str,
    external_id: str,
    said_at: datetime,
    where: str,
    author: str = "",
    model: str = "",
) -> SourceMessage:
    """A message as a reader found it. An author that only repeats the role is nobody's name and is left out."""
    name = "" if author.strip().lower() in _NAMELESS else author
    new = NewMessage(
        role=role,
        content=content,
        said_at=said_at,
        author=name,
        zone="UTC",
        model=model,
        external_id=identifier(external_id),
    )
    return SourceMessage(conversation=conversation, message=new, where=where)


def admit(item: SourceMessage) -> Item:
    """The message with its text made safe, or why it cannot be stored."""
    content = clean(item.message.content)
    if not content.strip():
        return Skip(item.where, EMPTY)
    if len(content) > MAX_MESSAGE_CHARS:
        return Skip(item.where, TOO_LONG)
    return replace(item, message=replace(item.message, content=content))


def identifier(value: str) -> str:
    """An id of somebody else's as it is stored: one safe line, and a digest where it is very long."""
    line = one_line(value, 10_000)
    return line if len(line) <= _LONGEST_ID else line[:100] + "…" + digest(line)


def digest(*parts: str) -> str:
    """A short name made from content."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def fill_times(times: Sequence[datetime | None], start: datetime | None, otherwise: datetime) -> list[datetime]:
    """A time for each message of a conversation: its own; else the conversation's, but not before its predecessor;
    else its successor's; else `otherwise`."""
    following = next((moment for moment in times if moment is not None), None)
    known = start or following or otherwise
    filled: list[datetime] = []
    for moment in times:
        if moment is None:
            moment = max(known, filled[-1]) if filled else known
        filled.append(moment)
    return filled
