"""Messages, memories, or both: `python -m benchmarks.recall_memories --data FILE [--only NAME]`.

FILE is LoCoMo's json, which comes with observations: facts that name whom they are of, each with the messages that they
were made from. Here they stand for the memories of perfect nights: each conversation is imported with its observations
as memories, and asked as `reverie recall` asks. A memory shows the evidence that it cites. "memories" are the first ten
hits that are memories, of the same search.

AUROC is by the score of the first hit, of the questions that can be answered against those put into the wrong mouth.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.context import estimate_tokens
from assistant.recall_bench.data import Person, read_data
from assistant.recall_bench.measure import K, Marks, Remembering, Result, filled_home, shown_by
from assistant.runtime import Runtime
from benchmarks.fit_recall import auroc
from benchmarks.public import mean
from benchmarks.report import machine, table
from memory.store.acts import Create
from memory.types import Hit, NewMemory, Source, Trust
from memory.vectors.embedder import load_embedder

DEEP = 150
"""So many hits are asked for where only memories are kept."""
ARMS = ("messages", "memories", "both")


def observations(row: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Whom it is of, what it says, and the ids of its messages."""
    found = []
    for said in row["observation"].values():
        for who, facts in said.items():
            for text, ids in facts:
                found.append((who, text, [ids] if isinstance(ids, str) else list(ids)))
    return found


def remember(runtime: Runtime, facts: Sequence[tuple[str, str, list[str]]]) -> int:
    """Store the facts as memories that cite their messages; those without any are left out."""
    messages = {
        m.external_id: m for c in runtime.conversations.list(limit=10_000) for m in runtime.conversations.thread(c.id)
    }
    made = []
    for who, text, ids in facts:
        cited = [messages[i] for i in ids if i in messages]
        if cited:
            sources = tuple(Source(message_id=m.id, quote=m.content, start=0, end=len(m.content)) for m in cited)
            said_at = max(m.said_at for m in cited)
            made.append(Create(new=NewMemory(text=text, subject=who, said_at=said_at, trust=Trust.IMPORTED,
                                             sources=sources)))  # fmt: skip
    runtime.memories.apply(made, actor="import", reason="observations")
    runtime.vectors.work()
    return len(made)


class Told:
    """What each arm found."""

    def __init__(self) -> None:
        self.marks = {arm: Marks() for arm in ARMS}
        self.sure: dict[str, list[tuple[float, bool]]] = {arm: [] for arm in ARMS}
        self.tokens: dict[str, list[float]] = {arm: [] for arm in ARMS}

    def ask(self, runtime: Runtime, person: Person, arm: str) -> None:
        """Every question of a person."""
        for query in person.queries:
            found = runtime.retriever.search(query.text, DEEP if arm == "memories" else K, now=query.now)
            hits: list[Hit] = [h for h in found.hits if arm != "memories" or h.memory is not None][:K]
            self.sure[arm].append((hits[0].score if hits else 0.0, query.answerable))
            if query.answerable:
                self.marks[arm].add(query, [shown_by(hit) for hit in hits], found.milliseconds)
                self.tokens[arm].append(sum(estimate_tokens(hit.text) for hit in hits))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", default="", help="names of conversations, with commas")
    options = parser.parse_args()
    rows = {row["sample_id"]: row for row in json.loads(options.data.read_text(encoding="utf-8"))}
    wanted = set(filter(None, options.only.split(",")))
    embedder, told, made = Remembering(load_embedder()), Told(), 0
    for person in read_data(options.data):
        if wanted and person.name not in wanted:
            continue
        with filled_home(person, embedder, Result(), "exact") as runtime:
            told.ask(runtime, person, "messages")
            made += remember(runtime, observations(rows[person.name]))
            told.ask(runtime, person, "memories")
            told.ask(runtime, person, "both")
    print(f"{machine()}\n\n{made} memories\n")
    print(table(["LoCoMo", "questions", "R@10", "NDCG@10", "AUROC", "tokens of ten"], [
        [arm, len(told.marks[arm].recall), f"{mean(told.marks[arm].recall):.3f}", f"{mean(told.marks[arm].gain):.3f}",
         f"{auroc(*zip(*told.sure[arm], strict=True)):.3f}", f"{mean(told.tokens[arm]):.0f}"]
        for arm in ARMS
    ]))  # fmt: skip


if __name__ == "__main__":
    main()
