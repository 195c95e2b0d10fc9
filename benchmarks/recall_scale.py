"""What a search costs in a large home: `python -m benchmarks.recall_scale [--sizes 6000 100000]`.

Made-up messages of words as rare as in real text (Zipf), of two people, in conversations of forty; vectors by hashing,
as many numbers as the default embedder's. Questions are of a few words that some message has, half of them name who.
The question's vector is made before the clock starts: what is told is everything else that a search does, read from
disk to finished hits. Chroma alone and FTS5 alone are asked the same in the same run, ten hits each.

Memory is what the process holds with the default embedder loaded and the home searched, against the embedder alone plus
the vectors.
"""

import argparse
import gc
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import IndexSettings, Settings
from benchmarks.report import machine, percentile, table
from memory.clock import FixedClock
from memory.types import NewMessage
from memory.vectors.embedder import load_embedder
from memory.vectors.hashing import HashEmbedder

START = datetime(2024, 1, 1, 9, tzinfo=UTC)
WORDS = 20_000
A_TALK = 40
QUESTIONS = 200
PEOPLE = ("Ana", "Bram")


def made_up(size: int, chance: random.Random) -> list[str]:
    """Texts of 6 to 24 words; the word of rank n is as frequent as 1/n."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    names = ["".join(chance.choices(syllables, k=3)) for _ in range(WORDS)]
    weights = [1 / (rank + 10) for rank in range(WORDS)]
    return [" ".join(chance.choices(names, weights, k=chance.randint(6, 24))) for _ in range(size)]


def questions(texts: Sequence[str], chance: random.Random) -> list[str]:
    """Of four words of a message each; every other one names somebody."""
    asked = []
    for number, text in enumerate(chance.sample(list(texts), QUESTIONS)):
        words = " ".join(chance.sample(text.split(), 4))
        asked.append(
            f"What did {PEOPLE[number % 4 // 2]} say of {words}?" if number % 2 else f"When did I say {words}?"
        )
    return asked


def fill(home: Path, texts: Sequence[str], backend: str) -> Runtime:
    """A home with these messages, embedded."""
    clock = FixedClock(START + timedelta(days=400))
    settings = Settings(model="none", index=IndexSettings(backend=backend))
    embedder = HashEmbedder(384)
    runtime = Runtime.open(
        paths=Paths(data=home, config=home, cache=home / "cache"), settings=settings, clock=clock,
        load_embedder=lambda: embedder,
    )  # fmt: skip
    with runtime.database.read() as session:
        filled = session.connection().exec_driver_sql("SELECT count(*) FROM message").scalar()
    if not filled:
        for start in range(0, len(texts), A_TALK):
            talk = runtime.conversations.create(f"talk {start}")
            runtime.conversations.append_many(talk.id, [
                NewMessage(role="user" if n % 2 else "assistant", author=PEOPLE[n % 2], content=text,
                           said_at=START + timedelta(minutes=5 * (start + n)))
                for n, text in enumerate(texts[start : start + A_TALK])
            ])  # fmt: skip
    runtime.vectors.work()
    runtime.vectors.warm()
    runtime.vectors.work()  # an index that another run left behind is made anew
    assert runtime.vectors.status().in_use.lower().startswith(backend)
    return runtime


Times = list[tuple[float, float]]
"""Milliseconds of each question: by the clock, and of this thread's processor, which a busy machine does not change."""


def timed(asked: Sequence[str], find: Callable[[str], object]) -> Times:
    """The times of each question, after ten to warm up."""
    for question in asked[:10]:
        find(question)
    found = []
    for question in asked:
        started, worked = time.perf_counter(), time.thread_time()
        find(question)
        found.append(((time.perf_counter() - started) * 1000, (time.thread_time() - worked) * 1000))
    return found


def ours(runtime: Runtime, asked: Sequence[str]) -> Times:
    """Everything but the question's embedding: hashing it takes no time worth telling."""
    return timed(asked, lambda question: runtime.retriever.search(question, 10))


def chroma_alone(runtime: Runtime, asked: Sequence[str]) -> Times:
    """The nearest ten."""
    vectors = {question: runtime.vectors.embed([question]) for question in asked}
    return timed(asked, lambda question: runtime.vectors.search_vector(vectors[question], 10))


def fts_alone(path: Path, asked: Sequence[str]) -> Times:
    """Any of the words, the best ten."""
    with closing(sqlite3.connect(path)) as base:
        query = "SELECT rowid FROM message_words WHERE message_words MATCH ? ORDER BY rank LIMIT 10"

        def find(question: str) -> object:
            terms = " OR ".join(f'"{word.strip("?")}"' for word in question.split())
            return base.execute(query, (terms,)).fetchall()

        return timed(asked, find)


def resident() -> float:
    """Bytes that this process holds."""
    gc.collect()
    return float(psutil.Process().memory_info().rss)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[6_000, 100_000])
    options = parser.parse_args()
    print(f"{machine()}\n", flush=True)
    model = load_embedder()
    model.embed(["warm"])
    alone = resident()
    rows = []
    for size in options.sizes:
        chance = random.Random(7)
        texts = made_up(size, chance)
        asked = questions(texts, chance)
        home = Path(tempfile.mkdtemp())
        for backend in ("exact", "chroma"):
            with closing(fill(home, texts, backend)) as runtime:
                before = resident()
                runtime.vectors.warm()
                times = {f"Reverie, {backend}": ours(runtime, asked)}
                held = resident()
                times |= {"Chroma alone": chroma_alone(runtime, asked)} if backend == "chroma" else {}
                times |= {"FTS5 alone": fts_alone(runtime.paths.database, asked)} if backend == "exact" else {}
            share = (alone + held - before) / (alone + size * 384 * 4)
            for name, found in times.items():
                memory = f"{share:.2f}x" if name.startswith("Reverie") else ""
                clock, processor = ([one[i] for one in found] for i in (0, 1))
                shares = [f"{percentile(part, share):.1f} ms" for part in (clock, processor) for share in (0.5, 0.95)]
                rows.append([f"{size:,}", name, *shares, memory])
        shutil.rmtree(home)
    print(
        table(["messages", "what", "p50", "p95", "processor p50", "p95", "memory, against embedder and vectors"], rows)
    )


if __name__ == "__main__":
    main()
