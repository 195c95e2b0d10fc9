"""From "I" to "you": a statement about oneself as the assistant keeps it."""

import re

_PAIRS = {
    "i": "you",
    "i'm": "you're",
    "i've": "you've",
    "i'll": "you'll",
    "i'd": "you'd",
    "me": "you",
    "my": "your",
    "mine": "yours",
    "myself": "yourself",
    "am": "are",
    "we": "you",
    "we're": "you're",
    "we've": "you've",
    "we'll": "you'll",
    "our": "your",
    "ours": "yours",
    "us": "you",
}
_WORD = re.compile(
    r"(?<!\d)(?<!\d )[A-Za-z]+(?:['’][A-Za-z]+)?|(?<=\d )(?!am\b)[A-Za-z]+(?:['’][A-Za-z]+)?", re.IGNORECASE
)
"""Words, but for the "am" of "7 am"."""


def second_person(clause: str) -> str:
    """`I'm a nurse and my sister is Ana` as `You're a nurse and your sister is Ana.`"""
    turned = _WORD.sub(_turn, clause)
    turned = re.sub(r"\b(you) was\b", r"\1 were", turned, flags=re.IGNORECASE)
    turned = re.sub(r"\bcan not\b", "cannot", " ".join(turned.split()))
    return turned[:1].upper() + turned[1:].rstrip(" .!…,;:") + "."


def _turn(match: re.Match[str]) -> str:
    word = match[0]
    plain = word.replace("’", "'").lower()
    if plain not in _PAIRS or (word.isupper() and len(word) > 1 and plain not in ("i'm", "i've")):
        return word  # US and ME in capitals are names
    return _PAIRS[plain]
