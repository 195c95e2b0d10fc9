"""What a turn and an import cost: `python -m benchmarks.engine [--messages N] [--import-messages N] [--turns N]`.

A turn without a model on a home of made messages, warm: what retrieval takes beside the query's own embedding, and
what storing takes. An import beside the raw embedding of the same texts by the same model in the same run.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.events import Finished, Retrieved
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from benchmarks.report import machine, median, percentile, table
from memory.database import Database
from memory.store import ConversationStore
from memory.transfer import import_path
from memory.types import NewMessage
from memory.vectors.embedder import load_embedder

WHO = """Ana Ben Chloe Dora Emil Farid Greta Hugo Ines Jonas my-sister my-boss our-neighbour the-vet""".split()
DOES = """moved to|works at|is cooking for|forgot|bought|painted|repaired|wrote about|dreams of|is afraid of|visited
|planted|sold|borrowed|is learning|complained about|is planning|lost|found|praised""".replace("\n", "").split("|")
WHAT = """Lyon|the bakery|forty guests|the umbrella|a red bicycle|the fence|the roof|old maps|a boat|thunder
|the museum|tomatoes|the piano|a ladder|Portuguese|the noise|a wedding|the keys|a letter|the soup|chess|the garden
""".replace("\n", "").split("|")
WHEN = "yesterday|last week|on Monday|in spring|before lunch|for years|again|in the rain|at night".split("|")


def made_messages(count: int, seed: int = 7) -> list[str]:
    """Different made-up sentences about people, one to three a message."""
    choose = random.Random(seed)

    def sentence() -> str:
        return f"{choose.choice(WHO)} {choose.choice(DOES)} {choose.choice(WHAT)} {choose.choice(WHEN)}"

    return [f"{'. '.join(sentence() for _ in range(choose.randint(1, 3)))} (no. {number})." for number in range(count)]


def made_questions(count: int, seed: int = 11) -> list[str]:
    """Questions about them."""
    choose = random.Random(seed)
    forms = ["When did {0} think of {1}?", "Who {2} {1}?", "What about {0} and {1} {3}?", "Do you know if {0} {2} {1}?"]
    return [
        choose.choice(forms).format(choose.choice(WHO), choose.choice(WHAT), choose.choice(DOES), choose.choice(WHEN))
        for _ in range(count)
    ]


def export_file(path: Path, texts: list[str]) -> None:
    """The messages as JSONL, 50 to a conversation."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            row = {
                "conversation": f"c{number // 50}",
                "id": str(number),
                "role": "user" if number % 2 == 0 else "assistant",
                "content": text,
                "created_at": (start + timedelta(minutes=number)).isoformat(),
            }
            file.write(json.dumps(row) + "\n")


async def turns(runtime: Runtime, questions: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of retrieval and of the whole turn, for each question."""
    conversation = runtime.conversations.create()
    retrieval, whole = [], []
    for question in questions:
        started = time.perf_counter()
        async for event in runtime.engine.answer(conversation.id, question):
            if isinstance(event, Retrieved):
                retrieval.append(event.milliseconds)
            elif isinstance(event, Finished):
                whole.append((time.perf_counter() - started) * 1000)
    return retrieval, whole


def storing(database: Database, runtime: Runtime, count: int) -> list[float]:
    """Milliseconds to store a message of the user, each."""
    store = ConversationStore(database, runtime.clock)
    conversation = store.create()
    times = []
    for text in made_messages(count, seed=23):
        started = time.perf_counter()
        store.append(conversation.id, NewMessage(role="user", content=text))
        times.append((time.perf_counter() - started) * 1000)
    return times


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processor: the second is the steadier where others use the machine, too."""
    clock, processor = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - clock, time.process_time() - processor


def bench_import(runtime: Runtime, file: Path, texts: list[str]) -> list[list[object]]:
    """Import with embedding beside the raw embedding of the same texts."""
    embedder = load_embedder()
    embedder.embed(texts[:64])
    runtime.vectors.warm()

    def embed_all() -> None:
        for at in range(0, len(texts), 1024):
            embedder.embed(texts[at : at + 1024])

    def store_all() -> None:
        import_path(
            file,
            database=runtime.database,
            conversations=runtime.conversations,
            memories=runtime.memories,
            clock=runtime.clock,
        )

    raw, text, vectors = timed(embed_all), timed(store_all), timed(runtime.vectors.work)
    total = (text[0] + vectors[0], text[1] + vectors[1])

    def row(name: str, taken: tuple[float, float], limit: str = "") -> list[object]:
        ratios = [f"{t / r:.2f}x" for t, r in zip(taken, raw, strict=True)]
        return [name, f"{taken[0]:.1f} s", f"{len(texts) / taken[0]:.0f}/s", *ratios, limit]

    return [
        row("raw embedding of the texts", raw, "baseline"),
        row("import: text stored and searchable", text),
        row("import: embedding and index", vectors),
        row("import, all of it", total, "1.20x"),
    ]


def bench_turns(runtime: Runtime, count: int) -> list[list[object]]:
    """Turns without a model on the home that the import filled."""
    questions = made_questions(count)
    asyncio.run(turns(runtime, questions[:10]))
    embedding = []
    for question in questions:
        started = time.perf_counter()
        runtime.vectors.embed([question])
        embedding.append((time.perf_counter() - started) * 1000)
    retrieval, whole = asyncio.run(turns(runtime, questions))
    stored = storing(runtime.database, runtime, count)
    rows = {
        "embedding the query alone": embedding,
        "retrieval of a turn, embedding included": retrieval,
        "a whole turn with `none`": whole,
        "storing a message": stored,
    }
    return [[name, f"{median(v):.1f} ms", f"{percentile(v, 0.95):.1f} ms"] for name, v in rows.items()]


def opened(folder: Path) -> Runtime:
    """A fresh home."""
    paths = Paths(data=folder, config=folder, cache=folder / "cache")
    return Runtime.open(paths=paths, settings=Settings(model="none"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--import-messages", type=int, default=50_000)
    parser.add_argument("--turns", type=int, default=200)
    options = parser.parse_args()
    print(f"{machine()}\n")
    for count, what in ((options.messages, "turns"), (options.import_messages, "import")):
        if not count:
            continue
        with tempfile.TemporaryDirectory() as folder:
            texts = made_messages(count)
            export_file(Path(folder) / "export.jsonl", texts)
            runtime = opened(Path(folder) / "home")
            rows = bench_import(runtime, Path(folder) / "export.jsonl", texts)
            print(f"Import of {count:,} messages\n")
            print(table(["step", "time", "rate", "ratio", "ratio, processor", "at most"], rows), flush=True)
            if what == "turns":
                print(f"\nTurns on {count:,} messages, warm, {options.turns} questions\n")
                print(table(["step", "p50", "p95"], bench_turns(runtime, options.turns)), flush=True)
            print()
            runtime.close()


if __name__ == "__main__":
    main()
