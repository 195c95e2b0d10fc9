"""Everything at once on one home: `python -m benchmarks.together [--seconds N] [--embedder own|hash] [--messages N]`.

A chat, a scheduled sleep, imports, two that ask, and a doctor, each in a process of its own, at a bounded rate. First
the chat alone, then all of them: what a turn takes, whether anybody is told of a lock, whether anything is lost.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.events import Accepted, Finished
from assistant.nights import sleep_beside
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from benchmarks.engine import export_file, made_messages, made_questions
from benchmarks.report import machine, median, percentile, table
from memory.clock import SystemClock
from memory.health import check_home
from memory.store import ConversationStore
from memory.transfer import import_path
from memory.vectors.hashing import HashEmbedder

EVERY = {"chat": 1.0, "sleep": 20.0, "import": 10.0, "ask-1": 4.0, "ask-2": 5.0, "doctor": 30.0}
"""Seconds from one act to the next, by role."""
IMPORTED = 50
"""Messages of an import."""


@dataclass(frozen=True)
class Told:
    """What the roles said."""

    kept: tuple[str, ...]
    """Messages that were acknowledged."""
    imported: int
    milliseconds: tuple[float, ...]
    """Of each turn of the chat."""
    acts: dict[str, int]
    failures: tuple[str, ...]


def opened(home: Path, embedder: str) -> Runtime:
    """The home, with the default embedder or one that takes no time to load."""
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    load = (lambda: HashEmbedder(64)) if embedder == "hash" else None
    return Runtime.open(paths=paths, settings=Settings(), clock=SystemClock("Europe/Lisbon"), load_embedder=load)


def tell(**said: Any) -> None:
    print(json.dumps(said), flush=True)


async def turn(runtime: Runtime, conversation: str, text: str) -> None:
    started = time.perf_counter()
    async for event in runtime.engine.answer(conversation, text):
        if isinstance(event, Accepted | Finished):
            tell(kept=event.message.id)
    tell(ms=(time.perf_counter() - started) * 1000)


def chat(home: Path, embedder: str, beats: Iterator[int]) -> None:
    """One long chat: a statement, then a question."""
    with closing(opened(home, embedder)) as runtime:
        runtime.warm()
        conversation = runtime.conversations.create().id
        lines = [line for pair in zip(made_messages(5_000), made_questions(5_000), strict=True) for line in pair]
        asyncio.run(turn(runtime, conversation, "Hello."))
        tell(ready=True)
        for beat in beats:
            asyncio.run(turn(runtime, conversation, lines[beat % len(lines)]))
            tell(act=beat)


def ask(home: Path, embedder: str, beats: Iterator[int]) -> None:
    """Opened anew for each question, as the command does."""
    questions = made_questions(2_000, seed=len(home.name))
    for beat in beats:
        with closing(opened(home, embedder)) as runtime:
            runtime.vectors.work()
            asyncio.run(turn(runtime, runtime.conversations.create().id, questions[beat % len(questions)]))
        tell(act=beat)


def sleep(home: Path, embedder: str, beats: Iterator[int]) -> None:
    for beat in beats:
        with closing(opened(home, embedder)) as runtime:
            sleep_beside(runtime, lambda event: None)
        tell(act=beat)


def bring(home: Path, embedder: str, beats: Iterator[int]) -> None:
    for beat in beats:
        file = home / "cache" / f"bring-{beat}.jsonl"
        export_file(file, [f"Import {beat}: {text}" for text in made_messages(IMPORTED, seed=beat)])
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        for line in lines:
            line |= {"id": f"{beat}-{line['id']}", "conversation": f"brought-{beat}"}
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        with closing(opened(home, embedder)) as runtime:
            report = import_path(
                file, database=runtime.database, conversations=runtime.conversations, memories=runtime.memories,
                clock=runtime.clock,
            )  # fmt: skip
            runtime.vectors.work()
        tell(imported=report.messages_imported, act=beat)


def doctor(home: Path, embedder: str, beats: Iterator[int]) -> None:
    for beat in beats:
        with closing(opened(home, embedder)) as runtime:
            runtime.vectors.warm()
            for problem in [*check_home(runtime.database), runtime.vectors.disagreement()]:
                if problem:
                    tell(failed=f"doctor: {problem}")
        tell(act=beat)


ROLES: dict[str, Callable[[Path, str, Iterator[int]], None]] = {
    "chat": chat, "sleep": sleep, "import": bring, "ask-1": ask, "ask-2": ask, "doctor": doctor,
}  # fmt: skip


def beats(every: float, seconds: float) -> Iterator[int]:
    """Numbers at a steady rate; where one act takes longer than that, the next comes at once."""
    end, number = time.monotonic() + seconds, 0
    while (now := time.monotonic()) < end:
        yield number
        number += 1
        time.sleep(max(0.0, min(end, now + every) - time.monotonic()))


def play(role: str, home: Path, embedder: str, seconds: float, hurry: float) -> None:
    """Be one of them. What goes wrong is said, as a person would read it."""
    try:
        ROLES[role](home, embedder, beats(EVERY[role] / hurry, seconds))
    except Exception as error:
        tell(failed=f"{role}: {type(error).__name__}: {error}")


def together(home: Path, roles: tuple[str, ...], seconds: float, *, embedder: str = "own", hurry: float = 1) -> Told:
    """Let the roles work on one home for a while, each in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.together", "--seconds", str(seconds), "--embedder", embedder,
               "--hurry", str(hurry), "--home", str(home), "--role"]  # fmt: skip
    running = {
        role: subprocess.Popen([*command, role], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for role in roles
    }
    said: dict[str, list[dict[str, Any]]] = {}
    failures: list[str] = []
    for role, process in running.items():
        out, err = process.communicate(timeout=seconds + 600)
        said[role] = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        failures += [line["failed"] for line in said[role] if "failed" in line]
        if process.returncode or "Traceback" in err:
            failures.append(f"{role} ended with {process.returncode}: {err[-500:]}")
    every = [line for lines in said.values() for line in lines]
    return Told(
        kept=tuple(line["kept"] for line in every if "kept" in line),
        imported=sum(line.get("imported", 0) for line in every),
        milliseconds=_times(said.get("chat", [])),
        acts={role: sum("act" in line for line in lines) for role, lines in said.items()},
        failures=tuple(failures),
    )


def _times(lines: list[dict[str, Any]]) -> tuple[float, ...]:
    """Of the turns after the first, which loads what is slow."""
    ready = next((at for at, line in enumerate(lines) if "ready" in line), len(lines))
    return tuple(line["ms"] for line in lines[ready:] if "ms" in line)


def lost(home: Path, told: Told, embedder: str, before: int) -> list[str]:
    """What is wrong with the home afterwards: messages that are missing, and what must hold of every home.

    `before`: the imported messages that were there when it began.
    """
    with closing(opened(home, embedder)) as runtime:
        there = ConversationStore(runtime.database, runtime.clock).messages(told.kept)
        runtime.vectors.work()
        problems = [f"{id_} is not there" for id_ in told.kept if id_ not in there]
        brought = sum(talk.messages for talk in runtime.conversations.list(limit=100_000) if talk.origin != "chat")
        if brought < told.imported + before:  # more were stored, where an act ended before it said so
            problems.append(f"{brought - before} imported messages are there, {told.imported} were acknowledged")
        return problems + check_home(runtime.database)


def filled(home: Path, embedder: str, messages: int) -> None:
    with closing(opened(home, embedder)) as runtime:
        file = home / "first.jsonl"
        export_file(file, made_messages(messages, seed=3))
        import_path(
            file, database=runtime.database, conversations=runtime.conversations, memories=runtime.memories,
            clock=runtime.clock,
        )  # fmt: skip
        runtime.vectors.work()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--embedder", choices=("own", "hash"), default="own")
    parser.add_argument("--messages", type=int, default=2_000, help="of the home before it begins")
    parser.add_argument("--hurry", type=float, default=1, help="how many times faster than usual everybody is")
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--role", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.role:
        play(given.role, given.home, given.embedder, given.seconds, given.hurry)
        return
    folder = Path(tempfile.mkdtemp(prefix="reverie-together-"))
    try:
        compare(folder, given)
    finally:
        shutil.rmtree(folder)


def compare(folder: Path, given: argparse.Namespace) -> None:
    """Print what a turn takes alone and among others."""
    filled(folder / "home", given.embedder, given.messages)
    shutil.copytree(folder / "home", folder / "alone")
    alone = together(folder / "alone", ("chat",), given.seconds / 4, embedder=given.embedder, hurry=given.hurry)
    told = together(folder / "home", tuple(ROLES), given.seconds, embedder=given.embedder, hurry=given.hurry)
    rows = [
        [name, len(one.milliseconds), f"{median(one.milliseconds):.0f}", f"{percentile(one.milliseconds, 0.95):.0f}"]
        for name, one in (("alone", alone), ("together", told))
    ]
    print(f"{machine()}; {given.messages:,} messages before, {given.seconds:.0f} s, embedder: {given.embedder}\n")
    print(table(("chat", "turns", "median, ms", "p95, ms"), rows))
    print(f"\nActs: {', '.join(f'{role} {count}' for role, count in told.acts.items())}.")
    print(f"Told to a person that should not be: {list(told.failures) or 'nothing'}.")
    problems = lost(folder / "home", told, given.embedder, given.messages)
    print(
        f"{len(told.kept):,} messages and {told.imported:,} imported ones acknowledged; wrong: {problems or 'nothing'}."
    )


if __name__ == "__main__":
    main()
