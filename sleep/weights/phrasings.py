"""Other phrasings of a question: with something said around it, or in the middle of another sentence.

The rules know English only, and not all of it. Nothing depends on that: a phrasing counts only if the teacher, with the
memories in its prompt, answers it as it answers the question.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from random import Random

from sleep.weights.items import Item
from sleep.weights.lm import LanguageModel, asked

AROUND = (
    "Tell me, {q}", "So, {q}", "Quick question: {q}", "One more thing: {q}", "I was wondering: {q}", "By the way, {q}",
    "Say, {q}", "Remember: {q}", "Well, {q}", "{q} I can't recall.", "{q} Thanks.", "{q} Please.",
)  # fmt: skip
"""What people say around a question."""
WITHIN = (
    "Let me know {e}.", "I can't recall {e}.", "Any idea {e}?", "I need to know {e}.", "It slipped my mind {e}.",
    "Do tell me {e}, please.",
)  # fmt: skip
"""Sentences that a question becomes part of."""
_ASKS = r"(?P<asks>(?:what|where|which|who|when|how)(?: \w+)*?)"
_IS = re.compile(rf"{_ASKS} (?P<verb>is|are|am|was|were) (?P<rest>\S.*)\?", re.IGNORECASE)
_DO = re.compile(rf"{_ASKS} do I (?P<rest>\S.*)\?", re.IGNORECASE)
_LAST = frozenset("called named like going coming from now moving visiting studying learning working".split())
"""Words that stay behind the verb at the end of a sentence: what my dog is called."""


def reframed(model: LanguageModel, items: Sequence[Item], *, each: int, seed: int) -> list[Item]:
    """The items once more in other phrasings: those that the model, with the item's memories in its prompt, answers
    with the same."""
    return [again for _, again in reframings(model, items, each=each, seed=seed)]


def reframings(model: LanguageModel, items: Sequence[Item], *, each: int, seed: int) -> list[tuple[Item, Item]]:
    """Each item with its other phrasings: ``each`` of them, of both sorts by turns."""
    rng = Random(f"frames {seed}")
    anew = [(item, text) for item in items for text in phrasings(item.question, each, rng)]
    answers = model.answers([asked(question, item.block) for item, question in anew])
    return [
        (item, replace(item, question=question))
        for (item, question), answer in zip(anew, answers, strict=True)
        if answer == item.answer
    ]


def phrasings(question: str, each: int, rng: Random) -> list[str]:
    """So many other phrasings of a question, as far as there are any."""
    part = within(question)
    around = rng.sample(AROUND, len(AROUND))
    inside = [frame.format(e=part) for frame in rng.sample(WITHIN, len(WITHIN))] if part else []
    outside = [frame.format(q=_lowered(question) if frame.endswith("{q}") else question) for frame in around]
    first, second = rng.sample([inside, outside], 2) if inside else (outside, inside)
    turns = [one for pair in zip_longest(first, second) for one in pair if one is not None]
    return turns[:each]


def within(question: str) -> str | None:
    """A question as part of a sentence, "where I live" of "Where do I live?"; None where the rules do not know how."""
    if found := _DO.fullmatch(question):
        return f"{found['asks'].lower()} I {found['rest']}"
    if not (found := _IS.fullmatch(question)):
        return None
    asks, verb, rest = found["asks"].lower(), found["verb"], found["rest"].split()
    if rest[0] == "I":
        return " ".join([asks, "I", verb, *rest[1:]])
    if len(rest) > 1 and rest[-1] in _LAST:
        return " ".join([asks, *rest[:-1], verb, rest[-1]])
    return " ".join([asks, *rest, verb])


def _lowered(question: str) -> str:
    """A question in the middle of a sentence: its first letter small, unless the word is I or a name."""
    first = question.split(" ", 1)[0]
    return question if first in ("I", "I'm") else question[:1].lower() + question[1:]
