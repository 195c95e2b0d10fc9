"""Making a home of a size: by import, as a user's past comes in, with a memory for every tenth message."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.scale_bench.made import MadeEmbedder, messages
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.schema import MessageRow
from memory.store import Create
from memory.store.nights import NightStore
from memory.transfer import import_path
from memory.types import NewMemory, Source
from memory.vectors.base import Embedder

NIGHT = datetime(2026, 9, 1, 3, tzinfo=UTC)
A_TALK = 40
A_MEMORY = 10
"""One message in so many has a memory."""
DONE = "made"
"""The file that says that a home is whole."""

Tell = Callable[[str], None]


def place(folder: Path) -> Paths:
    """A home in one folder."""
    return Paths(data=folder, config=folder, cache=folder / "cache").ready()


def opened(folder: Path, load_embedder: Callable[[], Embedder] | None = None) -> Runtime:
    """The home as a user with default settings has it, at a fixed time."""
    return Runtime.open(paths=place(folder), settings=Settings(), clock=FixedClock(NIGHT), load_embedder=load_embedder)


def make(folder: Path, size: int, seed: int, load: Callable[[], MadeEmbedder], tell: Tell) -> None:
    """A home of `size` messages in `folder`, with vectors and an index, all of it read by earlier nights.

    One that is there already is kept; one that was left half made goes on.
    """
    if (folder / DONE).exists():
        return
    place(folder)
    with closing(opened(folder, load)) as runtime:
        tell(f"{size:,}: importing")
        _import(runtime, folder / "messages.jsonl", size, seed)
        tell(f"{size:,}: memories")
        _remember(runtime)
        nights = NightStore(runtime.database)
        nights.move_cursor(nights.newest_message())
        tell(f"{size:,}: vectors and index")
        runtime.vectors.work()
    (folder / DONE).touch()


def _import(runtime: Runtime, file: Path, size: int, seed: int) -> None:
    """As JSONL, a few minutes from message to message, up to the night."""
    step = timedelta(days=3 * 365) / size
    with file.open("w", encoding="utf-8") as out:
        for number, text in enumerate(messages(size, seed)):
            out.write(
                json.dumps({
                    "conversation": f"c{number // A_TALK}", "id": str(number), "content": text,
                    "role": "user" if number % 2 == 0 else "assistant",
                    "created_at": (NIGHT - (size - number) * step).isoformat(),
                }) + "\n"
            )  # fmt: skip
    import_path(
        file, database=runtime.database, conversations=runtime.conversations, memories=runtime.memories,
        clock=runtime.clock,
    )  # fmt: skip
    file.unlink()


def _remember(runtime: Runtime) -> None:
    """A memory in the words of every tenth message."""
    last = NightStore(runtime.database).newest_message()
    for first in range(1 + runtime.memories.count() * A_MEMORY, last + 1, A_MEMORY * 500):
        numbers = range(first, min(first + A_MEMORY * 500, last + 1), A_MEMORY)
        with runtime.database.read() as session:
            rows = session.scalars(select(MessageRow).where(MessageRow.number.in_(numbers))).all()
        runtime.memories.apply([Create(new=_memory(row)) for row in rows], actor="you")


def _memory(row: MessageRow) -> NewMemory:
    source = Source(message_id=row.id, quote=row.content, start=0, end=len(row.content))
    return NewMemory(text=row.content, said_at=row.said_at, sources=(source,))
