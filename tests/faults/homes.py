"""Homes to break, and what is in one."""

import json
import random
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

from sqlalchemy import text

from memory.health import check_home
from memory.store import MemoryFilter
from memory.types import NewMessage
from tests.faults.child import NOW, SECRET, opened

IMPORTED = 1_500
SAID = (
    "My sister is called Ana.", f"My boss {SECRET} likes tea.", "I live in Lyon and work as a nurse.",
    "I am vegetarian.", "We fly to Lisbon on 12 June.", "I moved to Paris yesterday.",
    "I prefer window seats on trains.",
)  # fmt: skip


def given(number: int) -> str:
    """One of the messages to import. Not near each other: a graph misses what hides behind twins."""
    words = random.Random(number).choices(ascii_lowercase, k=24)
    return f"Word {number} of " + " ".join("".join(words[start : start + 4]) for start in range(0, 24, 4)) + "."


@dataclass(frozen=True)
class State:
    """What must be the same after a broken and an unbroken run."""

    messages: tuple[str, ...]
    memories: tuple[tuple[str, str], ...]
    vectors: int


def fill(home: Path, imported: int = IMPORTED) -> None:
    """A talk, and a file to import."""
    with closing(opened(home)) as runtime:
        talk = runtime.conversations.create()
        for number, said in enumerate(SAID):
            runtime.conversations.append(talk.id, NewMessage(role="user", content=said, said_at=NOW))
            runtime.conversations.append(talk.id, NewMessage(role="assistant", content=f"I see, {number}."))
        runtime.vectors.work()
    lines = (
        {"id": str(n), "conversation": f"c{n % 7}", "role": "user", "content": given(n),
         "created_at": f"2026-04-01T10:{n // 60 % 60:02}:{n % 60:02}Z"}
        for n in range(imported)
    )  # fmt: skip
    (home / "given.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def state(home: Path) -> State:
    """Check that a home is sound, and say what is in it."""
    with closing(opened(home)) as runtime:
        assert check_home(runtime.database) == []
        if runtime.vectors.needs_re_embedding() is None:
            runtime.vectors.work()
            assert runtime.vectors.pending() == 0
        with runtime.database.read() as session:
            passages = int(session.scalar(text("SELECT count(*) FROM passage")) or 0)
            messages = tuple(session.scalars(text("SELECT content FROM message ORDER BY content")))
        assert runtime.vectors.notice() == "" and runtime.vectors.disagreement() == ""
        everything = runtime.memories.list(MemoryFilter(statuses=(), limit=10_000))
        return State(messages, tuple(sorted((m.text, str(m.status)) for m in everything)), passages)
