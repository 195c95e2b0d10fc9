"""Messages as JSON Lines: {"conversation", "id", "role", "author"?, "content", "created_at"}."""

import json
from collections.abc import Iterator
from typing import Any

from memory.store.importing import SourceConversation
from memory.transfer.incoming import Item, Opened, identifier, message
from memory.transfer.report import Skip
from memory.transfer.times import instant

MAX_LINE_BYTES = 16 * 1024**2
LINE_TOO_LONG = "a line longer than 16 MB"
NOT_JSON = "not JSON"
NOT_AN_OBJECT = "not a JSON object"
BAD_ROLE = "role is neither user nor assistant"
BAD_CONTENT = "content is not a text"
BAD_TIME = "created_at is not an RFC 3339 time"


def read_jsonl(opened: Opened) -> Iterator[Item]:
    """The messages of one file; a bad line is named by its number, and the rest goes on."""
    number = 0
    while line := opened.stream.readline(MAX_LINE_BYTES):
        number += 1
        where = f"{opened.part.name} line {number}"
        if len(line) >= MAX_LINE_BYTES and not line.endswith(b"\n"):
            _pass_over(opened)
            yield Skip(where, LINE_TOO_LONG)
        elif line.strip():
            yield _message(line, where)


def _pass_over(opened: Opened) -> None:
    """Go to the end of a line without keeping it."""
    while (rest := opened.stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _message(line: bytes, where: str) -> Item:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Skip(where, NOT_JSON)
    if not isinstance(value, dict):
        return Skip(where, NOT_AN_OBJECT)
    conversation, external_id = _name(value.get("conversation")), _name(value.get("id"))
    said_at = instant(value["created_at"]) if isinstance(value.get("created_at"), str) else None
    reason = _why_not(value, conversation, external_id)
    if reason or said_at is None:
        return Skip(where, reason or BAD_TIME)
    author = value.get("author")
    return message(
        SourceConversation(key=identifier(conversation), created_at=said_at),
        role=value["role"],
        content=value["content"],
        external_id=external_id,
        said_at=said_at,
        where=where,
        author=author if isinstance(author, str) else "",
    )


def _why_not(value: dict[str, Any], conversation: str, external_id: str) -> str | None:
    if not identifier(conversation):
        return "no conversation"
    if not identifier(external_id):
        return "no id"
    if value.get("role") not in ("user", "assistant"):
        return BAD_ROLE
    return None if isinstance(value.get("content"), str) else BAD_CONTENT


def _name(value: Any) -> str:
    """An id, which some programs write as a number."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
