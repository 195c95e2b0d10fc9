"""The guard: what two statements must have in common before one may stand for the other.

Embeddings barely see a digit, a name or a "not"; this does. It compares what makes statements different facts:
negation, numbers and units, dates, names and quantifiers. Unsure means that they differ.
"""

import re
from collections import Counter

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_NEGATIONS = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|no longer|any ?more|stopped|quit|gave up|hates?|dislikes?"
    r"|refuses?|avoids?|against|unable|instead of|used to|former|formerly|ex)\b|n['’]t\b",
    re.IGNORECASE,
)
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100}
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_UNITS = frozenset(
    """km mile miles metre metres meter meters kg kilo kilos pound pounds gram grams litre litres liter liters euro euros
    dollar dollars hour hours minute minutes day days week weeks month months year years am pm percent degree degrees
    celsius fahrenheit cm inch inches foot feet""".split()
)
_TIMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december morning afternoon evening night noon midnight spring summer autumn fall winter
    today tomorrow yesterday weekend weekends daily weekly monthly yearly last next""".split()
)
_QUANTIFIERS = frozenset(
    """all every each some most many few several both half only always sometimes often rarely usually never once twice
    first second third last more less least almost""".split()
)
_OPPOSED = [
    frozenset(pair)
    for pair in (
        ("left", "right"), ("before", "after"), ("older", "younger"), ("mother", "father"), ("sister", "brother"),
        ("son", "daughter"), ("his", "her"), ("he", "she"), ("with", "without"), ("up", "down"), ("in", "out"),
        ("buy", "sell"), ("bought", "sold"), ("start", "stop"), ("started", "stopped"), ("to", "from"), ("can", "cannot"),
        ("wife", "husband"), ("aunt", "uncle"), ("like", "dislike"), ("love", "hate"), ("over", "under"),
    )
]  # fmt: skip


def differences(one: str, other: str) -> tuple[str, ...]:
    """Why two statements may be different facts; empty if the guard finds nothing."""
    return tuple(
        f"{name}: {', '.join(sorted(found))}"
        for name, found in (
            ("negation", _negated(one) ^ _negated(other)),
            ("number", _changed(numbers(one), numbers(other))),
            ("time or unit", _times(one) ^ _times(other)),
            ("quantity", _words(one, _QUANTIFIERS) ^ _words(other, _QUANTIFIERS)),
            ("name", names(one) ^ names(other)),
            ("opposite", _opposed(one, other)),
        )
        if found
    )


def lost(statement: str, evidence: str) -> tuple[str, ...]:
    """What a statement says that its evidence does not: numbers, names, or a missing or added negation.

    The evidence may say more. Dates are the exception: a relative one is written out, so times are not compared.
    """
    found = []
    if added := names(statement) - names(evidence) - _sentence_starts(statement):
        missing = {n for n in added if n not in evidence.lower()}
        found += [f"name: {n}" for n in sorted(missing)]
    if _negated(statement) != _negated(evidence):
        found.append("negation")
    if _opposed(statement, evidence):
        found.append("opposite")
    return tuple(found)


def numbers(text: str) -> Counter[str]:
    """The numbers of a text, in figures."""
    found = Counter(n.replace(",", "") for n in _NUMBER.findall(text))
    found.update(str(_NUMBER_WORDS[w]) for w in _lower(text) if w in _NUMBER_WORDS)
    return found


def names(text: str) -> frozenset[str]:
    """Capitalised words that do not merely begin a sentence, and words of capitals, in lower case."""
    words = list(_WORD.finditer(text))
    found = set()
    for match in words:
        word = match[0]
        start = match.start() == 0 or text[: match.start()].rstrip().endswith((".", "!", "?", ":"))
        if (
            word[0].isupper()
            and word not in _NOT_NAMES
            and (not start or word.isupper())
            and word.lower() not in _TIMES
        ):
            found.add(word.lower().removesuffix("'s").removesuffix("’s"))
    return frozenset(found)


_NOT_NAMES = frozenset("I I'm I've I'll I'd You Your You're The A An My He She They It We Our".split())


def _sentence_starts(text: str) -> frozenset[str]:
    return frozenset(w.lower() for w in _WORD.findall(text)[:1])


def _lower(text: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(text)]


def _words(text: str, wanted: frozenset[str]) -> frozenset[str]:
    return frozenset(_lower(text)) & wanted


def _times(text: str) -> frozenset[str]:
    return _words(text, _TIMES | _UNITS)


def _negated(text: str) -> frozenset[str]:
    """{"not"} for a statement that denies something, by an odd number of negations."""
    return frozenset({"not"} if len(_NEGATIONS.findall(text)) % 2 else ())


def _changed(one: Counter[str], other: Counter[str]) -> set[str]:
    return set((one - other) | (other - one))


def _opposed(one: str, other: str) -> frozenset[str]:
    left, right = set(_lower(one)), set(_lower(other))
    return frozenset(
        " / ".join(sorted(pair))
        for pair in _OPPOSED
        if len(pair & left) == 1 and len(pair & right) == 1 and pair & left != pair & right
    )
