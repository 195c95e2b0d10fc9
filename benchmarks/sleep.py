"""What a night costs: `python -m benchmarks.sleep [--old N,N,N] [--new N] [--runs N]`.

A night on the same new messages in homes of different ages, by rules alone: its work should follow what is new. The old
messages are made of words with the frequencies of a language (Zipf). Texts become vectors by hashing, so that the homes
are built in minutes; search goes through Chroma as it does for a user. And the command where nothing is new, beside
`reverie --help`, each in a process of its own.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from assistant.nights import make_night
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from benchmarks.engine import DOES, WHAT, WHEN, export_file
from benchmarks.report import machine, median, table
from memory.clock import FixedClock
from memory.store import Create
from memory.store.nights import NightStore
from memory.transfer import import_path
from memory.types import NewMemory, NewMessage, Source
from memory.vectors.hashing import HashEmbedder
from sleep.night import Options

NIGHT = datetime(2026, 9, 1, 3, tzinfo=UTC)
SAID = """I live in {0} now.|I work at {0} Works.|My sister is called {0}.|I like {0}.|I don't eat {0} any more.
|I'm flying to {0} on 12 October.|Yesterday I met {0} in the park.|My favourite band is {0}.|Thanks, {0} it is.
|What do you know about {0}?|I decided against the {0}.|{0} came for dinner last Friday.""".replace("\n", "").split("|")
SYLLABLES = "ba ren to mi lo sa ve dor ka lin pe sul or fen ta gri".split()


def told(count: int) -> list[str]:
    """New messages: statements, questions and small talk, about as many things as there are messages."""

    def name(number: int) -> str:
        parts = (SYLLABLES[(number >> shift) % len(SYLLABLES)] for shift in (0, 4, 8))
        return "".join(parts).title()

    return [SAID[number % len(SAID)].format(name(number * 37 % 1999)) for number in range(count)]


def vocabulary(size: int = 8_000) -> list[str]:
    """Words as often as their place says (Zipf): made-up ones, and at random places those that the new messages use."""
    chance = random.Random(3)
    made = {"".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(2 * size)}
    used = set(re.findall(r"[a-z]+", " ".join([*SAID, *DOES, *WHAT, *WHEN]).lower()))
    words = sorted(made - used)[: size - len(used)] + sorted(used)
    chance.shuffle(words)
    return words


def old_messages(count: int) -> list[str]:
    """Old messages of 6 to 40 words."""
    chance, words = random.Random(5), vocabulary()
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    lengths = [chance.randint(6, 40) for _ in range(count)]
    return [f"{' '.join(chance.choices(words, cum_weights=weights, k=n))}." for n in lengths]


def place(folder: Path) -> Paths:
    """A home in one folder."""
    return Paths(data=folder, config=folder, cache=folder).ready()


def opened(folder: Path) -> Runtime:
    """A home whose texts become vectors without a model."""
    return Runtime.open(
        paths=place(folder), settings=Settings(), clock=FixedClock(NIGHT), load_embedder=lambda: HashEmbedder(384)
    )


def build(folder: Path, old: int) -> None:
    """A home of old messages, one memory for ten of them, all of it read by earlier nights."""
    place(folder)
    file = folder / "old.jsonl"
    texts = old_messages(old)
    export_file(file, texts)
    with closing(opened(folder)) as runtime:
        import_path(
            file, database=runtime.database, conversations=runtime.conversations, memories=runtime.memories,
            clock=runtime.clock,
        )  # fmt: skip
        _remember(runtime)
        nights = NightStore(runtime.database)
        nights.move_cursor(nights.newest_message())
        runtime.vectors.warm()
        runtime.vectors.work()
    file.unlink()


def _remember(runtime: Runtime) -> None:
    """A memory of each tenth message."""
    made = []
    for conversation in runtime.conversations.list(limit=1_000_000):
        for message in runtime.conversations.thread(conversation.id)[::10]:
            quote = message.content
            source = Source(message_id=message.id, quote=quote, start=0, end=len(quote))
            made.append(Create(new=NewMemory(text=quote, said_at=message.said_at, sources=(source,))))
    for start in range(0, len(made), 500):
        runtime.memories.apply(made[start : start + 500], actor="you")


def add(folder: Path, new: int) -> None:
    """The new messages, in talks of twenty."""
    with closing(opened(folder)) as runtime:
        texts = told(new)
        for start in range(0, new, 20):
            talk = runtime.conversations.create()
            for text in texts[start : start + 20]:
                runtime.conversations.append(talk.id, NewMessage(role="user", content=text))
        runtime.vectors.work()


def night(folder: Path) -> tuple[float, float, int]:
    """Seconds by the clock and of the processor, and the changes, of one night."""
    with closing(opened(folder)) as runtime:
        runtime.vectors.warm()
        clock, processor = time.perf_counter(), time.process_time()
        with make_night(runtime, Options(), None) as made:
            run = made.run()
        seconds = time.perf_counter() - clock, time.process_time() - processor
        assert run is not None and run.status == "applied"
        changes = sum(n for row in run.report["changes"].values() for n in row.values())
        return *seconds, changes


def scaling(olds: Sequence[int], new: int, runs: int) -> str:
    """A night in homes of different ages."""
    rows: list[list[object]] = []
    first = (0.0, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        build(root / "warm", 100)
        add(root / "warm", new)
        night(root / "warm")  # word tables and imports are loaded once a process
        for old in olds:
            build(root / "home", old)
            add(root / "home", new)
            times = []
            for run in range(runs):
                copy = root / f"run-{run}"
                shutil.copytree(root / "home", copy)
                times.append(night(copy))
                shutil.rmtree(copy)
            shutil.rmtree(root / "home")
            clock, processor = median([t[0] for t in times]), median([t[1] for t in times])
            first = first if first[0] else (clock, processor)
            rows.append(
                [f"{old:,}", f"{old // 10:,}", times[0][2], f"{clock:.2f} s", f"{clock / first[0]:.2f}x",
                 f"{processor / first[1]:.2f}x", "1.3x"]
            )  # fmt: skip
            print(f"# {old:,} old messages: {clock:.2f} s", file=sys.stderr)
    return table(
        ["old messages", "old memories", f"changes from {new} new", "a night", "ratio", "processor", "at most"], rows
    )


def idle(runs: int) -> str:
    """The command where nothing is new, and what it has to be compared with."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), 2_000)
        environment = {**os.environ, "REVERIE_HOME": folder, "REVERIE_NOW": f"{NIGHT - timedelta(days=1):%FT%TZ}"}

        def once(*arguments: str) -> float:
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "assistant", *arguments], env=environment, check=True, capture_output=True
            )
            return time.perf_counter() - started

        times: dict[str, list[float]] = {"--help": [], "sleep --yes": []}
        for _ in range(runs):
            for command, found in times.items():
                found.append(once(*command.split()))
    base = median(times["--help"])
    return table(
        ["command", "wall time", "ratio", "at most"],
        [
            ["reverie --help", f"{1000 * base:.0f} ms", "baseline", ""],
            ["reverie sleep --yes, nothing new", f"{1000 * median(times['sleep --yes']):.0f} ms",
             f"{median(times['sleep --yes']) / base:.2f}x", "2.0x"],
        ],
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", default="1000,10000,100000", help="old messages of the homes, with commas")
    parser.add_argument("--new", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    print(machine(), "\n")
    print(idle(11), "\n")
    print(scaling([int(old) for old in wanted.old.split(",")], wanted.new, wanted.runs))


if __name__ == "__main__":
    main()
