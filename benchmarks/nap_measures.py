"""What of a question's evidence and answer is in the text that a model is given, and how sure a share of it is.

Evidence: the message that the data name, whole or as the sentence of it that answers. Answer: the telling words of the
gold answer, stemmed by SQLite's porter, anywhere in the text. Neither says that a model would answer rightly; both are
what it could not do without.
"""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.recall_bench.arms import Stems
from memory.fulltext import words_of
from memory.types import Message
from sleep.nap.spans import LONGEST, spans_of

Place = tuple[int, int]
"""From where to where in a message, in characters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message that is given word for word."""

    message: Message
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.message.content[self.start : self.end]


def whole(message: Message) -> Piece:
    """All of a message."""
    return Piece(message, 0, len(message.content))


class Words:
    """The stemmed telling words of texts; each text is read once."""

    def __init__(self) -> None:
        self._known: dict[str, frozenset[str]] = {}

    def of(self, text: str) -> frozenset[str]:
        return self.of_all([text])

    def of_all(self, texts: Iterable[str]) -> frozenset[str]:
        """Of several texts together."""
        texts = list(dict.fromkeys(texts))
        missing = [text for text in texts if text not in self._known]
        if missing:
            self._known |= dict(zip(missing, map(frozenset, Stems().bags(missing)), strict=True))
        return frozenset().union(*(self._known[text] for text in texts))

    def asked_for(self, answer: str) -> frozenset[str]:
        """The words that tell an answer; "the", "was" and the like do not."""
        return self.of(" ".join(words_of(answer))) if answer.strip() else frozenset()


def telling(message: Message, question: str, answer: str, words: Words) -> tuple[Place, ...]:
    """The sentences of a piece of evidence that answer: those with the most words of the answer, then of the question.

    Where no sentence shares a word with either, every one of them counts.
    """
    asked, wanted = words.asked_for(question), words.asked_for(answer)
    marks: dict[Place, tuple[int, int]] = {}
    for span in spans_of([message]):
        said = words.of(span.text)
        marks[span.start, min(span.end, span.start + LONGEST)] = len(said & wanted), len(said & asked)
    best = max(marks.values(), default=(0, 0))
    return tuple(place for place, mark in marks.items() if mark == best) or ((0, 0),)


def holds(pieces: Iterable[Piece], message: Message, places: Sequence[Place]) -> bool:
    """Whether one of the pieces has one of these stretches of the message in full."""
    return any(
        piece.message.id == message.id and piece.start <= start and end <= piece.end
        for piece in pieces
        for start, end in places
    )


def interval(groups: Sequence[Sequence[float]], draws: int = 2_000, seed: int = 7) -> tuple[float, float]:
    """The middle 95% of the mean when whole groups (conversations) are drawn again with replacement, and all their
    values (questions) come with them."""
    chance, filled = random.Random(seed), [group for group in groups if group]
    if not filled:
        return 0.0, 0.0
    means = []
    for _ in range(draws):
        drawn = [filled[chance.randrange(len(filled))] for _ in filled]
        means.append(sum(map(sum, drawn)) / sum(map(len, drawn)))
    means.sort()
    return means[int(0.025 * draws)], means[int(0.975 * draws) - 1]


def mcnemar(one: Sequence[bool], other: Sequence[bool]) -> tuple[int, int, float]:
    """Questions that only the first has, that only the other has, and the exact two-sided probability of a difference
    at least so large by chance (McNemar 1947, binomial)."""
    only_one = sum(a and not b for a, b in zip(one, other, strict=True))
    only_other = sum(b and not a for a, b in zip(one, other, strict=True))
    n, least = only_one + only_other, min(only_one, only_other)
    tail: float = sum(math.comb(n, k) for k in range(least + 1)) / 2**n
    return only_one, only_other, min(1.0, 2 * tail)
