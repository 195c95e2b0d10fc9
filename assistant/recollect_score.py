"""How well a sentence that was said answers a question: a pure function of the two, and of what else was said.

A logistic model over a few kinds of evidence. *Meaning*: cosine of question and sentence, and how far it leads what
else was said; where a question names somebody, also of the question without the name, since everything said of Ana is
near a question about Ana. *Words*: the share of the question's telling words that the sentence has, or has words for.
*Slot*: the question asks for an attribute that the sentence states. *Sort*: a question of who, where, when or how many
needs a sentence with such a thing in it. *Person*: whom the question is about must be spoken of.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.recollect_people import KIN_PATTERN, Acquaintance, acquainted, is_kin, kin_in, kin_of
from assistant.recollect_question import Question
from assistant.recollect_sorts import OF_SOMETHING, STRICT
from assistant.recollect_words import stems_of, support
from memory.extraction import QuestionSlot
from memory.types import NewMemory

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

WEIGHTS: Mapping[str, float] = {
    "meaning": 3.2,
    "lead": 8.2,
    "nameless lead": 7.8,
    "words": 2.7,
    "focus said": 0.3,
    "focus not said": -0.3,
    "slot stated": 2.0,
    "other slot": -0.7,
    "no sort": -0.3,
    "sort missing": -1.4,
    "strict sort missing": -4.0,
    "of something else": -0.4,
    "name missing": -2.5,
    "kin missing": -1.5,
    "of somebody else": -0.8,
}
"""What is rare is set by hand, the rest is fitted to made-up people: `benchmarks/fit_floor.py --weights`."""
BIAS = -4.0
FLOOR = 0.40
"""Below this a sentence is no answer. Found by benchmarks/fit_floor.py on made-up people; none of them is in the tests."""

MOST_LEAD = 0.25
RIVALS = 4
"""A sentence's lead is over the mean of so many next best ones that say something else."""
FEW = 0.15
"""What stands for a missing rival: the usual cosine of things that have nothing to do with each other."""
SAYS_THE_SAME = 0.6
"""Share of stems that two sentences have in common when one is said to repeat the other."""
NOTHING_ASKED = 0.7
"""The share of words where a question has none of its own ("How old am I?")."""
_SOMEBODY_ELSE = re.compile(rf"(?:my|our|his|her) (?:{KIN_PATTERN})\b|(?:he|she|they)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, and what the extractor understands of it."""

    sentence: str
    facts: tuple[NewMemory, ...]
    context: str = ""
    """The message around it: a name said there counts."""


def probability(found: Mapping[str, float]) -> float:
    """How likely a sentence answers; at least FLOOR means that it does."""
    total = BIAS + sum(WEIGHTS[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-total))


def evidence(
    question: Question,
    candidates: Sequence[Candidate],
    vectors: "Mapping[str, Matrix]",
    *,
    background: Sequence[str] = (),
) -> list[dict[str, float]]:
    """What speaks for and against each candidate, by the names of WEIGHTS.

    `vectors` has those of the question and the sentences, as far as they could be had; `background` are other texts
    that may say who is who.
    """
    known = acquainted([*(c.context or c.sentence for c in candidates), *background])
    stems = [stems_of(c.sentence) for c in candidates]
    words = [_words(question, c, s, known) for c, s in zip(candidates, stems, strict=True)]
    shares = [_mean(list(found.values())) if found else NOTHING_ASKED for found in words]
    cosines = _cosines(question.text, candidates, vectors, shares)
    nameless = _cosines(question.without_names, candidates, vectors, shares) if question.names else cosines
    found = []
    for at, candidate in enumerate(candidates):
        rivals = [i for i, other in enumerate(stems) if i != at and not _same(stems[at], other)]
        found.append(
            {
                "meaning": cosines[at],
                "lead": _lead(cosines, at, rivals),
                "nameless lead": _lead(nameless, at, rivals),
                "words": shares[at],
                **_focus(question, words[at]),
                **_attribute(question, candidate, words[at], known),
                **_person(question, candidate, known),
            }
        )
    return found


# -- meaning


def _cosines(
    text: str, candidates: Sequence[Candidate], vectors: "Mapping[str, Matrix]", shares: Sequence[float]
) -> list[float]:
    """Cosine of each sentence to `text`; what the words make likely where a vector is missing."""
    asked = vectors.get(text)
    return [
        float(asked @ vectors[c.sentence]) if asked is not None and c.sentence in vectors else FEW + 0.4 * share
        for c, share in zip(candidates, shares, strict=True)
    ]


def _lead(cosines: Sequence[float], at: int, rivals: Sequence[int]) -> float:
    best = sorted((cosines[i] for i in rivals), reverse=True)[:RIVALS]
    return min(MOST_LEAD, cosines[at] - _mean(best + [FEW] * (RIVALS - len(best))))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences say the same: a memory and its source, or something said twice."""
    return len(one & other) >= SAYS_THE_SAME * len(one | other)


# -- words


def _words(question: Question, candidate: Candidate, stems: frozenset[str], known: Acquaintance) -> dict[str, float]:
    """For each telling word of the question how far the sentence has it; a relation also by the name of the person."""

    def said(word: str) -> float:
        if is_kin(word) and known.speaks_of(candidate.sentence, kin_of(word)):
            return 1.0
        if is_kin(word) and kin_in(candidate.sentence):
            return 0.0  # a daughter is like a son, and still no answer to whether there is one
        return support(word, stems)

    return {word: said(word) for word in question.words}


def _focus(question: Question, words: Mapping[str, float]) -> dict[str, float]:
    share = words.get(question.focus)
    if share is None:
        return {"focus said": 0.0, "focus not said": 0.0}
    return {"focus said": float(share >= 0.6), "focus not said": float(share < 0.45)}


# -- slot and sort


def _attribute(
    question: Question, candidate: Candidate, words: Mapping[str, float], known: Acquaintance
) -> dict[str, float]:
    slot = question.slot
    stated = slot is not None and states(slot, candidate.facts)
    missing = not stated and not question.fits(candidate.sentence, known)
    weakest = min(words.values(), default=NOTHING_ASKED)
    return {
        "slot stated": float(stated),
        "other slot": float(slot is not None and not stated and _speaks_of_another(slot, candidate)),
        "no sort": float(not question.sort),
        "sort missing": float(missing),
        "strict sort missing": float(missing and question.sort in STRICT),
        "of something else": (1 - weakest) * (question.sort in OF_SOMETHING),
    }


def _speaks_of_another(slot: QuestionSlot, candidate: Candidate) -> bool:
    """A sentence that states another attribute of the same kind of thing is near in meaning and still no answer."""
    return bool(candidate.facts) or slot.slot.endswith("_name") or slot.slot.startswith("favourite_")


def states(asked: QuestionSlot, facts: Sequence[NewMemory]) -> bool:
    """Whether one of the facts is the attribute that is asked for, of the same person."""
    wanted = {asked.slot, *_SAME_SLOTS.get(asked.slot, ())}
    return any(fact.slot in wanted and _same_person(asked.subject, fact) for fact in facts)


_SAME_SLOTS = {"origin": ("birthplace",), "name": ("called",), "allergy": ("avoids", "diet")}


def _same_person(subject: str, fact: NewMemory) -> bool:
    if subject.lower() == fact.subject.lower():
        return True
    return subject != "user" and subject.lower() in fact.text.lower()


# -- persons


def _person(question: Question, candidate: Candidate, known: Acquaintance) -> dict[str, float]:
    around = f"{candidate.sentence} {candidate.context}"
    nobody = not (question.names or question.kin)
    return {
        "name missing": float(any(not known.speaks_of(around, name) for name in question.names)),
        "kin missing": float(any(not known.speaks_of(around, kin) for kin in question.kin)),
        "of somebody else": float(nobody and bool(_SOMEBODY_ELSE.match(candidate.sentence))),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
