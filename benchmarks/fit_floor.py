"""Finds the FLOOR of assistant/recollect_score.py on made-up people: `python -m benchmarks.fit_floor`.

Plays the conversations in benchmarks/people through the engine with the real embedder, and prints for each floor how
many questions are answered from the right statement (recall), how many of the answers given are right (precision),
and how often it rightly says nothing. The floor that is chosen has the most right verdicts; of several, the middle.

`--weights` fits the weights that are not set by hand to the same conversations, and prints them. Nobody in them, and
no wording, is in the tests.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.paths import Paths
from assistant.recollect import RecallResponder, Told, choose
from assistant.recollect_question import understand
from assistant.recollect_score import BIAS, FLOOR, WEIGHTS, probability
from assistant.responder import Piece, Turn
from assistant.runtime import Runtime
from assistant.settings import Settings
from benchmarks.report import machine, table
from benchmarks.talks import play, read_script
from memory.clock import FixedClock
from memory.vectors.base import Embedder
from memory.vectors.embedder import load_embedder

PEOPLE = Path(__file__).parent / "people"
FLOORS = [number / 100 for number in range(10, 75, 5)]
SET_BY_HAND = frozenset(
    "slot stated|other slot|strict sort missing|name missing|kin missing".split("|"),
)
"""Too rare in a few hundred questions to be fitted; each is plain from what it means."""


class Watching(RecallResponder):
    """Answers as always, and keeps what it weighed for each question."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(embed=runtime.vectors.embed)
        self.weighings: list[list[tuple[dict[str, float], Told]]] = []

    async def respond(self, turn: Turn) -> AsyncIterator[Piece]:
        self.weighings.append(self.weighed(turn))
        async for piece in super().respond(turn):
            yield piece


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the labels that answer it, and each sentence that was weighed with its label."""

    person: str
    question: str
    expected: tuple[str, ...]
    weighed: list[tuple[dict[str, float], Told, str]]

    def verdict(self, floor: float) -> tuple[bool, bool]:
        """(something was told, it was right) with this floor."""
        ranked = sorted(((probability(e), t, label) for e, t, label in self.weighed), key=lambda row: -row[0])
        labels = {id(t): label for _, t, label in ranked}
        chosen = choose([(p, t) for p, t, _ in ranked], understand(self.question), floor)
        if not chosen:
            return False, not self.expected
        return True, labels[id(chosen[0])] in self.expected


async def cases_of(script: Path, embedder: Embedder) -> list[Case]:
    """Play a script in a home of its own."""
    lines = read_script(script)
    with tempfile.TemporaryDirectory() as folder:
        home, clock = Path(folder), FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
        settings = Settings.model_validate({"model": "none", "index": {"backend": "exact"}})
        runtime = Runtime.open(
            paths=Paths(data=home, config=home, cache=home / "cache"),
            settings=settings,
            clock=clock,
            load_embedder=lambda: embedder,
        )
        watching = Watching(runtime)
        runtime.engine.responder = watching
        await play(runtime, clock, lines)
        runtime.close()
    turns = [line for line in lines if line.mark != "=="]
    said = {line.text: line.labels[0] for line in lines if line.mark == ">" and line.labels}
    return [
        Case(script.stem, line.text, line.labels, [(e, t, label_of(t, said)) for e, t in weighed])
        for line, weighed in zip(turns, watching.weighings, strict=True)
        if line.mark in "?!"
    ]


def label_of(told: Told, said: dict[str, str]) -> str:
    """The label of the statement that a sentence is from."""
    hit = told.hit
    text = hit.text if hit.memory is None else hit.memory.sources[0].quote
    return next((label for statement, label in said.items() if text in statement), "")


def sweep(cases: Sequence[Case]) -> list[tuple[float, int, int, int, int]]:
    """For each floor: questions answered rightly, answers given, rightly silent, all right."""
    rows = []
    for floor in FLOORS:
        verdicts = [(case, *case.verdict(floor)) for case in cases]
        right = sum(ok for case, told, ok in verdicts if told)
        silent = sum(ok for case, told, ok in verdicts if not told)
        rows.append((floor, right, sum(told for _, told, _ in verdicts), silent, right + silent))
    return rows


def chosen(rows: Sequence[tuple[float, int, int, int, int]]) -> float:
    """The floor with the most right verdicts; of several, the middle."""
    most = max(row[4] for row in rows)
    best = [row[0] for row in rows if row[4] == most]
    return best[len(best) // 2]


def fit_weights(cases: Sequence[Case]) -> tuple[dict[str, float], float]:
    """Logistic regression of "this sentence answers" on the evidence; no weight may change the sign it has."""
    import numpy as np
    from scipy.optimize import minimize

    rows = [(e, label in case.expected) for case in cases for e, _, label in case.weighed]
    free = [name for name in WEIGHTS if name not in SET_BY_HAND]
    values = np.array([[e[name] for name in free] for e, _ in rows])
    given = np.array([sum(WEIGHTS[name] * e[name] for name in SET_BY_HAND) for e, _ in rows])
    truth = np.array([answers for _, answers in rows], float)
    scale = values.std(axis=0) + 1e-6

    def loss(weights: "np.ndarray") -> float:
        logits = given + values @ (weights[1:] / scale) + weights[0]
        misses = np.logaddexp(0, -logits) * truth + np.logaddexp(0, logits) * (1 - truth)
        return float(misses.sum() / 50 + 0.05 * (weights[1:] ** 2).sum())

    bounds = [(None, None), *((0, None) if WEIGHTS[name] > 0 else (None, 0) for name in free)]
    found = minimize(loss, np.zeros(len(free) + 1), bounds=bounds).x
    fitted = dict(zip(free, (found[1:] / scale).tolist(), strict=True))
    return {name: round(fitted.get(name, WEIGHTS[name]), 2) for name in WEIGHTS}, round(float(found[0]), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", action="store_true", help="fit the weights, too, and print them")
    options = parser.parse_args()
    embedder = load_embedder()
    cases = [case for path in sorted(PEOPLE.glob("*.talk")) for case in asyncio.run(cases_of(path, embedder))]
    answerable = sum(bool(case.expected) for case in cases)
    print(f"{machine()}\n{answerable} questions with an answer, {len(cases) - answerable} without\n")
    if options.weights:
        weights, bias = fit_weights(cases)
        print("\n".join(f"    {name!r}: {value}," for name, value in weights.items()), f"\nBIAS = {bias}\n")
    rows = sweep(cases)
    shown = [
        [f"{floor:.2f}", f"{right / max(told, 1):.3f}", f"{right / answerable:.3f}",
         f"{silent / (len(cases) - answerable):.3f}", f"{every}/{len(cases)}"]
        for floor, right, told, silent, every in rows
    ]  # fmt: skip
    print(table(["floor", "precision", "recall", "abstains rightly", "right verdicts"], shown))
    print(f"\nChosen: {chosen(rows):.2f}. In the code: {FLOOR:.2f} (with BIAS {BIAS}).")


if __name__ == "__main__":
    main()
