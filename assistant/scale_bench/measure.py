"""What one home costs: start, turns, recall, the search screen, a night; memory and disk. In a process of its own."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
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


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of many runs: by the clock, and of the processor, which a busy machine changes less."""

    p50: float
    p95: float
    processor_p50: float
    processor_p95: float


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of one run: by the clock, and of the processor."""

    clock: float
    processor: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Of one home. Sizes in bytes."""

    messages: int
    memories: int
    index: str
    """What searches the vectors."""
    turn: Spread
    """A whole turn with the model `none`: stored, searched, answered, stored."""
    retrieval: Spread
    """Its retrieval, the question's embedding included."""
    recall: Spread
    """`reverie recall`'s search without the embedding: ten hits."""
    screen: Spread
    """The search screen's query."""
    opening: Taken
    """Opening the home, to the list of chats."""
    warming: Taken
    """From there to the first answer: embedder, index, first search."""
    night: Taken
    """A night over the new messages, its backup included."""
    backup: Taken
    """Of that the verified copy, which is as large as the home."""
    night_changes: int
    resident: int
    """What the process holds after the turns, model and index included."""
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
    """Measure in fresh processes. The home takes the turns and the new messages; nothing is taken out of it."""
    return Figures(**_apart(_awake, asked), **_apart(_asleep, asked))


def _apart(work: Callable[[Asked], dict[str, Any]], asked: Asked) -> dict[str, Any]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, asked).result()


def _one_thread() -> None:
    """The embedder's threads wait for each other in a loop: on a busy machine that would be measured instead."""
    import torch

    torch.set_num_threads(1)


class Watch:
    """Clock and processor since it was made, in seconds."""

    def __init__(self) -> None:
        self._clock, self._processor = time.perf_counter(), time.process_time()

    def taken(self) -> Taken:
        return Taken(time.perf_counter() - self._clock, time.process_time() - self._processor)


def _spread(times: Sequence[Taken]) -> Spread:
    clock, processor = [1000 * t.clock for t in times], [1000 * t.processor for t in times]
    return Spread(*(percentile(values, share) for values in (clock, processor) for share in (0.5, 0.95)))


def _awake(asked: Asked) -> dict[str, Any]:
    import psutil

    from memory.fulltext import search_messages
    from memory.health import count_rows

    watch = Watch()
    with closing(opened(asked.folder)) as runtime:
        runtime.conversations.list(limit=60)
        opening, watch = watch.taken(), Watch()
        said = questions(asked.turns + WARM_UP, asked.seed)
        _one_thread()
        runtime.warm()
        runtime.retriever.search(said[0], 10)
        warming = watch.taken()
        retrieval, turn = asyncio.run(_turns(runtime, said))
        typed = [" ".join(question.rstrip("?").split()[-2:]) for question in said]
        rows = count_rows(runtime.database)
        return {
            "messages": rows["messages"],
            "memories": rows["memories"],
            "index": runtime.vectors.status().in_use,
            "turn": turn,
            "retrieval": retrieval,
            "recall": _recall(runtime, said),
            "screen": _timed(typed, lambda words: search_messages(runtime.database, words, 50)),
            "opening": opening,
            "warming": warming,
            "resident": psutil.Process().memory_info().rss,
        }


def _recall(runtime: "Runtime", said: Sequence[str]) -> Spread:
    times = []
    for question in said:
        runtime.vectors.search(question, 1)  # the vector of the last question is remembered
        watch = Watch()
        runtime.retriever.search(question, 10)
        times.append(watch.taken())
    return _spread(times[WARM_UP:])


async def _turns(runtime: "Runtime", said: Sequence[str]) -> tuple[Spread, Spread]:
    """Of retrieval and of the whole turn, for each question after the first few.

    As in a chat what a turn stored is embedded in the background; a person reads longer than that takes.
    """
    from assistant.events import Finished, Retrieved

    conversation = runtime.conversations.create()
    retrieval, whole = [], []
    for question in said:
        while runtime.vectors.pending():
            await asyncio.sleep(0.01)
        watch = Watch()
        async for event in runtime.engine.answer(conversation.id, question):
            if isinstance(event, Retrieved):
                retrieval.append(watch.taken())
            elif isinstance(event, Finished):
                whole.append(watch.taken())
    return _spread(retrieval[WARM_UP:]), _spread(whole[WARM_UP:])


def _timed(said: Sequence[str], find: Callable[[str], object]) -> Spread:
    times = []
    for question in said:
        watch = Watch()
        find(question)
        times.append(watch.taken())
    return _spread(times[WARM_UP:])


def _asleep(asked: Asked) -> dict[str, Any]:
    from assistant.nights import make_night
    from memory.backup import BACKUPS, list_backups, make_backup
    from sleep.night import Options

    _one_thread()
    with closing(opened(asked.folder)) as runtime:
        _tell_news(runtime, asked)
        watch = Watch()
        with make_night(runtime, Options(), None) as night:
            run = night.run()
        slept, watch = watch.taken(), Watch()
        assert run is not None and run.status == "applied"
        backups = runtime.paths.data / BACKUPS
        make_backup(runtime.paths.database, backups, "night", runtime.clock)
        backup = watch.taken()
        for copy in list_backups(backups):
            copy.path.unlink()
        changes = sum(n for row in run.report["changes"].values() for n in row.values())
    disk = sum(path.stat().st_size for path in asked.folder.rglob("*") if path.is_file())
    return {"night": slept, "backup": backup, "night_changes": changes, "disk": disk}


def _tell_news(runtime: "Runtime", asked: Asked) -> None:
    """The new messages, in talks of twenty, embedded."""
    from memory.types import NewMessage

    texts = news(asked.new, asked.seed)
    for start in range(0, len(texts), A_TALK // 2):
        talk = runtime.conversations.create()
        for text in texts[start : start + A_TALK // 2]:
            runtime.conversations.append(talk.id, NewMessage(role="user", content=text))
    runtime.vectors.warm()
    runtime.vectors.work()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
