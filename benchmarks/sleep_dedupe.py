"""What a night would merge of labelled pairs: `python -m benchmarks.sleep_dedupe --data FOLDER [--show]`.

FOLDER has the public sets in `pairs/`. Each sentence is a memory without a slot, told to the user ("you"); a pair is
merged where the night merges it without a model: the memories are comparable, the guard finds no difference, and
`same` has a reason at the shipped thresholds. The last row reads the made sentences with the rules for statements
instead, so that slots and values count, too. Beside it, in the same run, what plain cosine thresholds would merge.

A wrong merge is one of a pair that does not say the same; where a set leaves that open (STS-B from 4.0 to 4.8), it is
unclear. Aim: 1 wrong merge in 1,000 pairs at the most, and none in the made set.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.pairs import LabelledPair, made_pairs, public_sets
from benchmarks.report import machine, table
from memory.extraction import extract
from memory.extraction.voice import second_person
from memory.passages import embedded_text
from memory.types import Memory, Message, NewMemory, Trust
from memory.vectors.embedder import load_embedder
from sleep.calibrate import Thresholds, thresholds
from sleep.guard import differences
from sleep.sameness import comparable, same
from sleep.stages.extract import as_memory

if TYPE_CHECKING:
    from memory.vectors.base import Embedder

NOW = datetime(2026, 5, 3, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """A pair as memories, how close they are, and what the night says of it."""

    pair: LabelledPair
    one: Memory
    other: Memory
    cosine: float = 0.0
    why: str = ""


def decide(one: Memory, other: Memory, cosine: float, limits: Thresholds) -> str:
    """Why a night merges two memories without asking anybody; empty if it does not."""
    if not comparable(one, other) or differences(one.text, other.text):
        return ""
    return same(one, other, cosine, limits)


def plainly(pairs: Sequence[LabelledPair]) -> Iterator[Case]:
    """Each sentence as a memory without a slot."""
    for number, pair in enumerate(pairs):
        told = (NewMemory(text=second_person(text), said_at=NOW) for text in (pair.one, pair.other))
        one, other = (
            as_memory(m, _message(number, side, ""), trust=Trust.USER) for side, m in zip("ab", told, strict=True)
        )
        yield Case(pair, one, other)


def as_read(pairs: Sequence[LabelledPair]) -> Iterator[Case]:
    """Each sentence as the rules for statements read it, where both sentences of a pair are read as one memory."""
    for number, pair in enumerate(pairs):
        messages = [_message(number, side, text) for side, text in (("a", pair.one), ("b", pair.other))]
        read = [extract(message) for message in messages]
        if all(len(found) == 1 for found in read):
            one, other = (as_memory(f[0], m, trust=Trust.USER) for f, m in zip(read, messages, strict=True))
            yield Case(pair, one, other)


def _message(number: int, side: str, text: str) -> Message:
    return Message(
        id=f"{number}{side}", number=number, conversation_id="c", parent_id=None, role="user", author="", content=text,
        status="complete", said_at=NOW, zone="UTC",
    )  # fmt: skip


def judged(cases: Sequence[Case], embedder: "Embedder") -> list[Case]:
    """The cases with their cosine and the night's decision."""
    limits = _limits(embedder)
    texts = list(dict.fromkeys(m.text for case in cases for m in (case.one, case.other)))
    vectors = embedder.embed([embedded_text(text, "") for text in texts])
    place = {text: number for number, text in enumerate(texts)}
    found = []
    for case in cases:
        cosine = float(vectors[place[case.one.text]] @ vectors[place[case.other.text]])
        found.append(replace(case, cosine=cosine, why=decide(case.one, case.other, cosine, limits)))
    return found


def _limits(embedder: "Embedder") -> Thresholds:
    identity = embedder.identity
    name = f"{identity.name}|{identity.revision}|{identity.dimension}"
    return thresholds(name, lambda key: "", lambda key, value: None, embedder.embed)


# -- the table

WAYS: dict[str, Callable[[Case], bool]] = {
    "a night": lambda case: bool(case.why),
    "cosine >= 0.9": lambda case: case.cosine >= 0.9,
    "cosine >= 0.8": lambda case: case.cosine >= 0.8,
}
HEADER = ("set", "pairs", "true duplicates", "merged by", "merged of these", "wrong", "wrong in 1,000", "unclear")


def rows(name: str, cases: Sequence[Case]) -> list[list[object]]:
    """A row for each way of merging a set."""
    same = sum(case.pair.label == "same" for case in cases)
    found: list[list[object]] = []
    for way, merges in WAYS.items():
        merged = [case.pair.label for case in cases if merges(case)]
        right, wrong = merged.count("same"), merged.count("different")
        share = f"{right} ({right / same:.1%})" if same else "-"
        rate = f"{1000 * wrong / max(1, len(cases)):.2f}"
        found.append([name, len(cases), same or "-", way, share, wrong, rate, merged.count("unclear")])
    return found


def show(name: str, cases: Sequence[Case]) -> None:
    """Print what a night merges and must not."""
    for case in cases:
        if case.why and case.pair.label != "same":
            print(f"- {name}, {case.pair.label} ({case.pair.note}), {case.why}:")
            print(f"  - {case.one.text}\n  - {case.other.text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--each", type=int, default=250, help="made pairs of a kind")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--made-only", action="store_true", help="without the public sets")
    parser.add_argument("--show", action="store_true", help="list wrong and unclear merges of the night")
    options = parser.parse_args()
    print(f"{machine()}\n")
    embedder = load_embedder()
    made = made_pairs(options.each, options.seed)
    public = {} if options.made_only else public_sets(options.data)
    sets = {name: list(plainly(pairs)) for name, pairs in {**public, "made": made}.items()}
    sets["made, as read"] = list(as_read(made))
    results = {name: judged(cases, embedder) for name, cases in sets.items()}
    print(table(HEADER, [row for name, cases in results.items() for row in rows(name, cases)]))
    if options.show:
        print()
        for name, cases in results.items():
            show(name, cases)


if __name__ == "__main__":
    main()
