"""Claude exports: a list of conversations, each with its messages in order."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from memory.store.importing import SourceConversation
from memory.text import one_line
from memory.transfer.incoming import EMPTY, Item, Opened, digest, fill_times, identifier, message
from memory.transfer.json_items import json_items
from memory.transfer.report import Skip
from memory.transfer.sniff import HEAD_BYTES, item_prefix, json_shape
from memory.transfer.times import first_instant, instant

NOT_A_CONVERSATION = "not a conversation"
NOT_A_MESSAGE = "not a message"
NOBODY = "neither the user nor the assistant said it"
NO_TEXT = "no text in it"

_ROLES = {"human": "user", "user": "user", "assistant": "assistant"}


def read_claude(opened: Opened) -> Iterator[Item]:
    """The messages of one file, and what was left out with its reason. Raises BrokenJson."""
    prefix = item_prefix(json_shape(opened.stream.peek(HEAD_BYTES)))
    for number, value in enumerate(json_items(opened.stream, prefix), 1):
        where = f"{opened.part.name} conversation {number}"
        if isinstance(value, dict) and isinstance(value.get("chat_messages"), list):
            yield from _conversation(value, where, opened.otherwise)
        else:
            yield Skip(where, NOT_A_CONVERSATION)


def _conversation(value: dict[str, Any], where: str, otherwise: datetime) -> Iterator[Item]:
    name, created = value.get("name"), instant(value.get("created_at"))
    title = name if isinstance(name, str) else ""
    given = value.get("uuid")
    key = given if isinstance(given, str) and given.strip() else "made-" + digest(title, str(value.get("created_at")))
    source = SourceConversation(key=identifier(key), title=title, created_at=created)
    said = value["chat_messages"]
    own = [first_instant(m.get("created_at"), m.get("updated_at")) if isinstance(m, dict) else None for m in said]
    late = instant(value.get("updated_at")) or otherwise
    for number, (raw, moment) in enumerate(zip(said, fill_times(own, created, late), strict=True), 1):
        yield _message(source, raw, number, moment, f"{where} ({one_line(title, 40)}) message {number}")


def _message(source: SourceConversation, raw: Any, number: int, moment: datetime, where: str) -> Item:
    if not isinstance(raw, dict):
        return Skip(where, NOT_A_MESSAGE)
    role = _ROLES.get(str(raw.get("sender")))
    if role is None:
        return Skip(where, NOBODY)
    text = _text(raw)
    if not text.strip():
        return Skip(where, NO_TEXT if raw.get("content") else EMPTY)
    given = raw.get("uuid")
    return message(
        source,
        role="user" if role == "user" else "assistant",
        content=text,
        external_id=given if isinstance(given, str) and given.strip() else f"{number}-{digest(role, text)}",
        said_at=moment,
        where=where,
    )


def _text(raw: dict[str, Any]) -> str:
    """The text blocks (or, in older exports, the plain text), and the names of what was attached."""
    blocks = raw.get("content")
    pieces = [_block(block) for block in blocks] if isinstance(blocks, list) else []
    plain = raw.get("text")
    if not any(piece.strip() for piece in pieces) and isinstance(plain, str):
        pieces = [plain]
    for name in ("attachments", "files"):
        files = raw.get(name)
        pieces += [_file(file) for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return "\n".join(piece for piece in dict.fromkeys(pieces) if piece.strip())


def _block(block: Any) -> str:
    if isinstance(block, str):
        return block
    if not isinstance(block, dict):
        return ""
    if block.get("type") == "image":
        return "[image]"
    text = block.get("text")
    return text if block.get("type") in (None, "text") and isinstance(text, str) else ""


def _file(file: dict[str, Any]) -> str:
    name = file.get("file_name")
    return f"[file: {one_line(name, 120)}]" if isinstance(name, str) and name.strip() else ""
