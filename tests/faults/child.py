"""What is killed: one act on a home, in a process of its own. Each line that it prints was acknowledged to a user.

`python -m tests.faults.child ACT HOME`.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from assistant.events import Accepted, Finished
from assistant.nights import night_home, sleep_beside
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import IndexSettings, Settings
from memory.backup import find_backup, put_back
from memory.clock import FixedClock
from memory.purge import purge
from memory.purge_scope import scope_about
from memory.store.nights import NightStore
from memory.transfer import import_path
from memory.vectors.hashing import HashEmbedder
from sleep.undo import undo

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
DIMENSIONS, OTHER_DIMENSIONS = 64, 96
SECRET = "Xanthippe"
TALKS = 12
"""Messages that the chat says."""


def opened(home: Path, dimensions: int = DIMENSIONS) -> Runtime:
    """A home with a real Chroma, and an embedder that takes no time to load."""
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    paths.settings.touch()
    settings = Settings(index=IndexSettings(backend="chroma"))
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


ACTS: dict[str, Callable[[Runtime], None]] = {
    "chat": chat, "import": bring, "sleep": night, "undo": take_back, "purge": forget, "re-embed": embed_anew,
    "rebuild": index_anew, "restore": restore, "migrate": migrate,
}  # fmt: skip


def main(act: str, home: Path) -> None:
    with closing(opened(home, OTHER_DIMENSIONS if act == "re-embed" else DIMENSIONS)) as runtime:
        ACTS[act](runtime)
    tell("done")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
