"""What is killed: one act on a home, in a process of its own. Each line that it prints was acknowledged to a user.

`python -m tests.faults.child ACT HOME`.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.events import Accepted, Finished
from assistant.nights import night_home, sleep_beside
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import IndexSettings, MemorySettings, Settings
from memory.backup import find_backup, put_back
from memory.clock import FixedClock
from memory.errors import ReverieError
from memory.purge import purge
from memory.purge_scope import scope_about
from memory.store.nights import NightStore
from memory.transfer import import_path
from memory.types import NewMessage
from memory.vectors.hashing import HashEmbedder
from sleep.undo import undo

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DIMENSIONS, OTHER_DIMENSIONS = 64, 96
SECRET = "Xanthippe"
QUERIES = ("My sister is called Ana", "I live in Lyon", "Word 7 of")
TALKS = 12
"""Messages that the chat says."""


def opened(home: Path, dimensions: int = DIMENSIONS, backend: str = "chroma") -> Runtime:
    """A home with a real Chroma, and an embedder that takes no time to load."""
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    if not paths.settings.exists():
        paths.settings.touch()
    settings = Settings(index=IndexSettings(backend=backend), memory=MemorySettings(sensitive="keep"))
    clock = FixedClock(NOW, "Europe/Lisbon")
    return Runtime.open(paths=paths, settings=settings, clock=clock, load_embedder=lambda: HashEmbedder(dimensions))


def tell(line: str) -> None:
    print(line, flush=True)


def chat(runtime: Runtime) -> None:
    conversation = runtime.engine.conversations.create().id

    async def say(text: str) -> None:
        async for event in runtime.engine.answer(conversation, text):
            if isinstance(event, Accepted | Finished):
                tell(f"{event.message.id} {event.message.role}")

    for number in range(TALKS):
        asyncio.run(say(f"Remember that my locker number {number} is {4711 + number}."))
        runtime.vectors.work()


def talk_on(runtime: Runtime) -> None:
    """Say long things until one cannot be stored."""
    say_on(runtime, 10_000)


def talk_into_a_broken_disk(runtime: Runtime) -> None:
    """From the fourth message on nothing that is open can be read or written any more."""
    say_on(runtime, 3)
    instead = os.open("/", os.O_RDONLY)  # reading it fails, and writing to it
    for link in Path("/proc/self/fd").iterdir():
        if link.exists() and link.readlink().name in ("reverie.db", "reverie.db-wal"):
            os.dup2(instead, int(link.name))
    say_on(runtime, 3)


def say_on(runtime: Runtime, times: int) -> None:
    conversation = runtime.conversations.create().id
    for number in range(times):
        said = f"Said {number}. " + "All of this is kept. " * 400
        tell(f"{runtime.conversations.append(conversation, NewMessage(role='user', content=said)).id} user")


def look_up(runtime: Runtime) -> None:
    """What the index finds, and whether it is what comparing every vector finds."""
    runtime.vectors.work()
    apart = runtime.vectors.disagreement()
    for query in QUERIES:
        tell(" ".join(map(str, scores(runtime, query))))
    tell(f"apart: {apart or runtime.vectors.notice()}")


def scores(runtime: Runtime, query: str) -> list[float]:
    """How near the nearest are; which of equals comes first is nobody's promise."""
    return [round(hit.score, 4) for hit in runtime.vectors.search(query, 3)]


def bring(runtime: Runtime) -> None:
    import_path(
        runtime.paths.data / "given.jsonl", database=runtime.database, conversations=runtime.conversations,
        memories=runtime.memories, clock=runtime.clock,
    )  # fmt: skip
    runtime.vectors.work()


def night(runtime: Runtime) -> None:
    run = sleep_beside(runtime, lambda event: None)
    if run is not None:
        tell(f"{run.short_id} {run.status}")


def take_back(runtime: Runtime) -> None:
    nights = NightStore(runtime.database)
    run = next((run for run in nights.list(5) if run.status == "applied"), None)
    if run is not None:
        undo(night_home(runtime), run)


def forget(runtime: Runtime) -> None:
    scope = scope_about(runtime.database, SECRET)
    if not scope.empty:
        purge(runtime.database, scope, runtime.clock)
    runtime.vectors.work()
    tell("purged")


def embed_anew(runtime: Runtime) -> None:
    if runtime.vectors.needs_re_embedding() is not None:
        runtime.vectors.accept_embedder_change()
    runtime.vectors.work()


def index_anew(runtime: Runtime) -> None:
    runtime.vectors.rebuild()


def restore(runtime: Runtime) -> None:
    backup = find_backup(runtime.paths.backups, "first.db")
    put_back(backup.path, runtime.paths.database, runtime.paths.backups, runtime.clock)


def migrate(runtime: Runtime) -> None:
    """Opening it was all."""


def train(runtime: Runtime) -> None:
    """A short night of weights on the shipped model, two days after it was told."""
    from sleep.weights.course import Dreaming
    from sleep.weights.night import Plan, WeightsNight
    from sleep.weights.seeding import Recipe

    plan = Plan(recipe=Recipe(steps=40), dreaming=Dreaming(untold=40))
    clock = FixedClock(NOW + timedelta(days=2), "Europe/Lisbon")
    night = WeightsNight(runtime.database, runtime.paths.data, clock, plan)
    for adapter in night.run(lambda event: None, lambda items, memories: True):
        tell(f"{adapter.short_id} {adapter.status}")


ACTS: dict[str, Callable[[Runtime], None]] = {
    "chat": chat, "import": bring, "sleep": night, "undo": take_back, "purge": forget, "re-embed": embed_anew,
    "rebuild": index_anew, "restore": restore, "migrate": migrate,
    "train": train,
}  # fmt: skip
OTHERS: dict[str, Callable[[Runtime], None]] = {
    "talk on": talk_on, "broken disk": talk_into_a_broken_disk, "look up": look_up
}  # fmt: skip
"""What nobody kills."""


def main(act: str, home: Path) -> None:
    dimensions = OTHER_DIMENSIONS if act == "re-embed" else DIMENSIONS
    with closing(opened(home, dimensions, "exact" if act in ("talk on", "broken disk") else "chroma")) as runtime:
        (ACTS | OTHERS)[act](runtime)
    tell("done")


if __name__ == "__main__":
    try:
        main(sys.argv[1], Path(sys.argv[2]))
    except ReverieError as failure:
        tell(f"failed: {type(failure).__name__}: {failure}")
        sys.exit(1)
