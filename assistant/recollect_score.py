"""How well a sentence that was said answers a question: a pure function of the two and a similarity.

Four kinds of evidence. *Meaning*: cosine of question and sentence. *Words*: the share of the question's telling words
that the sentence has, by stem or by a near word. *Slot*: the question asks for an attribute that the sentence states.
*Shape*: a question of who, where, when, how many or which colour needs a sentence with such a thing in it; and a person
that the question names must be there. Topic alone is no answer: "What is my brother's name?" is close to everything
that was said about a brother, so what is missing counts against a sentence.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from memory.extraction import QuestionSlot, is_question, question_slot
from memory.fulltext import words_of
from memory.types import NewMemory

Similarity = Callable[[str, Sequence[str]], Sequence[float]]

MEANING_WEIGHT = 0.55
WORDS_WEIGHT = 0.45
SLOT_BONUS = 0.45
OTHER_SLOT_PENALTY = 0.25
SHAPE_PENALTY = 0.25
NAME_PENALTY = 0.30
FLOOR = 0.46
"""Below this a sentence is no answer. Fitted on made-up people, see benchmarks/fit_floor.py."""
NEAR_WORD = 0.52
"""Cosine at which two words count as near; the match then counts for its cosine."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+", re.UNICODE)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][a-zà-ÿ]+(?:-[A-Z][a-z]+)?\b")
_NOT_NAMES = frozenset("I I'm I've I'll I'd Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
_PLACE = re.compile(
    r"\b(?:in|at|to|from|near|on|into|around|outside|by|under|behind|inside|next to)\s+(?:the\s+|my\s+|a\s+|our\s+)?\w+"
)
_TIME = re.compile(
    r"\b(?:\d{1,2}(?::\d{2})?\s?(?:am|pm)|\d{1,2}[:.]\d{2}|(?:19|20)\d{2}|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|tomorrow"
    r"|yesterday|tonight|noon|midnight|morning|evening|weekend|week|month|year|spring|summer|autumn|winter|january|february|march|april|may"
    r"|june|july|august|september|october|november|december|\d+(?:st|nd|rd|th)|ago|birthday|christmas|easter|o'clock|daily|every)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|a couple|dozen|no|both|twin)\b",
    re.I,
)
_COLOUR = re.compile(
    r"\b(?:red|blue|green|yellow|black|white|brown|grey|gray|orange|purple|pink|teal|turquoise|beige|silver|gold(?:en)?|navy|violet|crimson|cream|maroon|olive|lilac|indigo)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, and what the extractor understands of it."""

    sentence: str
    facts: tuple[NewMemory, ...]
    context: str = ""
    """The message around it: a name said there counts."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, taken apart once."""

    text: str
    words: tuple[str, ...]
    names: tuple[str, ...]
    slot: QuestionSlot | None
    shape: re.Pattern[str] | None


def understand(text: str) -> Question:
    """Take a question apart."""
    names = tuple(n for n in dict.fromkeys(_NAME.findall(text)) if n not in _NOT_NAMES)
    return Question(text, tuple(words_of(text)), names, question_slot(text), _shape(text.lower()))


def _shape(text: str) -> re.Pattern[str] | None:
    """What an answer must have in it."""
    if re.search(r"\b(?:what|which) colou?r\b", text):
        return _COLOUR
    if re.search(r"\bhow (?:many|much|old|long|far|tall|often)\b|\bwhat (?:number|size|code|pin)\b", text):
        return _NUMBER
    if re.search(r"\b(?:when|what time|what day|what date|which day|which month|how long ago)\b", text):
        return _TIME
    if re.search(r"\b(?:who|whom|whose)\b", text):
        return re.compile(r"(?<!^)\b[A-Z][a-z]+|\b(?:my|our|your) (?!name|job|car|phone)\w+", re.UNICODE)
    if re.search(r"\bwhere\b", text):
        return _PLACE
    return None


def score(question: Question, candidates: Sequence[Candidate], similarity: Similarity | None) -> list[float]:
    """For each candidate how well it answers; at least FLOOR means that it does. Shape: as `candidates`."""
    if not candidates:
        return []
    cosines = similarity(question.text, [c.sentence for c in candidates]) if similarity else [0.0] * len(candidates)
    near = _near_words(question, candidates, similarity)
    return [_score(question, c, cosine, near) for c, cosine in zip(candidates, cosines, strict=True)]


def _score(question: Question, candidate: Candidate, cosine: float, near: dict[str, dict[str, float]]) -> float:
    words = _coverage(question, candidate, near)
    total = MEANING_WEIGHT * max(cosine, 0.0) + WORDS_WEIGHT * words
    if question.slot is not None:
        total += _slot(question.slot, candidate)
    stated = question.slot is not None and states(question.slot, candidate.facts)
    if question.shape is not None and not stated and not question.shape.search(candidate.sentence):
        total -= SHAPE_PENALTY
    missing = [n for n in question.names if n.lower() not in f"{candidate.sentence} {candidate.context}".lower()]
    total -= NAME_PENALTY * bool(missing)
    if is_question(candidate.sentence):
        total -= 0.5
    return total


def _slot(asked: QuestionSlot, candidate: Candidate) -> float:
    """What the attribute that is asked for says about a sentence."""
    if states(asked, candidate.facts):
        return SLOT_BONUS
    # A sentence that states another attribute of the same kind of thing is near in meaning and still no answer.
    return (
        -OTHER_SLOT_PENALTY
        if asked.slot.endswith("_name") or candidate.facts or asked.slot.startswith("favourite_")
        else -0.1
    )


def states(asked: QuestionSlot, facts: Sequence[NewMemory]) -> bool:
    """Whether one of the facts is the attribute that is asked for, of the same person."""
    wanted = {asked.slot, *_SAME_SLOTS.get(asked.slot, ())}
    return any(fact.slot in wanted and _same_person(asked.subject, fact) for fact in facts)


_SAME_SLOTS = {
    "birthplace": ("origin",),
    "origin": ("birthplace",),
    "name": ("called",),
    "diet": ("avoids", "allergy"),
    "allergy": ("avoids", "diet"),
    "employer": ("job",),
    "job": ("employer",),
}


def _same_person(subject: str, fact: NewMemory) -> bool:
    if subject.lower() == fact.subject.lower():
        return True
    return subject != "user" and subject.lower() in fact.text.lower()


def _coverage(question: Question, candidate: Candidate, near: dict[str, dict[str, float]]) -> float:
    """The share of the question's telling words that the sentence has, near words counting for less."""
    if not question.words:
        return 0.0
    have = {w.lower() for w in _WORD.findall(candidate.sentence)}
    stems = {_stem(w) for w in have}
    total = 0.0
    for word in question.words:
        if _stem(word) in stems:
            total += 1.0
        else:
            best = max((near.get(word, {}).get(w, 0.0) for w in have), default=0.0)
            total += best if best >= NEAR_WORD else 0.0
    return total / len(question.words)


def _near_words(
    question: Question, candidates: Sequence[Candidate], similarity: Similarity | None
) -> dict[str, dict[str, float]]:
    """Cosine of each word of the question to the words of the candidates."""
    if similarity is None:
        return {}
    vocabulary = sorted({w for c in candidates for w in words_of(c.sentence)})[:400]
    return {word: dict(zip(vocabulary, similarity(word, vocabulary), strict=True)) for word in question.words[:8]}


def _stem(word: str) -> str:
    """A plain English stem: enough to join *allergic* with *allergy*, *works* with *working*."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    for suffix in (
        "ations",
        "ation",
        "ingly",
        "ically",
        "ings",
        "ing",
        "ies",
        "ied",
        "ical",
        "ic",
        "ed",
        "es",
        "ly",
        "y",
        "s",
        "e",
    ):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
