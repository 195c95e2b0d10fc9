"""What one home costs: start, turns, recall, the search screen, a night; memory and disk. In a process of its own."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.scale_bench.home import A_TALK, opened
from assistant.scale_bench.made import news, questions

if TYPE_CHECKING:
    from assistant.runtime import Runtime

WARM_UP = 5
"""Questions that are asked before the clock starts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Of one home. Times in milliseconds, `*_s` in seconds, sizes in bytes; p50 and p95 of the questions."""

    messages: int
    memories: int
    index: str
    """What searches the vectors."""
    open_s: float
    """From the start of the work to the list of chats."""
    warm_s: float
    """From there to the first answer: embedder, index, first search."""
    turn_p50: float
    turn_p95: float
    """A whole turn with the model `none`: stored, searched, answered, stored."""
    retrieval_p50: float
    retrieval_p95: float
    """Its retrieval, the question's embedding included."""
    recall_p50: float
    recall_p95: float
    """`reverie recall`'s search, ten hits."""
    screen_p50: float
    screen_p95: float
    """The search screen's query."""
    resident: int
    """What the process holds after all this, model and index included."""
    night_s: float
    """A night over the new messages, its backup included."""
    backup_s: float
    """Of that the verified copy, which is as large as the home."""
    night_changes: int
    disk: int
    """The home's files, without backups."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """How a home is measured."""

    folder: Path
    seed: int
    turns: int
    new: int


def measure(asked: Asked) -> Figures:
    """Measure in a fresh process. The home takes the turns and the new messages; nothing is taken out of it."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = pool.submit(_awake, asked).result()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return Figures(**found, **pool.submit(_asleep, asked).result())


def _awake(asked: Asked) -> dict[str, Any]:
    import psutil

    from memory.fulltext import search_messages
    from memory.health import count_rows

    started = time.perf_counter()
    with closing(opened(asked.folder)) as runtime:
        runtime.conversations.list(limit=60)
        opened_at = time.perf_counter()
        said = questions(asked.turns + WARM_UP, asked.seed)
        runtime.vectors.warm()
        runtime.retriever.search(said[0], 10)
        warmed_at = time.perf_counter()
        retrieval, turn = asyncio.run(_turns(runtime, said))
        recall = _timed(said, lambda question: runtime.retriever.search(question, 10))
        typed = [" ".join(question.rstrip("?").split()[-2:]) for question in said]
        screen = _timed(typed, lambda words: search_messages(runtime.database, words, 50))
        times = {"turn": turn, "retrieval": retrieval, "recall": recall, "screen": screen}
        return {
            "messages": count_rows(runtime.database)["messages"],
            "memories": runtime.memories.count(),
            "index": runtime.vectors.status().in_use,
            "open_s": opened_at - started,
            "warm_s": warmed_at - opened_at,
            "resident": psutil.Process().memory_info().rss,
            **{f"{name}_p{int(share * 100)}": percentile(t, share) for name, t in times.items() for share in (0.5, 0.95)},
        }


async def _turns(runtime: "Runtime", said: Sequence[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of retrieval and of the whole turn, for each question after the first few."""
    from assistant.events import Finished, Retrieved

    conversation = runtime.conversations.create()
    retrieval, whole = [], []
    for question in said:
        started = time.perf_counter()
        async for event in runtime.engine.answer(conversation.id, question):
            if isinstance(event, Retrieved):
                retrieval.append(event.milliseconds)
            elif isinstance(event, Finished):
                whole.append((time.perf_counter() - started) * 1000)
    return retrieval[WARM_UP:], whole[WARM_UP:]


def _timed(said: Sequence[str], find: Callable[[str], object]) -> list[float]:
    times = []
    for question in said:
        started = time.perf_counter()
        find(question)
        times.append((time.perf_counter() - started) * 1000)
    return times[WARM_UP:]


def _asleep(asked: Asked) -> dict[str, Any]:
    from assistant.nights import make_night
    from memory.backup import BACKUPS, list_backups, make_backup
    from memory.types import NewMessage
    from sleep.night import Options

    with closing(opened(asked.folder)) as runtime:
        texts = news(asked.new, asked.seed)
        for start in range(0, len(texts), A_TALK // 2):
            talk = runtime.conversations.create()
            for text in texts[start : start + A_TALK // 2]:
                runtime.conversations.append(talk.id, NewMessage(role="user", content=text))
        runtime.vectors.warm()
        runtime.vectors.work()
        started = time.perf_counter()
        with make_night(runtime, Options(), None) as night:
            run = night.run()
        slept = time.perf_counter() - started
        assert run is not None and run.status == "applied"
        backups = runtime.paths.data / BACKUPS
        started = time.perf_counter()
        make_backup(runtime.paths.database, backups, "night", runtime.clock)
        backup = time.perf_counter() - started
        for copy in list_backups(backups):
            copy.path.unlink()
        changes = sum(n for row in run.report["changes"].values() for n in row.values())
    disk = sum(path.stat().st_size for path in asked.folder.rglob("*") if path.is_file())
    return {"night_s": slept, "backup_s": backup, "night_changes": changes, "disk": disk}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
