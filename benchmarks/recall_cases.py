"""Questions in homes, with the columns of their candidates: what `benchmarks.fit_recall` fits and judges on.

Each conversation of LoCoMo and BEAM is imported into a home of its own, once, and so is each of the made-up people.
"""

import json
import pickle
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import IndexSettings, Settings
from benchmarks.public import Row, converted, rows_of
from benchmarks.talks import read_script
from memory.clock import FixedClock, parse_instant
from memory.ranking.anchors import anchored
from memory.ranking.asking import Asked, understand
from memory.ranking.features import Table
from memory.ranking.features import table as features
from memory.ranking.gather import Around, gather
from memory.ranking.people import Authors
from memory.retrieval import DEPTH
from memory.transfer import import_path
from memory.vectors.base import Embedder
from memory.vectors.embedder import load_embedder

SETS = {"locomo": "locomo_dev.json", "beam": "beam_100K"}
PEOPLE = Path(__file__).parent / "people"
FOLDS = 5
STRANGERS = 12
"""Questions of other homes that are asked in each, as ones that nothing answers."""


@dataclass
class Case:
    """One question in one home, with the columns of its candidates."""

    set: str
    person: str
    query: Row
    asked: Asked
    table: Table
    ids: list[str]
    stranger: bool = False
    evidence: Any = field(default=None)
    vectors: Any = field(default=None)
    """One a candidate, for what is tried."""

    @property
    def answerable(self) -> bool:
        return not self.stranger and self.query["category"] not in ("adversarial", "abstention")

    @property
    def fold(self) -> int:
        digits = int("".join(c for c in self.person if c.isdigit()))
        return (
            {26: 0, 30: 1, 41: 2, 42: 3, 43: 4}.get(digits, digits % FOLDS) if self.set == "locomo" else digits % FOLDS
        )


def home_of(person: Path, embedder: Embedder) -> Runtime:
    """The home of a person, filled the first time."""
    home, messages = person / "home", rows_of(person / "messages.jsonl")
    clock = FixedClock(parse_instant(max(m["created_at"] for m in messages)) + timedelta(days=1))
    settings = Settings(model="none", index=IndexSettings(backend="exact"))
    paths = Paths(data=home, config=home, cache=home / "cache")
    runtime = Runtime.open(paths=paths, settings=settings, clock=clock, load_embedder=lambda: embedder)
    if not (home / "done").exists():
        import_path(
            person / "messages.jsonl", database=runtime.database, conversations=runtime.conversations,
            memories=runtime.memories, clock=clock,
        )  # fmt: skip
        runtime.vectors.work()
        (home / "done").touch()
    return runtime


def questions(source: Path, person: Path) -> list[Row]:
    """The queries of a person; of BEAM also those that nothing answers, which the converter leaves out."""
    found = rows_of(person / "queries.jsonl")
    probes = source / person.name / "probing_questions" / "probing_questions.json"
    for number, one in enumerate(json.loads(probes.read_text())["abstention"] if probes.exists() else []):
        found.append({"id": f"{person.name}/abstention/{number}", "query": one["question"], "now": found[0]["now"],
                      "category": "abstention", "evidence": []})  # fmt: skip
    return found


def cases_of(data: Path, cache: Path, embedder: Embedder, sets: Sequence[str] = tuple(SETS)) -> Iterable[Case]:
    """Every question of every person, and some of others."""
    for name in sets:
        source = SETS[name]
        if not (cache / name).exists():
            converted(data / source, cache / name)
        people = sorted(p for p in (cache / name).iterdir() if p.is_dir())
        asked = {p: questions(data / source, p) for p in people}
        for at, person in enumerate(people):
            other = asked[people[(at + 1) % len(people)]]
            strange = [q for q in other if q["category"] != "abstention"][:: max(1, len(other) // STRANGERS)]
            with closing(home_of(person, embedder)) as runtime:
                yield from _asked(runtime, name, person, asked[person], stranger=False)
                yield from _asked(runtime, name, person, strange, stranger=True)


def people_of(cache: Path, embedder: Embedder) -> Iterable[Case]:
    """The made-up people of `benchmarks/people`: one speaker, short statements, some questions without an answer."""
    for script in sorted(PEOPLE.glob("*.talk")):
        folder, lines = cache / "people" / script.stem, read_script(script)
        said = [line for line in lines if line.mark == ">"]
        if not (folder / "messages.jsonl").exists():
            folder.mkdir(parents=True, exist_ok=True)
            rows = [
                {"conversation": "talk", "id": str(n), "role": "user", "content": line.text,
                 "created_at": f"{datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n):%Y-%m-%dT%H:%M:%SZ}"}
                for n, line in enumerate(said)
            ]  # fmt: skip
            (folder / "messages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        queries = [
            {"id": f"{script.stem}/{n}", "query": line.text, "now": "2026-12-31T00:00:00Z",
             "category": "told" if line.labels else "abstention",
             "evidence": [str(i) for i, one in enumerate(said) if set(one.labels) & set(line.labels)]}
            for n, line in enumerate(lines) if line.mark in ("?", "!")
        ]  # fmt: skip
        with closing(home_of(folder, embedder)) as runtime:
            yield from _asked(runtime, "people", folder, queries, stranger=False)


_FIRST_VECTORS = """SELECT p.owner_number, e.vector FROM passage p JOIN embedding e ON e.text_hash = p.text_hash
 WHERE p.owner_type = 'message' ORDER BY p.number DESC"""


def _asked(runtime: Runtime, name: str, person: Path, queries: Sequence[Row], *, stranger: bool) -> Iterable[Case]:
    around = Around()
    with runtime.database.read() as session:
        ids = dict(session.connection().exec_driver_sql("SELECT number, external_id FROM message").fetchall())
        authors = Authors().of(session)
        of = {n: np.frombuffer(blob, "<f4") for n, blob in session.connection().exec_driver_sql(_FIRST_VECTORS)}
        for query in queries:
            now = parse_instant(query["now"])
            asked = anchored(session, understand(query["query"], authors, now), now, "UTC")
            dense = runtime.vectors.search(asked.text, DEPTH)
            around.cosines = lambda passages, text=asked.text: runtime.vectors.cosines(text, passages)
            found = features(gather(session, asked, dense, {}, DEPTH, around), asked)
            names = [ids[one.number] for one in found.candidates]
            near = np.stack([of[one.number] for one in found.candidates])
            yield Case(name, person.name, query, asked, found, names, stranger, vectors=near)


class Known:
    """An embedder that remembers the texts it has seen, in a file: a second run asks the same questions."""

    def __init__(self, file: Path) -> None:
        self._file, self._model = file, None
        self._vectors: dict[str, Any] = pickle.loads(file.read_bytes()) if file.exists() else {}
        self.identity = load_embedder().identity if not self._vectors else self._vectors["identity"]

    def embed(self, texts: Sequence[str]) -> Any:
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            self._model = self._model or load_embedder()
            self._vectors |= dict(zip(missing, self._model.embed(missing), strict=True))
        return np.stack([self._vectors[text] for text in texts]) if texts else np.zeros((0, self.identity.dimension))

    def save(self) -> None:
        self._file.write_bytes(pickle.dumps({"identity": self.identity, **self._vectors}))
