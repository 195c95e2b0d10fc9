"""The fitted part: weights read from `weights.json`, the score of each candidate, and how likely it is evidence.

Three steps, each fitted by `benchmarks/fit_recall.py`:

1. *order*: a weighted sum of the columns of `features.py`, fitted as a softmax over the candidates of a question
   (ListNet, Cao et al. 2007: the loss is the cross entropy with the evidence);
2. *answerable*: a logistic regression over the question and its best candidates, fitted on questions that have an
   answer, questions made to have none, and questions of other people's lives;
3. *evidence*: how the share of the softmax that a candidate has becomes a probability (Platt 1999).

The score of a hit is the product of 2 and 3.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from memory.ranking.asking import Asked
from memory.ranking.features import Table

if TYPE_CHECKING:
    from memory.ranking.features import Column

FILE = Path(__file__).with_name("weights.json")
SPEAKER = ("speaker", "not speaker")
"""The columns that say who speaks: left out where it is asked who said the like of it."""


@dataclass(frozen=True)
class Weights:
    """What was fitted. `answerable` has an intercept named "bias"."""

    order: Mapping[str, float]
    answerable: Mapping[str, float]
    evidence: tuple[float, float]
    floor: Mapping[str, float]
    """Of questions that name a speaker, and of others: below it nothing is given."""
    embedder: str
    """Whose cosines they were fitted with."""


@cache
def weights(path: Path = FILE) -> Weights:
    """The shipped weights."""
    read = json.loads(path.read_text(encoding="utf-8"))
    return Weights(read["order"], read["answerable"], tuple(read["evidence"]), read["floor"], read["embedder"])


@dataclass(frozen=True)
class Judged:
    """The candidates of a question, as the model sees them; arrays in the order of the table."""

    scores: "Column"
    probabilities: "Column"
    answerable: float


def judge(table: Table, asked: Asked, fitted: Weights | None = None) -> Judged:
    """How likely each candidate bears on the question."""
    import numpy as np

    fitted = fitted or weights()
    if not table.candidates:
        return Judged(np.zeros(0), np.zeros(0), 0.0)
    scores = order(table, fitted.order)
    told = answerable_evidence(table, asked, scores, fitted.order)
    likely = _sigmoid(fitted.answerable["bias"] + sum(fitted.answerable[n] * v for n, v in told.items()))
    slope, start = fitted.evidence
    return Judged(scores, likely * _sigmoid(start + slope * log_shares(scores)), float(likely))


def order(table: Table, fitted: Mapping[str, float]) -> "Column":
    """The weighted sum of each candidate's columns."""
    import numpy as np

    scores: Column = table.matrix(list(fitted)) @ np.array(list(fitted.values()))
    return scores


def log_shares(scores: "Column") -> "Column":
    """The logarithm of each candidate's share of the softmax."""
    import numpy as np

    above = scores - scores.max()
    shares: Column = np.maximum(above - np.log(np.exp(above).sum()), -20.0)
    return shares


def answerable_evidence(table: Table, asked: Asked, scores: "Column", fitted: Mapping[str, float]) -> dict[str, float]:
    """What speaks for it that something here answers the question.

    Who is asked about counts most: where the best of what the others said fits better than the best of what that person
    said, the question puts words into the wrong mouth.
    """
    import numpy as np

    columns = table.columns
    about, others = columns["speaker"] > 0, columns["not speaker"] > 0
    said = scores - sum(columns[name] * fitted.get(name, 0.0) for name in SPEAKER)
    both, own = float(bool(about.any() and others.any())), float(asked.own and not asked.authors)
    ranked = np.argsort(-scores, kind="stable")
    unspoken = np.argsort(-said, kind="stable")[:3]
    best = ranked[:3]

    def lead(values: "Column") -> float:
        return float(values[about].max() - values[others].max()) if both else 0.0

    return {
        "somebody": both,
        "lead": max(-4.0, min(4.0, lead(said))),
        "lead of cover": lead(columns["cover"]),
        "first is theirs": both * float(columns["speaker"][unspoken[0]]),
        "three are theirs": both * float(columns["speaker"][unspoken].mean()),
        "ahead": min(4.0, float(scores[ranked[0]] - scores[ranked[1]])) if len(ranked) > 1 else 2.0,
        "dense": float(columns["dense"].max()),
        "cover": float(columns["cover"][best].max()),
        "theirs dense": both * float(columns["dense"][about].max()) if both else 0.0,
        "theirs cover": both * float(columns["cover"][about].max()) if both else 0.0,
        "theirs ahead": both * (min(4.0, float(scores[ranked[0]] - scores[ranked[1]])) if len(ranked) > 1 else 2.0),
        "theirs time": both * float(asked.sort == "time"),
        "theirs lead of meaning": lead(columns["dense"]),
        "unknown names": float(bool(asked.others) and not columns["names"][ranked[:10]].any()),
        "own": own,
        "dense own": own * float(columns["dense"].max()),
        "cover own": own * float(columns["cover"][best].max()),
    }


def _sigmoid(value: "Column | float") -> "Column":
    import numpy as np

    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(value, -30, 30))))
