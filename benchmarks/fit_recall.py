"""Fits memory/ranking/weights.json: `python -m benchmarks.fit_recall --data DATA --cache FOLDER [--write] [--ablate]`.

DATA has LoCoMo (`locomo_dev.json`) and BEAM (`beam_100K`). Each conversation is imported into a home of its own under
FOLDER, once; its questions go through the very code that answers `reverie recall`, which yields the columns. Fitted are

1. the order: cross entropy of a softmax over a question's candidates with its evidence, an L2 penalty on standardised
   weights, one LoCoMo question counting as much as a third of a BEAM question, of which there are fewer;
2. answerable: a logistic regression over the questions, those that are made to have no answer, and the questions of
   other people's homes;
3. evidence: a logistic regression from the share of the softmax to being evidence.

What is printed is held out: five folds, each a LoCoMo conversation and every fifth BEAM chat, fitted on the others.
`--ablate` leaves one group of columns out at a time, and tries what was left out for good: a second search with the
first three hits (their vectors, weighed by their share: a step towards what a question only implies), and maximal
marginal relevance among the first thirty. `--write` fits on everything and writes the file.
"""

import argparse
import json
import math
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
from benchmarks.report import machine, table
from benchmarks.talks import read_script
from memory.clock import FixedClock, parse_instant
from memory.ranking.anchors import anchored
from memory.ranking.asking import Asked, understand
from memory.ranking.features import Table
from memory.ranking.features import table as features
from memory.ranking.gather import Around, gather
from memory.ranking.latest import latest_first
from memory.ranking.model import FILE, answerable_evidence, log_shares, order
from memory.ranking.people import Authors
from memory.retrieval import DEPTH
from memory.transfer import import_path
from memory.vectors.base import Embedder
from memory.vectors.embedder import DEFAULT_NAME, load_embedder

SETS = {"locomo": "locomo_dev.json", "beam": "beam_100K"}
SHARE = {"locomo": 1.0, "beam": 3.0, "people": 0.5}
PEOPLE = Path(__file__).parent / "people"
FOLDS = 5
L2 = 3.0
KEPT = 120
"""Candidates of a question that the order is fitted on: the best by a plain sum of the channels, and the evidence."""
STRANGERS = 12
"""Questions of other homes that are asked in each, as ones that nothing answers."""
BY_HAND = {"slot": 6.0, "trigrams z": 1.2}
"""Public data have neither memories nor scripts without spaces. Set so that a memory that states the attribute that is
asked for leads, and that trigrams decide where words cannot."""
LEAST_FLOOR = {True: 0.02, False: 0.005}
"""At the floor, at most so many answerable questions come back empty: of those that name a speaker, and of others,
where what cannot be answered is told from what is said in other words far less surely."""
MARGIN = 0.5
"""Homes differ in how people say things: outside of what was measured, little is lost by giving too much."""

COLUMNS = (
    "dense", "words", "words z", "cover", "names", "length", "when", "speaker", "not speaker", "dense before",
    "dense after", "words before", "words after", "cover after", "two before", "reply", "session", "user own",
    "length own", "session own", "asks named", "speaker words", "wish request", "time asked",
    "count asked", "place asked", "person asked",
)  # fmt: skip
GROUPS = {
    "vectors": ("dense", "dense before", "dense after"),
    "full text": ("words", "words z", "cover", "words before", "words after", "cover after", "speaker words"),
    "the message before": ("dense before", "words before", "two before", "reply"),
    "the message after": ("dense after", "words after", "cover after"),
    "the conversation's best": ("session", "session own"),
    "who is asked about": ("speaker", "not speaker", "speaker words", "asks named"),
    "whose words are asked for": ("user own",),
    "the time that is named": ("when",),
    "the sort of answer": ("time asked", "count asked", "place asked", "person asked"),
    "standing wishes": ("wish request",),
    "length": ("length", "length own"),
    "names": ("names",),
}


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


# -- columns


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


# -- fitting


def fit_order(cases: Sequence[Case], columns: Sequence[str], start: Any = None) -> dict[str, float]:
    """The weights of the order, over the questions that have evidence among their candidates."""
    from scipy.optimize import minimize

    used = [c for c in cases if c.answerable and _truth(c).any()]
    parts = [c.table.matrix(columns)[kept] for c in used for kept in [_kept(c)]]
    truth = np.concatenate([_truth(c)[_kept(c)] for c in used]).astype(float)
    sizes = [len(p) for p in parts]
    rows = np.concatenate(parts)
    scale = rows.std(0) + 1e-6
    rows = (rows / scale).astype(np.float32)
    of, starts = np.repeat(np.arange(len(sizes)), sizes), np.cumsum([0, *sizes[:-1]])
    target = (truth / np.add.reduceat(truth, starts)[of]).astype(np.float32)
    share = np.array([SHARE[c.set] for c in used], np.float32)

    def loss(w: Any) -> tuple[float, Any]:
        scores = rows @ w.astype(np.float32)
        most = np.maximum.reduceat(scores, starts)
        powers = np.exp(scores - most[of])
        sums = np.add.reduceat(powers, starts)
        missed = share * (np.log(sums) + most - np.add.reduceat(target * scores, starts))
        slope = rows.T @ ((powers / sums[of] - target) * share[of])
        return float(missed.sum() + L2 * (w**2).sum()), slope.astype(float) + 2 * L2 * w

    first = np.zeros(len(columns)) if start is None else np.array([start[n] for n in columns]) * scale
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 200, "ftol": 1e-7}).x
    return dict(zip(columns, (found / scale).tolist(), strict=True))


def _truth(case: Case) -> Any:
    if case.evidence is None:
        wanted = set(case.query["evidence"]) if not case.stranger else set()
        case.evidence = np.array([name in wanted for name in case.ids], bool)
    return case.evidence


def _kept(case: Case) -> Any:
    c = case.table.columns
    plain = 8 * c["dense"] + c["words z"] + c["session"] + 1.5 * c["speaker"] + 2 * c["user own"] + 3 * c["when"]
    kept = np.zeros(len(plain), bool)
    kept[np.argsort(-plain)[:KEPT]] = True
    return kept | _truth(case)


def fit_answerable(cases: Sequence[Case], fitted: dict[str, float]) -> dict[str, float]:
    """The weights of whether anything answers; each of the three kinds of questions without an answer counts as is."""
    found = [(answerable_evidence(c.table, c.asked, order(c.table, fitted), fitted), c.answerable) for c in cases]
    names = list(found[0][0])
    rows = np.array([[told[name] for name in names] for told, _ in found])
    return _logistic(rows, np.array([yes for _, yes in found], float), names, l2=1.0)


def fit_evidence(cases: Sequence[Case], fitted: dict[str, float]) -> tuple[float, float]:
    """Slope and start of the probability that a candidate is evidence, where the question has an answer."""
    shares, truth = [], []
    for case in cases:
        if case.answerable and _truth(case).any():
            scores = order(case.table, fitted)
            best = np.argsort(-scores)[:30]
            shares.append(log_shares(scores)[best])
            truth.append(_truth(case)[best])
    found = _logistic(np.concatenate(shares)[:, None], np.concatenate(truth).astype(float), ["share"], l2=0.1)
    return found["share"], found["bias"]


def _logistic(rows: Any, truth: Any, names: Sequence[str], l2: float) -> dict[str, float]:
    from scipy.optimize import minimize

    middle, scale = rows.mean(0), rows.std(0) + 1e-6
    values = (rows - middle) / scale

    def loss(w: Any) -> tuple[float, Any]:
        logits = values @ w[1:] + w[0]
        missed = np.logaddexp(0, -logits) * truth + np.logaddexp(0, logits) * (1 - truth)
        off = 1 / (1 + np.exp(-logits)) - truth
        return float(missed.sum() + l2 * (w[1:] ** 2).sum()), np.concatenate(
            [[off.sum()], values.T @ off + 2 * l2 * w[1:]]
        )

    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B").x
    weights = found[1:] / scale
    return {"bias": float(found[0] - (weights * middle).sum()), **dict(zip(names, weights.tolist(), strict=True))}


# -- judging


def held_out(cases: Sequence[Case], columns: Sequence[str]) -> dict[int, dict[str, float]]:
    """The order of each fold, fitted on the others."""
    found: dict[int, dict[str, float]] = {}
    for fold in range(FOLDS):
        found[fold] = fit_order([c for c in cases if c.fold != fold], columns, found.get(fold - 1))
    return found


def marks(case: Case, fitted: dict[str, float], *, latest: bool = True, diverse: float = 0.0) -> dict[str, float]:
    """Recall and NDCG of the first ten; `stale` where an old and a new value were both there."""
    scores = order(case.table, fitted)
    ranked = [int(i) for i in np.argsort(-scores, kind="stable")]
    if diverse:
        ranked = _diverse(ranked, case, scores, diverse)
    if latest:
        ranked = latest_first(ranked, case.table.candidates, scores, case.asked)
    wanted = set(case.query["evidence"])
    got = [case.ids[i] in wanted for i in ranked[:10]]
    ideal = sum(1 / math.log2(r + 2) for r in range(min(10, len(wanted))))
    row = {"R@10": sum(got) / len(wanted), "NDCG@10": sum(g / math.log2(r + 2) for r, g in enumerate(got)) / ideal}
    old, new = case.query.get("old"), case.query.get("new")
    if old and new and old != new:
        place = {case.ids[i]: r for r, i in enumerate(ranked)}
        if set(old) & set(place) and set(new) & set(place):
            row["stale"] = float(min(place.get(i, 999) for i in old) < min(place.get(i, 999) for i in new))
    return row


def summary(cases: Sequence[Case], folds: dict[int, dict[str, float]], **how: Any) -> dict[tuple[str, str], Any]:
    """Means by data set and category."""
    groups: dict[tuple[str, str], list[dict[str, float]]] = {}
    for case in cases:
        if case.query["evidence"] and not case.stranger:
            row = marks(case, folds[case.fold], **how)
            groups.setdefault((case.set, case.query["category"]), []).append(row)
            if case.answerable:
                groups.setdefault((case.set, "all"), []).append(row)
    names = ("R@10", "NDCG@10", "stale")
    return {
        group: (len(rows), *(np.mean(found) if (found := [r[n] for r in rows if n in r]) else math.nan for n in names))
        for group, rows in groups.items()
    }


def auroc(values: Sequence[float], truth: Sequence[bool]) -> float:
    """How often a question with an answer scores above one without."""
    from scipy.stats import rankdata

    ranks, yes = rankdata(values), np.array(truth)
    n, m = yes.sum(), (~yes).sum()
    return float((ranks[yes].sum() - n * (n + 1) / 2) / (n * m)) if n and m else math.nan


def confidence(cases: Sequence[Case], folds: dict[int, dict[str, float]]) -> list[float]:
    """How likely each question has an answer, held out."""
    fitted = {fold: fit_answerable([c for c in cases if c.fold != fold], folds[fold]) for fold in range(FOLDS)}
    return [likely(c, folds[c.fold], fitted[c.fold]) for c in cases]


def likely(case: Case, fitted: dict[str, float], answer: dict[str, float]) -> float:
    """How likely a question has an answer."""
    told = answerable_evidence(case.table, case.asked, order(case.table, fitted), fitted)
    return 1 / (1 + math.exp(-answer["bias"] - sum(answer[name] * value for name, value in told.items())))


def report(cases: Sequence[Case], folds: dict[int, dict[str, float]]) -> list[float]:
    """Print what is held out; returns the floors, of questions that name a speaker and of others."""
    found = summary(cases, folds)
    print(table(["data", "questions", "n", "R@10", "NDCG@10", "old before new"], [
        [*group, n, f"{recall:.3f}", f"{gain:.3f}", "" if math.isnan(stale) else f"{stale:.3f}"]
        for group, (n, recall, gain, stale) in sorted(found.items())
    ]))  # fmt: skip
    sure = confidence(cases, folds)
    kinds = {
        "locomo, adversarial": lambda c: c.set == "locomo" and not c.stranger,
        "beam, abstention": lambda c: c.set == "beam" and not c.stranger,
        "locomo, of others": lambda c: c.set == "locomo" and (c.answerable or c.stranger),
        "beam, of others": lambda c: c.set == "beam" and (c.answerable or c.stranger),
        "people, never told": lambda c: c.set == "people",
    }
    floors = [floor_of(cases, sure, named=named) for named in (True, False)]
    rows = []
    for name, taken in kinds.items():
        part = [(s, c.answerable) for s, c in zip(sure, cases, strict=True) if taken(c)]
        short = [(s < floors[not c.asked.authors], c.answerable) for s, c in zip(sure, cases, strict=True) if taken(c)]
        empty = [np.mean([below for below, yes in short if yes is which]) for which in (True, False)]
        rows.append([name, f"{auroc(*zip(*part, strict=True)):.3f}", *(f"{e:.1%}" for e in empty)])
    kept = [s >= floors[not c.asked.authors] or not c.asked.question for s, c in zip(sure, cases, strict=True)]
    for name in SETS:
        part = [(marks(c, folds[c.fold]), k) for c, k in zip(cases, kept, strict=True)
                if c.set == name and c.answerable and c.query["evidence"]]  # fmt: skip
        means = [float(np.mean([row[column] * k for row, k in part])) for column in ("R@10", "NDCG@10")]
        print(f"{name}, with the floor: R@10 {means[0]:.3f}, NDCG@10 {means[1]:.3f}")
    print(f"\nfloors {floors}\n" + table(["without an answer", "AUROC", "empty, answerable", "empty, without"], rows))
    return floors


def floor_of(cases: Sequence[Case], sure: Sequence[float], *, named: bool) -> float:
    """Below it, at most LEAST_FLOOR of the questions that have an answer, in any of the data sets."""
    found = [
        float(np.quantile(values, LEAST_FLOOR[named]))
        for name in SHARE
        if (values := [s for s, c in zip(sure, cases, strict=True)
                       if c.answerable and c.set == name and bool(c.asked.authors) is named])
    ]  # fmt: skip
    return math.floor(1000 * min(found) * (1.0 if named else MARGIN)) / 1000


def ablation(cases: Sequence[Case], folds: dict[int, dict[str, float]]) -> None:
    """Print what each part adds, held out."""
    whole = summary(cases, folds)
    arms = {"everything": COLUMNS} | {
        f"without {name}": tuple(c for c in COLUMNS if c not in group) for name, group in GROUPS.items()
    }
    rows = []
    for name, columns in arms.items():
        found = summary(cases, held_out(cases, columns))
        rows.append(
            [name]
            + [
                f"{100 * (found[s, 'all'][i] - (0 if name == 'everything' else whole[s, 'all'][i])):+.1f}"
                for s in SETS
                for i in (1, 2)
            ]
        )
    found = summary(cases, folds, latest=False)
    rows.append(
        ["without the latest first"]
        + [f"{100 * (found[s, 'all'][i] - whole[s, 'all'][i]):+.1f}" for s in SETS for i in (1, 2)]
    )
    print("\n" + table(["", "LoCoMo R@10", "NDCG@10", "BEAM R@10", "NDCG@10"], rows))


def tried(cases: Sequence[Case], folds: dict[int, dict[str, float]]) -> None:
    """Print what else was tried, held out."""
    for case in cases:
        scores = order(case.table, folds[case.fold])
        best = np.argsort(-scores)[:3]
        near = case.vectors @ case.vectors[best].T
        near[best, range(len(best))] = near.mean()
        case.table.columns["feedback"] = near @ np.exp(log_shares(scores)[best])  # type: ignore[index]
    whole = summary(cases, folds)
    found = {"a second search by the first three": summary(cases, held_out(cases, (*COLUMNS, "feedback")))}
    for much in (0.25, 0.5, 1.0):
        found[f"maximal marginal relevance, {much}"] = summary(cases, folds, diverse=much)
    shown = (("locomo", "all"), 1), (("locomo", "all"), 2), (("locomo", "multi-hop"), 1), (("beam", "all"), 1)
    print("\n" + table(["tried", "LoCoMo R@10", "NDCG@10", "multi-hop R@10", "BEAM R@10"], [
        [name, *(f"{100 * (means[group][i] - whole[group][i]):+.1f}" for group, i in shown)]
        for name, means in found.items()
    ]))  # fmt: skip


def _diverse(ranked: Sequence[int], case: Case, scores: Any, much: float) -> list[int]:
    """Maximal marginal relevance (Carbonell, Goldstein 1998): each next one is likely, and unlike those before it."""
    left, chosen = list(ranked[:30]), []
    near = case.vectors @ case.vectors[left].T
    at = {i: n for n, i in enumerate(left)}
    while left:
        best = max(left, key=lambda i: scores[i] - much * max((near[c, at[i]] for c in chosen), default=0.0))
        chosen.append(best)
        left.remove(best)
    return [*chosen, *ranked[30:]]


def write(cases: Sequence[Case], floors: Sequence[float]) -> None:
    """Fit on everything and write the file."""
    fitted = fit_order(cases, COLUMNS)
    slope, start = fit_evidence(cases, fitted)
    answer = fit_answerable(cases, fitted)
    content = {
        "order": {name: round(value, 3) for name, value in fitted.items()} | BY_HAND,
        "answerable": {name: round(value, 3) for name, value in answer.items()},
        "evidence": [round(slope, 3), round(start, 3)],
        "floor": {"speaker named": floors[0], "other": floors[1]},
        "embedder": DEFAULT_NAME,
    }
    FILE.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="keep homes and vectors here")
    parser.add_argument("--write", action="store_true", help="write memory/ranking/weights.json")
    parser.add_argument("--ablate", action="store_true", help="leave out one part at a time")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    embedder = Known(options.cache / "questions.pickle")
    cases = [*cases_of(options.data, options.cache, embedder), *people_of(options.cache, embedder)]
    embedder.save()
    print(f"{machine()}\n")
    folds = held_out(cases, COLUMNS)
    floors = report(cases, folds)
    if options.ablate:
        ablation(cases, folds)
        tried(cases, folds)
    if options.write:
        write(cases, floors)


if __name__ == "__main__":
    main()
