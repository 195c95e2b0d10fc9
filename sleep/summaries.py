"""Short accounts of what was said, made of the user's own sentences: nothing in them can be invented.

Extractive: the sentences that tell most, chosen one after the other so that none repeats what is there already
(maximal marginal relevance, Carbonell and Goldstein 1998). What tells most: a sentence that states something, has a
name or a number, and shares its words with others of the same time.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from memory.extraction import is_question
from memory.extraction.clauses import masked, whole_abbreviations
from memory.fulltext import unspaced_of, words_of
from memory.text import one_line
from sleep.guard import names, numbers

LINE_CHARS = 240
MOST_CHARS = 4_000
"""Of a longer message the beginning speaks for it."""
POOL = 60
"""Sentences of one period that are weighed against each other; the more telling ones are kept."""
NOVELTY = 0.6
"""How much a sentence loses for saying what a chosen one says."""
_SENTENCE = re.compile(r"[^.!?…。！？؟\n]+[.!?…。！？؟]*")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, and where it is from: a message's short id, or the period of a summary."""

    text: str
    source: str
    weight: float = 1.0


def sentences(text: str, source: str, author: str, told: Sequence[str]) -> list[Line]:
    """What a message says, sentence by sentence; `told` are the quotes that memories were made of."""
    content = whole_abbreviations(masked(text[:MOST_CHARS], quotes=False))
    found = []
    for match in _SENTENCE.finditer(content):
        plain = one_line(match[0].replace("\1", "."), LINE_CHARS)
        if plain and "\0" not in match[0] and (weight := _weight(plain, told)) > 0:
            found.append(Line(f"{author}: {plain}" if author else plain, source, weight))
    return found


def again(text: str, source: str) -> Line:
    """A line of a summary, to be weighed against new ones."""
    return Line(text, source, _weight(text, (text,)))


def _weight(sentence: str, told: Sequence[str]) -> float:
    """How much a sentence tells by itself; 0: nothing."""
    words = _tokens(sentence)
    states = any(quote in sentence or sentence.rstrip(".!") in quote for quote in told)
    if len(words) < (2 if states else 3):
        return 0.0
    weight = 0.5 + 0.1 * min(len(words), 8) + (1.0 if states else 0.0)
    weight += 0.3 * bool(names(sentence)) + 0.2 * bool(numbers(sentence))
    return weight * (0.4 if is_question(sentence) else 1.0)


def _tokens(text: str) -> frozenset[str]:
    """Telling words; pairs of characters of a script without spaces."""
    pairs = (part[i : i + 2] for part in unspaced_of(text) for i in range(len(part) - 1))
    return frozenset((*words_of(text), *pairs))


def keep_best(lines: Iterable[Line], most: int = POOL) -> list[Line]:
    """The most telling lines, in their order, each text once."""
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(line.text, line)
    distinct = list(first.values())
    if len(distinct) <= most:
        return distinct
    floor = sorted((line.weight for line in distinct), reverse=True)[most - 1]
    return [line for line in distinct if line.weight >= floor][:most]


def choose(lines: Sequence[Line], most: int) -> list[Line]:
    """At most `most` lines that together tell most, in their order."""
    pool = keep_best(lines)
    tokens = [_tokens(line.text) for line in pool]
    common = Counter(word for words in tokens for word in words)
    worth = [line.weight * (1.0 + _shared(words, common)) for line, words in zip(pool, tokens, strict=True)]
    chosen: list[int] = []
    while len(chosen) < min(most, len(pool)):
        left = (i for i in range(len(pool)) if i not in chosen)
        chosen.append(max(left, key=lambda i: (worth[i] * (1 - NOVELTY * _repeats(tokens, i, chosen)), -i)))
    return [pool[i] for i in sorted(chosen)]


def _shared(words: frozenset[str], common: Counter[str]) -> float:
    """How far a sentence is about what others are about, too: 0 to about 1."""
    shared = sum(math.log(common[word]) for word in words)
    return shared / (1 + len(words))


def _repeats(tokens: Sequence[frozenset[str]], at: int, chosen: Sequence[int]) -> float:
    """The greatest overlap with what was chosen."""
    return max((len(tokens[at] & tokens[i]) / (len(tokens[at] | tokens[i]) or 1) for i in chosen), default=0.0)
