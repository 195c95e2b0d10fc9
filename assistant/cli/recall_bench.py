"""`reverie bench recall`: runs the comparison and prints its tables."""

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from assistant.cli.output import say, show, show_json
from assistant.paths import typed_path
from memory.errors import InvalidInput

if TYPE_CHECKING:
    from assistant.recall_bench.data import Person
    from assistant.recall_bench.measure import Marks, Result, Tell


def bench_recall(data: str, *, only: Sequence[str], backend: str, as_json: bool) -> int:
    """Compare ways of finding on the data at a path. Raises InvalidInput for what is none."""
    from assistant.recall_bench.data import read_data
    from assistant.recall_bench.measure import measure
    from memory.vectors.embedder import load_embedder

    people = _chosen(read_data(typed_path(data)), only)
    with _watching(as_json=as_json) as tell:
        result = measure(people, load_embedder(), tell, backend)
    if as_json:
        show_json(_values(result))
    else:
        show(_tables(result, people))
    return 0


def _chosen(people: "list[Person]", only: Sequence[str]) -> "list[Person]":
    names = {person.name for person in people}
    if missing := [name for name in only if name not in names]:
        raise InvalidInput(f"There is no {missing[0]!r} in the data.", f"There are: {', '.join(sorted(names))}.")
    return [person for person in people if not only or person.name in only]


@contextmanager
def _watching(*, as_json: bool) -> "Iterator[Tell]":
    if as_json or not sys.stderr.isatty():
        last: list[str] = []

        def line(what: str, done: int, total: int) -> None:
            person = what.partition(":")[0]
            if not as_json and last != [person]:
                last[:] = [person]
                say(f"{person} ({done} of {total})")

        yield line
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("measuring", total=1)

        def move(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield move


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan


def _auroc(sure: Sequence[tuple[float, bool]]) -> float:
    """How often a question with an answer scores above one without; equals count half."""
    yes = [score for score, answerable in sure if answerable]
    no = [score for score, answerable in sure if not answerable]
    if not yes or not no:
        return math.nan
    return sum((a > b) + 0.5 * (a == b) for a in yes for b in no) / (len(yes) * len(no))


def _row(marks: "Marks") -> dict[str, Any]:
    row = {
        "questions": len(marks.recall), "recall": round(_mean(marks.recall), 4), "ndcg": round(_mean(marks.gain), 4),
        "p50_ms": round(_percentile(marks.milliseconds, 0.5), 2),
        "p95_ms": round(_percentile(marks.milliseconds, 0.95), 2),
    }  # fmt: skip
    return {**row, "stale": round(_mean(marks.stale), 4)} if marks.stale else row


def _empty(result: "Result", *, answerable: bool) -> float:
    return _mean([float(score == 0.0) for score, yes in result.sure if yes is answerable])


def _values(result: "Result") -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "arms": {arm: {name: _row(m) for name, m in groups.items()} for arm, groups in result.marks.items()},
        "auroc": _plain(_auroc(result.sure)),
        "empty_answerable": _plain(_empty(result, answerable=True)),
        "empty_unanswerable": _plain(_empty(result, answerable=False)),
        "tokens_of_ten": _plain(_mean(result.tokens)),
        "messages": result.messages,
        "ingest_per_second": round(result.messages / result.ingest, 1) if result.ingest else None,
        "ingest_of_embedding": round(result.embedding / result.ingest, 3) if result.ingest else None,
    }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _tables(result: "Result", people: "Sequence[Person]") -> str:
    from assistant.recall_bench.arms import BASELINES, OURS

    ours = result.marks[OURS]
    best = {
        name: max(_mean(result.marks[b][name].recall) for b in BASELINES if name in result.marks[b]) for name in ours
    }
    lines = ["| | R@10 | NDCG@10 | p50 | p95 |", "|---|---|---|---|---|"]
    for arm, groups in result.marks.items():
        row = _row(groups["all"])
        lines.append(
            f"| {arm} | {row['recall']:.3f} | {row['ndcg']:.3f} | {row['p50_ms']:.1f} ms | {row['p95_ms']:.1f} ms |"
        )
    lines += ["", "| category | questions | best baseline, R@10 | Reverie, R@10 | NDCG@10 |", "|---|---|---|---|---|"]
    for name in sorted(ours):
        row = _row(ours[name])
        lines.append(f"| {name} | {row['questions']} | {best[name]:.3f} | {row['recall']:.3f} | {row['ndcg']:.3f} |")
    return "\n".join([*lines, "", *_notes(result, people)])


def _notes(result: "Result", people: "Sequence[Person]") -> Iterator[str]:
    from assistant.recall_bench.arms import OURS

    questions = sum(len(person.queries) for person in people)
    yield (
        f"{len(people)} homes, {result.messages:,} messages, {questions:,} questions. Times are of everything but the "
        f"question's own embedding."
    )
    if not math.isnan(area := _auroc(result.sure)):
        yield (
            f"Answerable against never told, by the first hit's score: AUROC {area:.3f}; empty at the floor "
            f"{_empty(result, answerable=True):.1%} of those with an answer, {_empty(result, answerable=False):.1%} of "
            f"the others."
        )
    if stale := result.marks[OURS].get("knowledge_update"):
        yield f"The old value before the new one: {_mean(stale.stale):.1%} of {len(stale.stale)} that have both."
    recall, tokens = _mean(result.marks[OURS]["all"].recall), _mean(result.tokens)
    yield f"Ten hits are {tokens:,.0f} tokens: {1000 * recall / tokens:.3f} of the evidence for 1,000 tokens."
    yield (
        f"Ingest: {result.messages / result.ingest:.0f} messages a second, {result.embedding / result.ingest:.0%} of "
        f"that time is the embedding itself."
    )
