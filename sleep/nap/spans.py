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
    """Names and numbers: what somebody could ask for, and be told wrongly."""

    @property
    def weight(self) -> float:
        """How much it tells by itself. What the user says counts more than what is said to them."""
        own = 1.0 if self.message.role == "user" else 0.5
        asked = 0.3 if is_question(self.text) else 1.0
        return own * asked * (0.5 + 0.1 * min(len(self.words), 8) + 0.5 * min(len(self.asks), 3))


def spans_of(messages: Sequence[Message]) -> list[Span]:
    """The sentences that tell something, in reading order."""
    return [span for message in messages if message.role != "system" for span in _of(message)]


def _of(message: Message) -> list[Span]:
    content = whole_abbreviations(message.content[:MOST_CHARS])
    found = []
    for match in _SENTENCE.finditer(content):
        plain = message.content[match.start() : match.end()].strip()
        words = frozenset(words_of(plain))
        if len(words) < FEWEST_WORDS or not any(c.isalnum() for c in plain):
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        asks = frozenset((*names(plain), *numbers(plain)))
        found.append(Span(message, start, start + len(plain), one_line(plain, LONGEST), words, asks))
    return found
