"""From "I" to "you" and back: a statement about oneself as the assistant keeps it, and as its author would say it."""

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
    turned = turned.rstrip(" .!…,;:")
    closing = ")" if turned.count("(") > turned.count(")") else ""
    return turned[:1].upper() + turned[1:] + closing + "."


_BACK = (
    (r"\byou're\b", "I'm"), (r"\byou are\b", "I am"), (r"\byou were\b", "I was"), (r"\bare you\b", "am I"),
    (r"\byour\b", "my"), (r"\byours\b", "mine"), (r"\byourself\b", "myself"),
    (r"(?<!^)(?<![.,;!?] )(?<!and )(?<!but )(?<!that )(?<!because )(?<!if )(?<!when )\byou\b(?=$|\W)", "me"),
    (r"\byou\b", "I"), (r"\byou(?=['’])", "I"),
)  # fmt: skip


def first_person(statement: str) -> str:
    """`You are a nurse and your sister is Ana.` as `I am a nurse and my sister is Ana.`: near enough to be compared."""
    for pattern, word in _BACK:
        statement = re.sub(pattern, word, statement, flags=re.IGNORECASE)
    return statement[:1].upper() + statement[1:]


def _turn(match: re.Match[str]) -> str:
    word = match[0]
    plain = word.replace("’", "'").lower()
    if plain not in _PAIRS or (word.isupper() and len(word) > 1 and plain not in ("i'm", "i've")):
        return word  # US and ME in capitals are names
    return _PAIRS[plain]
