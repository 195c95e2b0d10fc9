"""The sentences of a conversation, with where they are and what each tells that can be asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from memory.extraction import is_question
from memory.extraction.clauses import whole_abbreviations
from memory.fulltext import words_of
from memory.text import one_line
from memory.types import Message
from sleep.guard import names, numbers

LONGEST = 300
"""Characters of a note; of a longer sentence its beginning."""
MOST_CHARS = 20_000
"""Of a longer message the beginning speaks for it."""
FEWEST_WORDS = 2
_SENTENCE = re.compile(r"[^.!?…。！？؟\n]+[.!?…。！？؟]*")
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_WHEN = re.compile(
    r"\b(?:yesterday|today|tomorrow|tonight|last|next|ago|since|weekend|(?:day|week|month|year)s?|(?:mon|tues|wednes|thurs|fri"
    r"|satur|sun)days?|january|february|march|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)  # fmt: skip
MOST_ASKED, MOST_WORDS = 3, 8
"""So many names, numbers and times, and so many words of a sentence count; with more it would be a list, and crowd out
the rest."""
OF_QUESTIONS = 0.6
"""What is asked counts so much of what is told."""
STEEP, LEAST = 3, 0.01
"""How fast what is said to the user counts less, the more there is of it; and the least that it counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """One sentence of a message."""

    message: Message
    start: int
    end: int
    text: str
    words: frozenset[str]
    """Its telling words, stemmed by nothing."""
    asks: frozenset[str]
    """Names and numbers: what somebody could ask for, and be told wrongly. None of those who speak."""
    times: frozenset[str]
    """Words that tell when."""
    weight: float
    """How much it counts by who says it, and how."""

    def worth(self, words: int, asks: float) -> float:
        """What it tells, if so many of its words count, and so many of its names, numbers and times."""
        return self.weight * (min(asks, MOST_ASKED) + 0.1 * min(words, MOST_WORDS))


def spans_of(messages: Sequence[Message]) -> list[Span]:
    """The sentences that tell something, in reading order."""
    speakers = frozenset(word.lower() for message in messages for word in message.author.split())
    others = of_others(messages)
    return [span for message in messages if message.role != "system" for span in _of(message, speakers, others)]


def of_others(messages: Sequence[Message]) -> float:
    """How much a sentence that is said to the user counts of one of theirs: all of it where both say as much, hardly
    anything where a model writes a page to each line: that is full of names and numbers, and can be had again."""
    said, told = (sum(len(m.content) for m in messages if m.role == role) for role in ("user", "assistant"))
    return max(LEAST, min(1.0, said / told) ** STEEP) if told else 1.0


def _of(message: Message, speakers: frozenset[str], others: float) -> list[Span]:
    content = _CODE.sub(lambda code: "\n" * len(code[0]), whole_abbreviations(message.content[:MOST_CHARS]))
    found = []
    for match in _SENTENCE.finditer(content):
        plain = message.content[match.start() : match.end()].strip()
        if len(set(words_of(plain))) < FEWEST_WORDS or not any(c.isalnum() for c in plain):
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        found.append(span_of(message, start, start + len(plain), plain, others, speakers))
    return found


def span_of(
    message: Message, start: int, end: int, text: str, others: float, speakers: frozenset[str] = frozenset()
) -> Span:  # fmt: skip
    """What a text tells that stands for a stretch of a message; `others` as `of_others` has it."""
    asks = frozenset((*names(text), *numbers(text))) - speakers
    times = frozenset(when.lower() for when in _WHEN.findall(text))
    weight = (1.0 if message.role == "user" else others) * (OF_QUESTIONS if is_question(text) else 1.0)
    return Span(message, start, end, one_line(text, LONGEST), frozenset(words_of(text)), asks, times, weight)
