"""What retrieval finds before and after a night: `python -m benchmarks.sleep_recall --data FOLDER [--only NAME]`.

FOLDER has LoCoMo (`locomo_dev.json`): two people over months, of whom one is the user and the other is told as the
assistant. Each conversation is imported into a fresh home with the default embedder; a real night without a model
follows. The evidence that the first ten hits show is counted as the script beside the data counts it: a message by its
own id, a memory by those of the messages it cites. Questions that nothing answers ("adversarial") are left out.

"memories and summaries" are what the night made, without any message: the memories, and the lines of the summaries of
conversations (each line is one sentence and knows its message), ranked by cosine. Of the best ones as many are given as
fit into a third of the tokens of the ten best messages before the night, and the evidence compared; since a night reads
only what the user says, once more in the evidence that the user said.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from assistant.context import estimate_tokens
from assistant.runtime import Runtime
from benchmarks.public import Row, converted, mean, rows_of, sleep_once, told
from benchmarks.report import machine, table
from memory.clock import parse_instant
from memory.nights import Level
from memory.store import MemoryFilter
from memory.store.nights import NightStore
from memory.types import Hit
from memory.vectors.embedder import load_embedder

K = 10
SHARE = 1 / 3
"""Of the messages' tokens: what memories and summaries may take."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that was found: its text, and the external ids of the messages behind it."""

    text: str
    ids: frozenset[str]


@dataclass(slots=True)
class Scores:
    """Evidence found, and tokens given, of one question after the other."""

    recall: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    """Of the evidence that the user said: the night reads nothing else."""
    tokens: list[float] = field(default_factory=list)

    def add(self, query: Row, shown: Sequence[Shown]) -> None:
        """Count what the first ten show of a question's evidence."""
        evidence = frozenset(query["evidence"])
        found = frozenset().union(*(one.ids for one in shown[:K])) & evidence
        self.recall.append(len(found) / len(evidence))
        if own := evidence & query["own"]:
            self.own.append(len(found & own) / len(own))
        self.tokens.append(sum(estimate_tokens(one.text) for one in shown[:K]))


@dataclass(frozen=True, slots=True)
class Result:
    """One conversation before and after a night."""

    name: str
    questions: int
    memories: int
    dropped: int
    """Memories that were read, and that the exam did not let pass."""
    before: Scores
    after: Scores
    made: Scores
    """What the night made, without messages."""
    seconds: float
    """Of the night."""


def conversation(person: Path, runtime: Runtime) -> Result:
    """Search, sleep, search again."""
    own = frozenset(m["id"] for m in rows_of(person / "messages.jsonl") if m["role"] == "user")
    queries = [{**q, "own": own} for q in rows_of(person / "queries.jsonl") if q["category"] != "adversarial"]
    before = searched(runtime, queries)
    started = time.perf_counter()
    run = sleep_once(runtime)
    seconds = time.perf_counter() - started
    runtime.vectors.work()
    memories = runtime.memories.list(MemoryFilter(limit=100_000))
    made = by_meaning(runtime, queries, made_in_the_night(runtime), [SHARE * tokens for tokens in before.tokens])
    dropped = run.report["changes"].get("extract", {}).get("dropped", 0) if run else 0
    return Result(person.name, len(queries), len(memories), dropped, before, searched(runtime, queries), made, seconds)


def searched(runtime: Runtime, queries: Sequence[Row]) -> Scores:
    """What `recall --batch` answers."""
    scores = Scores()
    for query in queries:
        found = runtime.retriever.search(query["query"], K, now=parse_instant(query["now"]))
        scores.add(query, [_shown(hit) for hit in found.hits])
    return scores


def _shown(hit: Hit) -> Shown:
    return Shown(hit.text, frozenset((*hit.sources, *([hit.external_id] if hit.external_id else ()))))


def made_in_the_night(runtime: Runtime) -> list[Shown]:
    """Active memories, and the lines of the summaries of conversations."""
    messages = [m for c in runtime.conversations.list(limit=100_000) for m in runtime.conversations.thread(c.id)]
    external = {name: m.external_id or m.short_id for m in messages for name in (m.id, m.short_id)}
    found = [
        Shown(memory.text, frozenset(external[source.message_id] for source in memory.sources))
        for memory in runtime.memories.list(MemoryFilter(limit=100_000))
    ]
    for summary in NightStore(runtime.database).summaries(Level.CONVERSATION):
        lines = zip(summary.text.splitlines(), summary.sources, strict=True)
        found += [Shown(line, frozenset({external[source]})) for line, source in lines]
    return found


def by_meaning(
    runtime: Runtime, queries: Sequence[Row], candidates: Sequence[Shown], budgets: Sequence[float]
) -> Scores:
    """The closest by cosine, as far as a question's budget of tokens goes."""
    vectors = runtime.vectors.embed([one.text for one in candidates])
    asked = runtime.vectors.embed([query["query"] for query in queries])
    scores = Scores()
    for query, vector, budget in zip(queries, asked, budgets, strict=True):
        best = (vectors @ vector).argsort()[::-1][:K]
        spent = accumulate(estimate_tokens(candidates[i].text) for i in best)
        scores.add(query, [candidates[i] for i, tokens in zip(best, spent, strict=True) if tokens <= budget])
    return scores


# -- the table

HEADER = (
    "conversation", "questions", "memories", "dropped by the exam", "Recall@10 before", "Recall@10 after", "ratio",
    "memories and summaries only", "ratio", "the same of the user's own words",
    "tokens, messages", "tokens, after", "tokens, only", "fewer by", "night",
)  # fmt: skip


def row(name: str, results: Sequence[Result]) -> list[object]:
    """One conversation, or all of them with each question counting the same."""
    parts = [[r.before for r in results], [r.after for r in results], [r.made for r in results]]
    recall = [mean([v for scores in part for v in scores.recall]) for part in parts]
    own = [mean([v for scores in part for v in scores.own]) for part in parts]
    tokens = [mean([v for scores in part for v in scores.tokens]) for part in parts]
    return [
        name,
        sum(r.questions for r in results),
        sum(r.memories for r in results),
        sum(r.dropped for r in results),
        f"{recall[0]:.3f}",
        f"{recall[1]:.3f}",
        f"{recall[1] / recall[0]:.3f}",
        f"{recall[2]:.3f}",
        f"{recall[2] / recall[0]:.2f}",
        f"{own[2]:.3f} of {own[0]:.3f}",
        *(f"{t:.0f}" for t in tokens),
        f"{1 - tokens[2] / tokens[0]:.0%}",
        f"{sum(r.seconds for r in results):.1f} s",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", default="", help="names of conversations, with commas")
    options = parser.parse_args()
    print(f"{machine()}\n", flush=True)
    embedder = load_embedder()
    wanted = set(filter(None, options.only.split(",")))
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for person in converted(options.data / "locomo_dev.json", Path(folder) / "talks"):
            if not wanted or person.name in wanted:
                with told(person, Path(folder) / "homes" / person.name, embedder) as runtime:
                    results.append(conversation(person, runtime))
    rows = [row(result.name, [result]) for result in results]
    print(table(HEADER, [*rows, row("all", results)]))


if __name__ == "__main__":
    main()
