"""Made exports of every shape, and a way to import them into the test's home."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.store import ConversationStore, MemoryStore
from memory.transfer import ImportProgress, ImportReport, import_path
from memory.types import Conversation, Message

Import = Callable[..., ImportReport]


@pytest.fixture
def bring(database: Database, conversations: ConversationStore, memories: MemoryStore, clock: FixedClock) -> Import:
    """`import_path` into the test's home."""

    def run(path: Path, **options: Any) -> ImportReport:
        return import_path(
            path, database=database, conversations=conversations, memories=memories, clock=clock, **options
        )

    return run


@pytest.fixture
def told(conversations: ConversationStore) -> Callable[[], list[tuple[str, list[str]]]]:
    """What the home holds: (title, contents of the shown thread) of every conversation, oldest first."""

    def all_of_it() -> list[tuple[str, list[str]]]:
        found: list[Conversation] = sorted(conversations.list(limit=10_000), key=lambda c: c.number)
        return [(c.title, [m.content for m in conversations.thread(c.id)]) for c in found]

    return all_of_it


@pytest.fixture
def thread(conversations: ConversationStore) -> Callable[[], tuple[Message, ...]]:
    """The shown messages of the only conversation."""

    def only() -> tuple[Message, ...]:
        (conversation,) = conversations.list()
        return conversations.thread(conversation.id)

    return only


@pytest.fixture
def seen() -> list[ImportProgress]:
    return []


def node(
    name: str,
    parent: str | None,
    role: str = "user",
    text: Any = None,
    *,
    create_time: Any = 1_700_000_000.0,
    content: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A node of a ChatGPT mapping. Without text and content it is an empty root."""
    message = None
    if text is not None or content is not None:
        message = {
            "id": name,
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": create_time,
            "update_time": None,
            "content": content or {"content_type": "text", "parts": [text]},
            "metadata": {},
            "recipient": "all",
            **more,
        }
    return {"id": name, "message": message, "parent": parent, "children": []}


def chatgpt(key: str, *nodes: dict[str, Any], current: str | None = None, **more: Any) -> dict[str, Any]:
    """A ChatGPT conversation of these nodes, the last one shown."""
    return {
        "title": f"About {key}",
        "create_time": 1_700_000_000.0,
        "update_time": 1_700_000_900.0,
        "mapping": {n["id"]: n for n in nodes},
        "current_node": current or nodes[-1]["id"],
        "conversation_id": key,
        "id": key,
    } | more


def small_talk(key: str, turns: int = 2) -> dict[str, Any]:
    """A plain ChatGPT conversation."""
    nodes = [node(f"{key}-root", None)]
    for turn in range(turns):
        role = "assistant" if turn % 2 else "user"
        at = 1_700_000_000.0 + turn
        nodes.append(node(f"{key}-{turn}", nodes[-1]["id"], role, f"{key} turn {turn}", create_time=at))
    return chatgpt(key, *nodes)


def line(conversation: str, id_: str, content: str, role: str = "user", **more: Any) -> str:
    """A line of JSONL."""
    value = {"conversation": conversation, "id": id_, "role": role, "content": content}
    return json.dumps(value | {"created_at": "2026-01-02T03:04:05Z"} | more)


def write(path: Path, value: Any) -> Path:
    """`value` as JSON, or text or bytes as they are, at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = value if isinstance(value, bytes) else (value if isinstance(value, str) else json.dumps(value)).encode()
    path.write_bytes(data)
    return path


@pytest.fixture(scope="session")
def scratch() -> Any:
    """A home in memory that many examples share."""
    database = Database.scratch()
    yield database
    database.close()
