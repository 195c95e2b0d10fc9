"""What notes of a conversation's beginning keep of it: `python -m benchmarks.nap_text --data PATH [--window TOKENS]`.

PATH is LoCoMo's json or a folder of BEAM chats. Of each, a conversation of three windows is made, at the end of which
the program takes a nap: the oldest part is replaced by notes. What the questions about that part need is looked for in
what a model would be given, by ways that all fill the same room. No model answers anything here.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.engine import Engine
from assistant.recall_bench.data import Person, Query, read_data
from assistant.recall_bench.measure import Remembering, Result, filled_home
from assistant.running import HITS
from assistant.runtime import Runtime
from benchmarks.nap_arms import (
    Given,
    Scene,
    at_random,
    beside,
    by_rare_words,
    by_rules,
    chosen,
    everything,
    first_ones,
    of_scene,
    recent,
    scene_of,
)
from benchmarks.nap_measures import Piece, Words, holds, interval, mcnemar, telling
from benchmarks.public import mean
from benchmarks.report import machine, median, table
from memory.types import Hit

if TYPE_CHECKING:
    from memory.vectors.base import Embedder, Matrix

WINDOWS = (4_000, 8_000, 0)
"""Tokens; 0 is a third of each conversation."""
DRAWS = 5
PASSES = (1, 2, 4)
SLIDING, FOUND = "the latest messages alone", "what is found"
NOTES = "notes, passes: {}"
Fill = Callable[[Query], Sequence[Given]]
"""What is given for a question; several where it was drawn several times."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What of one question's evidence and answer was given, as shares."""

    scene: str
    evidence: float
    whole: bool
    """Whether all of the evidence was."""
    words: float | None
    every_word: float | None
    chance: float | None
    """The words of an answer that belongs to another conversation."""
    tokens: float


def ways(scene: Scene, hits: Mapping[str, Sequence[Hit]] | None) -> dict[str, Fill]:
    """The ways to fill the room; those with retrieval where there are `hits` of each question."""
    part, room = scene.part, scene.room_for_notes

    def same(*given: Given) -> Fill:
        return lambda _: given

    notes = {n: by_rules(n)(part, room) for n in PASSES}
    found: dict[str, Fill] = {
        "only what a nap leaves": same(recent(scene)),
        SLIDING: same(beside(scene)),
        "sentences at random": same(*(beside(scene, at_random(n)(part, room)) for n in range(DRAWS))),
        "first sentences": same(*(beside(scene, first_ones(n)(part, room)) for n in range(DRAWS))),
        "the user's by rare words": same(beside(scene, by_rare_words(part, room))),
        **{NOTES.format(n): same(beside(scene, notes[n])) for n in PASSES},
    }
    if hits is not None:
        two = notes[2]
        found[FOUND] = lambda q: [beside(scene, (), chosen(scene, hits[q.id]))]
        found["notes (2) and what is found"] = lambda q: [beside(scene, two, chosen(scene, hits[q.id]))]
        found["the same, just after the nap"] = lambda q: [
            beside(scene, two, chosen(scene, hits[q.id], full=False), full=False)
        ]
    return {**found, "everything": same(everything(scene))}


def marks_of(scene: Scene, fill: Fill, others: Sequence[str], words: Words) -> list[Mark]:
    """One mark a question."""
    by_id = {m.external_id: m for m in scene.messages}
    found = []
    for at, query in enumerate(scene.queries):
        drawn = fill(query)
        held = [
            mean(
                [holds(g.pieces, by_id[e], telling(by_id[e], query.text, query.answer, words)) for e in query.evidence]
            )
            for g in drawn
        ]
        other = others[at % len(others)] if others else ""
        answer = [_told(g.pieces, query.answer, words) for g in drawn]
        found.append(Mark(
            scene=scene.name, evidence=mean(held), whole=all(share == 1 for share in held),
            words=_mean(answer), every_word=_mean([None if a is None else float(a == 1) for a in answer]),
            chance=_mean([_told(g.pieces, other, words) for g in drawn]), tokens=mean([g.tokens for g in drawn]),
        ))  # fmt: skip
    return found


def _told(pieces: Sequence[Piece], answer: str, words: Words) -> float | None:
    """The share of an answer's telling words that are in some text; None where there is no answer."""
    wanted = words.asked_for(answer)
    return len(wanted & words.of_all(piece.text for piece in pieces)) / len(wanted) if wanted else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None


# -- a home of its own for each conversation


class Embedding(Remembering):
    """Embeds a text once, but for the times of turns: there each question is embedded as often as it is asked."""

    afresh = False

    def embed(self, texts: Sequence[str]) -> "Matrix":
        return self._embedder.embed(texts) if self.afresh else super().embed(texts)


@contextmanager
def home_of(scene: Scene, person: Person, embedder: Embedding) -> Iterator[Runtime]:
    """A home with the scene's conversation alone."""
    inside = replace(person, messages=scene.said, queries=scene.queries)
    with filled_home(inside, embedder, Result(), "exact") as runtime:
        yield runtime


def hits_of(runtime: Runtime, scene: Scene) -> dict[str, tuple[Hit, ...]]:
    """What a turn finds for each question."""
    return {q.id: of_scene(scene, runtime.retriever.search(q.text, HITS, now=q.now).hits) for q in scene.queries}


def turns(runtime: Runtime, scene: Scene, most: int = 30) -> list[tuple[float, float]]:
    """Milliseconds to prepare the same turns (embedding, retrieval, notes, prompt; nothing is sent) without and with a
    nap, the fastest of three each, in turns."""
    runtime.settings = runtime.settings.model_copy(update={"context_tokens": scene.room.window})
    runtime.use_model("ollama:none-is-asked")
    talk = runtime.conversations.list()[0].id
    runtime.engine.nap(talk, early=True)
    without = Engine(replace(runtime.engine.parts, naps=None, napper=None), runtime.engine.responder)
    spent = []
    for query in scene.queries[:most]:
        both = [(_prepare(without, talk, query), _prepare(runtime.engine, talk, query)) for _ in range(3)]
        spent.append((min(before for before, _ in both), min(after for _, after in both)))
    return spent


def _prepare(engine: Engine, talk: str, query: Query) -> float:
    started = time.perf_counter()
    engine.prospect(talk, query.text)
    return (time.perf_counter() - started) * 1000


def naps_took(scene: Scene, passes: int) -> tuple[float, bool]:
    """Milliseconds of the notes, the fastest of three, and whether they were the same each time."""
    times, made = [], []
    for _ in range(3):
        started = time.perf_counter()
        made.append(by_rules(passes)(scene.part, scene.room_for_notes))
        times.append((time.perf_counter() - started) * 1000)
    return min(times), all(notes == made[0] for notes in made)


# -- the whole run


@dataclass(frozen=True, kw_only=True)
class Run:
    """All that was measured with one window."""

    scenes: tuple[Scene, ...]
    marks: Mapping[str, Sequence[Mark]]
    took: Mapping[int, Sequence[float]]
    """Milliseconds of the notes, by passes."""
    same: bool
    turns: Sequence[tuple[float, float]]


def measure(people: Sequence[Person], window: int, known: Mapping[str, Embedding] | None) -> Run:
    """Fill the room in all ways for all questions; without embedders (`known`) those that need none."""
    scenes = [(person, scene) for person in people if (scene := scene_of(person, window)) and scene.queries]
    words, marks, spent = Words(), dict[str, list[Mark]](), list[tuple[float, float]]()
    took: dict[int, list[float]] = {n: [] for n in PASSES}
    same = True
    for at, (person, scene) in enumerate(scenes):
        hits = None
        if known is not None:
            with home_of(scene, person, known[person.name]) as runtime:
                hits = hits_of(runtime, scene)
                known[person.name].afresh = True
                spent += turns(runtime, scene)
                known[person.name].afresh = False
        after = scenes[(at + 1) % len(scenes)][1] if len(scenes) > 1 else None
        others = [q.answer for q in after.queries if q.answer] if after else []
        for name, fill in ways(scene, hits).items():
            marks.setdefault(name, []).extend(marks_of(scene, fill, others, words))
        for n in PASSES:
            milliseconds, equal = naps_took(scene, n)
            took[n].append(milliseconds)
            same = same and equal
    return Run(scenes=tuple(s for _, s in scenes), marks=marks, took=took, same=same, turns=spent)


def shown(run: Run) -> str:
    """The tables and sentences of one window."""
    named = sorted({scene.room.window for scene in run.scenes})
    window = f"{named[0]:,}" if len(named) == 1 else f"{named[0]:,} to {named[-1]:,}"
    asked = [mark for mark in run.marks[SLIDING]]
    answers = sum(mark.words is not None for mark in asked)
    lines = [
        f"Window {window} tokens: {len(run.scenes)} conversations, {len(asked)} questions, {answers} with an answer\n",
        table(
            ["in the room", "tokens", "evidence", "95%", "all of it", "answer's words", "all of them", "by chance"],
            [_row(name, marks) for name, marks in run.marks.items()],
        ),
        "",
        *_tests(run.marks),
        f"Notes made in {', '.join(f'{median(t):.0f} ms ({n})' for n, t in run.took.items())}; "
        f"the same each time: {'yes' if run.same else 'no'}.",
    ]
    if run.turns:
        without, with_nap = (median(times) for times in zip(*run.turns, strict=True))
        ratio = f"{with_nap / without:.2f}x"
        lines.append(f"A turn prepared in {without:.1f} ms without a nap, {with_nap:.1f} ms with: {ratio}.")
    return "\n".join(lines)


def _row(name: str, marks: Sequence[Mark]) -> list[str]:
    names = dict.fromkeys(mark.scene for mark in marks)
    low, high = interval([[m.evidence for m in marks if m.scene == scene] for scene in names])
    return [
        name,
        f"{mean([m.tokens for m in marks]):,.0f}",
        f"{mean([m.evidence for m in marks]):.3f}",
        f"{low:.3f} to {high:.3f}",
        f"{mean([m.whole for m in marks]):.3f}",
        *(
            "-" if value is None else f"{value:.3f}"
            for value in (_mean([m.words for m in marks]), _mean([m.every_word for m in marks]),
                          _mean([m.chance for m in marks]))
        ),
    ]  # fmt: skip


def _tests(marks: Mapping[str, Sequence[Mark]]) -> list[str]:
    """McNemar's test of all the evidence, of pairs that are to differ."""
    notes = NOTES.format(2)
    pairs = [(notes, SLIDING), (notes, NOTES.format(1)), ("notes (2) and what is found", FOUND)]
    lines = []
    for one, other in pairs:
        if one in marks and other in marks:
            a, b, p = mcnemar([m.whole for m in marks[one]], [m.whole for m in marks[other]])
            lines.append(f"All the evidence in {one!r} alone: {a}; in {other!r} alone: {b}; McNemar p = {p:.2g}.")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--window", type=int, action="append", help="tokens; 0: a third of each conversation")
    parser.add_argument("--without-retrieval", action="store_true", help="only the ways that need no embedder: seconds")
    options = parser.parse_args()
    people = read_data(options.data)
    known = None
    if not options.without_retrieval:
        from memory.vectors.embedder import load_embedder

        embedder: Embedder = load_embedder()
        known = {person.name: Embedding(embedder) for person in people}
    print(machine())
    for window in options.window or WINDOWS:
        run = measure(people, window, known)
        print(
            f"\n{shown(run)}" if run.scenes else f"\nNo conversation has three windows of {window:,} tokens.",
            flush=True,
        )


if __name__ == "__main__":
    main()
