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
marginal relevance among the first thirty. `--shipped` asks the same questions through the search that answers `reverie
recall`, with the file as it is. `--write` fits on everything and writes the file.
"""

import argparse
import json
import math
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from assistant.recall_bench.arms import OURS
from assistant.recall_bench.data import Query
from assistant.recall_bench.measure import Result, ask_ours
from benchmarks.public import Row
from benchmarks.recall_cases import FOLDS, SETS, Case, Known, cases_of, home_of, people_of, questions
from benchmarks.report import machine, table
from memory.clock import parse_instant
from memory.ranking.latest import latest_first
from memory.ranking.model import FILE, answerable_evidence, log_shares, order
from memory.vectors.base import Embedder
from memory.vectors.embedder import DEFAULT_NAME

SHARE = {"locomo": 1.0, "beam": 3.0, "people": 0.5}
L2 = 3.0
KEPT = 120
"""Candidates of a question that the order is fitted on: the best by a plain sum of the channels, and the evidence."""
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


def shipped(data: Path, cache: Path, embedder: Embedder) -> None:
    """Print what the file as it is finds, through the search itself, with its floor."""
    rows = []
    for name, source in SETS.items():
        found = Result()
        for person in sorted(p for p in (cache / name).iterdir() if p.is_dir()):
            with closing(home_of(person, embedder)) as runtime:
                for row in questions(data / source, person):
                    ask_ours(runtime, _as_query(row), found)
        marks = found.marks[OURS]["all"]
        rows.append([name, len(marks.recall), f"{np.mean(marks.recall):.3f}", f"{np.mean(marks.gain):.3f}",
                     f"{auroc(*zip(*found.sure, strict=True)):.3f}", f"{np.mean(found.tokens):.0f}"])  # fmt: skip
    print("\n" + table(["as shipped", "questions", "R@10", "NDCG@10", "AUROC of the first score", "tokens"], rows))


def _as_query(row: Row) -> Query:
    evidence, old, new = (frozenset(map(str, row.get(name) or ())) for name in ("evidence", "old", "new"))
    return Query(id=str(row["id"]), text=row["query"], now=parse_instant(row["now"]), category=row["category"],
                 evidence=evidence, old=old, new=new)  # fmt: skip


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
    parser.add_argument("--shipped", action="store_true", help="what the file as it is finds, by the search itself")
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
    if options.shipped:
        shipped(options.data, options.cache, embedder)
    if options.write:
        write(cases, floors)


if __name__ == "__main__":
    main()
