"""A made-up conversation three times the window, what is asked about its beginning, and the prompts of each arm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise

from memory.types import Message
from sleep.nap.cartridge.study import Part
from sleep.nap.rules import AROUND, CountTokens, notes_by_rules
from sleep.weights.bench.study import Question, Study, make_study
from sleep.weights.items import Fact, block

PARTS = 3
"""The window holds one of them: two have left it."""
FOUND = 5
"""How many statements retrieval adds."""


class Way(StrEnum):
    """What the model is given of what has left the window."""

    DROPPED = "dropped"
    WINDOW = "window"
    WHOLE = "whole"
    FOUND = "found"
    NOTES = "notes"
    CARTRIDGE = "cartridge"


@dataclass(frozen=True)
class Talk:
    """What a made-up user told, in parts as large as the window, the last of them still in it."""

    study: Study

    @property
    def parts(self) -> list[Part]:
        """What leaves the window at each nap, with what stays in it then."""
        nights = self.study.nights
        return [Part(gone, kept) for gone, kept in pairwise(nights)]

    @property
    def gone(self) -> tuple[Fact, ...]:
        """What has left the window."""
        return tuple(fact for part in self.parts for fact in part.facts)

    @property
    def left(self) -> tuple[Fact, ...]:
        """What is in the window at the end."""
        return self.study.nights[-1]

    @property
    def questions(self) -> list[Question]:
        """About what has left the window, in wordings that nothing was trained on."""
        return self.study.about(self.gone)

    @property
    def asked(self) -> list[str]:
        """All questions: those that have an answer, then those that have none."""
        return [*(question.text for question in self.questions), *self.study.never_told]


def talk_of(seed: int, facts: int) -> Talk:
    """A conversation of so many statements in each part; the same for the same seed."""
    return Talk(make_study(seed, PARTS, facts))


def prompts(talk: Talk, way: Way, *, room: int, count: CountTokens) -> Mapping[str, str]:
    """For each question what stands before it in the prompt; ``room``: tokens of the notes."""
    left = [fact.text for fact in talk.left]
    if way is Way.FOUND:
        found = _nearest(talk)
        return {question: block([*found[question], *left]) for question in talk.asked}
    before = {
        Way.WHOLE: [fact.text for fact in talk.gone],
        Way.NOTES: notes(talk.gone, room, count) if way is Way.NOTES else [],
    }.get(way, [])
    shown = "" if way is Way.DROPPED else block([*before, *left])
    return dict.fromkeys(talk.asked, shown)


def notes(facts: Sequence[Fact], room: int, count: CountTokens) -> list[str]:
    """What notes by rules keep of statements; without ids, so that all of the room is words."""
    said_at = datetime(2026, 5, 3, tzinfo=UTC)
    messages = [
        Message(
            id=f"{number:026}", number=number, conversation_id="c", parent_id=None, role="user", author="",
            content=fact.text, status="complete", said_at=said_at, zone="UTC",
        )
        for number, fact in enumerate(facts, 1)
    ]  # fmt: skip
    made = notes_by_rules(messages, room=room, passes=4, count=lambda text: count(text) - AROUND)
    return [note.text for note in made]


def _nearest(talk: Talk) -> dict[str, list[str]]:
    """Of what has left the window the statements nearest to each question, by the default embedding model."""
    from memory.vectors.embedder import load_embedder

    embedder = load_embedder(device="cpu")
    texts = embedder.embed([fact.text for fact in talk.gone])
    asked = embedder.embed(talk.asked)
    order = (-(asked @ texts.T)).argsort(axis=1)[:, :FOUND]
    return {
        question: [talk.gone[at].text for at in reversed(places.tolist())]
        for question, places in zip(talk.asked, order, strict=True)
    }
