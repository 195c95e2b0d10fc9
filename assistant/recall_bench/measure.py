"""One run: every way of finding is asked every question of every person, in the same process, with the same vectors."""

import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.context import estimate_tokens
from assistant.paths import Paths
from assistant.recall_bench.arms import OURS, usual
from assistant.recall_bench.data import Person, Query
from assistant.runtime import Runtime
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.ranking.packing import shortened
from memory.transfer import import_path
from memory.types import Hit

if TYPE_CHECKING:
    from memory.vectors.base import Embedder, EmbedderIdentity, Matrix

K = 10
Tell = Callable[[str, int, int], None]
"""What is done, how much of it, of how much."""


@dataclass
class Marks:
    """What one way of finding did in one group of questions."""

    recall: list[float] = field(default_factory=list)
    gain: list[float] = field(default_factory=list)
    stale: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def add(self, query: Query, found: Sequence[frozenset[str]], milliseconds: float) -> None:
        """Count what the first ten show of a question's evidence; NDCG is binary."""
        seen: set[str] = set()
        gains = []
        for ids in found[:K]:
            fresh = (ids & query.evidence) - seen
            gains.append(bool(fresh))
            seen |= fresh
        ideal = sum(1 / math.log2(rank + 2) for rank in range(min(len(query.evidence), K)))
        self.recall.append(len(seen) / len(query.evidence))
        self.gain.append(sum(1 / math.log2(rank + 2) for rank, gain in enumerate(gains) if gain) / ideal)
        self.milliseconds.append(milliseconds)
        old, new = _place(found, query.old), _place(found, query.new)
        if old is not None and new is not None and query.old != query.new:
            self.stale.append(float(old < new))


def _place(found: Sequence[frozenset[str]], ids: frozenset[str]) -> int | None:
    return next((rank for rank, shown in enumerate(found) if shown & ids), None)


@dataclass
class Result:
    """All of a run."""

    marks: dict[str, dict[str, Marks]] = field(default_factory=dict)
    """By the way of finding, then by category; "all" is all that can be answered."""
    sure: list[tuple[float, bool]] = field(default_factory=list)
    """The score of our first hit (0: none) of each question, and whether it can be answered."""
    tokens: list[float] = field(default_factory=list)
    """Of the first ten of ours, of long messages the stretch that is given to a model."""
    messages: int = 0
    ingest: float = 0.0
    """Seconds from text to searchable, of homes that were filled in this run."""
    embedding: float = 0.0
    """Seconds of those that embedding took."""

    def of(self, arm: str, category: str) -> Marks:
        return self.marks.setdefault(arm, {}).setdefault(category, Marks())


class Remembering:
    """An embedder that embeds a text once: many ways of finding are asked the same questions."""

    def __init__(self, embedder: "Embedder") -> None:
        self._embedder = embedder
        self._vectors: dict[str, Matrix] = {}
        self.seconds = 0.0

    @property
    def identity(self) -> "EmbedderIdentity":
        return self._embedder.identity

    def embed(self, texts: Sequence[str]) -> "Matrix":
        import numpy as np

        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            started = time.perf_counter()
            self._vectors |= dict(zip(missing, self._embedder.embed(missing), strict=True))
            self.seconds += time.perf_counter() - started
        if not texts:
            return self._embedder.embed([])
        return np.stack([self._vectors[text] for text in texts])


def measure(people: Sequence[Person], embedder: "Embedder", tell: Tell, backend: str = "chroma") -> Result:
    """Ask everybody everything."""
    result = Result()
    for at, person in enumerate(people):
        known = Remembering(embedder)
        tell(f"{person.name}: filling", at, len(people))
        with _home(person, known, result, backend) as runtime:
            known.embed([query.text for query in person.queries])
            tell(f"{person.name}: {OURS}", at, len(people))
            for query in person.queries:
                _ask_ours(runtime, query, result)
        for name, make in usual(person, known):
            tell(f"{person.name}: {name}", at, len(people))
            arm = make()
            for query in person.queries:
                started = time.perf_counter()
                found = [frozenset({one}) for one in arm.find(query, 50)]
                _mark(result, name, query, found, (time.perf_counter() - started) * 1000)
    tell("done", len(people), len(people))
    return result


@contextmanager
def _home(person: Person, embedder: Remembering, result: Result, backend: str) -> Iterator[Runtime]:
    """A home with a person's messages, embedded; gone afterwards."""
    clock = FixedClock(max(m.at for m in person.messages) + timedelta(days=1))
    settings = Settings.model_validate({"model": "none", "index": {"backend": backend}})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        paths = Paths(data=home, config=home, cache=home / "cache")
        file = home / "messages.jsonl"
        file.write_text("".join(_lines(person)), encoding="utf-8")
        with closing(
            Runtime.open(paths=paths, settings=settings, clock=clock, load_embedder=lambda: embedder)
        ) as runtime:
            started = time.perf_counter()
            import_path(
                file,
                database=runtime.database,
                conversations=runtime.conversations,
                memories=runtime.memories,
                clock=clock,
            )
            runtime.vectors.work()
            result.ingest += time.perf_counter() - started
            result.embedding += embedder.seconds
            result.messages += len(person.messages)
            yield runtime


def _lines(person: Person) -> Iterator[str]:
    for m in person.messages:
        row: dict[str, Any] = {"conversation": m.conversation, "id": m.id, "role": m.role, "content": m.content}
        yield json.dumps({**row, "author": m.author, "created_at": m.at.isoformat()}) + "\n"


def _ask_ours(runtime: Runtime, query: Query, result: Result) -> None:
    started = time.perf_counter()
    hits = runtime.retriever.search(query.text, 50, now=query.now).hits
    milliseconds = (time.perf_counter() - started) * 1000
    result.sure.append((hits[0].score if hits else 0.0, query.answerable))
    result.tokens.append(sum(estimate_tokens(shortened(hit).text) for hit in hits[:K]))
    _mark(result, OURS, query, [_ids(hit) for hit in hits], milliseconds)


def _ids(hit: Hit) -> frozenset[str]:
    return frozenset((*hit.sources, *([hit.external_id] if hit.external_id else ())))


def _mark(result: Result, arm: str, query: Query, found: Sequence[frozenset[str]], milliseconds: float) -> None:
    if query.evidence:
        result.of(arm, query.category).add(query, found, milliseconds)
        if query.answerable:
            result.of(arm, "all").add(query, found, milliseconds)
