"""Chats and messages as files: Markdown to read, JSON lines that `reverie import` takes back."""

import json
from collections.abc import Sequence
from pathlib import Path

from memory.database import Database
from memory.errors import Refused
from memory.store.copies import note_copy
from memory.text import display
from memory.transfer.files import create
from memory.types import Conversation, Message


def write_chat(
    conversation: Conversation, messages: Sequence[Message], argument: str, folder: Path, database: Database | None
) -> str:
    """Write a conversation as `[md|jsonl] [file]` below `folder`; the line that says where. Raises Refused.

    The database remembers where, so that a purge can name it; without one (a temporary chat) nothing does.
    """
    form, _, name = argument.partition(" ")
    if form not in ("md", "markdown", "jsonl", "json"):
        form, name = ("jsonl" if argument.endswith((".jsonl", ".json")) else "md"), argument
    suffix = "jsonl" if form.startswith("json") else "md"
    target = folder / Path(name.strip() or f"reverie-{conversation.short_id}.{suffix}").expanduser()
    text = _as_jsonl(conversation, messages) if suffix == "jsonl" else _as_markdown(conversation, messages)
    return _written(_write_new(target, text), database)


def write_message(message: Message, folder: Path, database: Database | None) -> str:
    """Write one message below `folder`; the line that says where. Raises Refused."""
    return _written(_write_new(folder / f"reverie-{message.short_id}.md", message.content), database)


def _written(path: Path, database: Database | None) -> str:
    if database is not None:
        note_copy(database, path)
    return f"written to {path}"


def _as_markdown(conversation: Conversation, messages: Sequence[Message]) -> str:
    lines = [f"# {display(conversation.title) or conversation.short_id}", ""]
    for message in messages:
        who = "You" if message.role == "user" else "Reverie"
        lines += [f"## {who} · {message.said_at:%Y-%m-%d %H:%M} UTC · {message.short_id}", "", message.content, ""]
    return "\n".join(lines)


def _as_jsonl(conversation: Conversation, messages: Sequence[Message]) -> str:
    """The lines that `reverie import` reads."""
    rows = [
        {
            "conversation": conversation.short_id,
            "id": message.short_id,
            "role": message.role,
            "content": message.content,
            "created_at": message.said_at.isoformat(),
        }
        for message in messages
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write_new(target: Path, text: str) -> Path:
    """Write to `target`, or to the first free name beside it. Raises Refused."""
    for n in range(1, 1_000):
        path = target if n == 1 else target.with_stem(f"{target.stem}-{n}")
        try:
            with create(path) as file:
                file.write(text.encode())
            return path
        except FileExistsError:
            continue
        except OSError as error:
            raise Refused(
                f"{path} cannot be written ({error.strerror}).", "Name another file: /export md FILE"
            ) from error
    raise Refused(f"There are too many files named like {target}.")
