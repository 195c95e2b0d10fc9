"""Ways to find messages: the usual ones, and the program's own. Each is filled once and asked every question.

All of them use the same embedding model. The usual ones get every message as "[day] speaker: text", which is how people
put such messages into a store.
"""

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from assistant.recall_bench.data import Person, Query
from assistant.recall_bench.peers import PEERS

if TYPE_CHECKING:
    from memory.vectors.base import Embedder

DEPTH = 100
RRF_CONSTANT = 60
_WORD = re.compile(r"[^\W_]+")


class Arm(Protocol):
    """One way to find messages in one home."""

    def find(self, query: Query, k: int) -> list[str]:
        """Ids of messages, best first."""


class FullText:
    """SQLite FTS5, stemmed (porter): any of the question's words, ranked by its own BM25."""

    def __init__(self, person: Person) -> None:
        self._messages = person.messages
        self._table = sqlite3.connect(":memory:")
        self._table.execute("CREATE VIRTUAL TABLE said USING fts5(text, tokenize='porter unicode61')")
        rows = [(i, m.labelled) for i, m in enumerate(person.messages)]
        self._table.executemany("INSERT INTO said(rowid, text) VALUES (?, ?)", rows)

    def find(self, query: Query, k: int) -> list[str]:
        terms = " OR ".join(f'"{word}"' for word in _WORD.findall(query.text)[:200])
        found = self._table.execute(
            "SELECT rowid FROM said WHERE said MATCH ? ORDER BY rank LIMIT ?", (terms or '""', k)
        )
        return [self._messages[i].id for (i,) in found]


class Bm25:
    """Okapi BM25 over stems, with the constants of Lucene (k1 1.2, b 0.75), scores of all messages."""

    def __init__(self, person: Person) -> None:
        self._ids = [m.id for m in person.messages]
        self._stems = Stems()
        self._bags = self._stems.bags([m.labelled for m in person.messages])
        self._lengths = [sum(bag.values()) for bag in self._bags]
        self._mean = sum(self._lengths) / max(1, len(self._lengths))
        self._rows: dict[str, list[int]] = {}
        for i, bag in enumerate(self._bags):
            for stem in bag:
                self._rows.setdefault(stem, []).append(i)

    def scores(self, text: str) -> list[float]:
        scores = [0.0] * len(self._ids)
        for stem in self._stems.bags([text])[0]:
            rows = self._rows.get(stem, [])
            rare = math.log(1 + (len(self._ids) - len(rows) + 0.5) / (len(rows) + 0.5))
            for i in rows:
                count = self._bags[i][stem]
                scores[i] += rare * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * self._lengths[i] / self._mean))
        return scores

    def find(self, query: Query, k: int) -> list[str]:
        return _best(self._ids, self.scores(query.text), k)


class Stems:
    """Stems of texts, by the stemmer that SQLite has."""

    def bags(self, texts: Sequence[str]) -> list[Counter[str]]:
        table = sqlite3.connect(":memory:")
        table.execute("CREATE VIRTUAL TABLE said USING fts5(text, tokenize='porter unicode61')")
        table.execute("CREATE VIRTUAL TABLE stems USING fts5vocab(said, instance)")
        table.executemany("INSERT INTO said(rowid, text) VALUES (?, ?)", list(enumerate(texts)))
        bags: list[Counter[str]] = [Counter() for _ in texts]
        for stem, row in table.execute("SELECT term, doc FROM stems"):
            bags[row][stem] += 1
        return bags


class Dense:
    """Chroma with its own defaults: the collection that mem0, LangChain and others make of such messages."""

    def __init__(self, person: Person, embedder: "Embedder") -> None:
        import chromadb
        from chromadb.config import Settings

        self._embedder = embedder
        client = chromadb.EphemeralClient(settings=Settings(anonymized_telemetry=False))
        name = f"bench-{abs(hash(person.name)) % 10**8}"
        if name in {c.name for c in client.list_collections()}:
            client.delete_collection(name)
        self._said = client.create_collection(name, embedding_function=None, metadata={"hnsw:space": "cosine"})
        vectors = embedder.embed([m.labelled for m in person.messages])
        for start in range(0, len(person.messages), 2_000):
            part = slice(start, start + 2_000)
            ids = [f"{i}|{m.id}" for i, m in enumerate(person.messages)][part]
            self._said.add(ids=ids, embeddings=vectors[part])

    def find(self, query: Query, k: int) -> list[str]:
        vector = self._embedder.embed([query.text])
        k = min(k, self._said.count())
        found = self._said.query(query_embeddings=vector, n_results=k, include=[])
        return [i.partition("|")[2] for i in found["ids"][0]]


class Fused:
    """Reciprocal rank fusion of others (Cormack et al. 2009), each with its first hundred."""

    def __init__(self, arms: Sequence[Arm]) -> None:
        self._arms = arms

    def find(self, query: Query, k: int) -> list[str]:
        scores: dict[str, float] = {}
        for arm in self._arms:
            for rank, one in enumerate(arm.find(query, DEPTH), start=1):
                scores[one] = scores.get(one, 0.0) + 1 / (RRF_CONSTANT + rank)
        return sorted(scores, key=lambda one: -scores[one])[:k]


class ByHand:
    """A fusion set by hand that knows of conversations; no baseline, but what a fitted one has to beat.

    z-normalised BM25 + cosine + half the cosine of the message together with the one before; of that the neighbours' .2
    and .1, .3 of the conversation's best three, and .5 where the question names the speaker.
    """

    def __init__(self, person: Person, embedder: "Embedder", bm25: Bm25) -> None:
        import numpy as np

        self._embedder, self._bm25, self._messages = embedder, bm25, person.messages
        texts = [m.labelled for m in person.messages]
        same = [i > 0 and m.conversation == person.messages[i - 1].conversation for i, m in enumerate(person.messages)]
        self._alone = embedder.embed(texts)
        self._pairs = embedder.embed([f"{texts[i - 1]}\n{t}" if same[i] else t for i, t in enumerate(texts)])
        self._same = np.array(same)
        groups: dict[str, list[int]] = {}
        for i, m in enumerate(person.messages):
            groups.setdefault(m.conversation, []).append(i)
        self._groups = [np.array(rows) for rows in groups.values()]

    def find(self, query: Query, k: int) -> list[str]:
        import numpy as np

        def z(values: Any) -> Any:
            return (values - values.mean()) / (values.std() + 1e-9)

        vector = self._embedder.embed([query.text])[0]
        plain = z(np.array(self._bm25.scores(query.text))) + z(self._alone @ vector) + 0.5 * z(self._pairs @ vector)
        scores = plain.copy()
        scores[1:] += 0.2 * plain[:-1] * self._same[1:]
        scores[:-1] += 0.1 * plain[1:] * self._same[1:]
        for rows in self._groups:
            scores[rows] += 0.3 * np.sort(plain[rows])[-3:].mean()
        asked = query.text.lower()
        scores += np.array([0.5 * bool(m.author and m.author.lower() in asked) for m in self._messages])
        return _best([m.id for m in self._messages], scores.tolist(), k)


def _best(ids: Sequence[str], scores: Sequence[float], k: int) -> list[str]:
    order = sorted(range(len(ids)), key=lambda i: -scores[i])[:k]
    return [ids[i] for i in order]


OURS = "Reverie"
HAND = "set by hand"
BASELINES = ("BM25", "FTS5", "dense (Chroma)", "RRF of BM25 and dense")


def usual(person: Person, embedder: "Embedder") -> Iterable[tuple[str, Callable[[], Arm]]]:
    """The baselines, what is set by hand, and the peers that are installed; each made when it is asked for."""
    made: dict[str, Any] = {}

    def once(name: str, make: Callable[[], Any]) -> Callable[[], Any]:
        def get() -> Any:
            if name not in made:
                made[name] = make()
            return made[name]

        return get

    bm25, dense = once("BM25", lambda: Bm25(person)), once("dense (Chroma)", lambda: Dense(person, embedder))
    yield "BM25", bm25
    yield "FTS5", once("FTS5", lambda: FullText(person))
    yield "dense (Chroma)", dense
    yield "RRF of BM25 and dense", lambda: Fused([bm25(), dense()])
    yield HAND, once(HAND, lambda: ByHand(person, embedder, bm25()))
    for name, package, peer in PEERS:
        if find_spec(package) is not None:
            yield name, once(name, partial(peer, person, embedder))
