"""Numbers in a text, in figures or in words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"(?:(?<![\w.])[-−])?\d+(?:[.,:/]\d+)*")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+")
_TENS = {w: n * 10 for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
_SMALL = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen".split()
    )
}
_LARGE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}


def numbers(text: str) -> Counter[str]:
    """The numbers of a text, in figures."""
    found = Counter(_figure(n) for n in _NUMBER.findall(text))
    found.update(number for number, is_number in _read(_WORD.findall(text.lower())) if is_number)
    return found


def figures(tokens: Sequence[str]) -> list[str]:
    """Words of a text with the numbers in figures: "twenty", "five" as "25"."""
    return [_figure(word) for word, _ in _read(tokens)]


def _figure(number: str) -> str:
    number = number.replace("−", "-")
    return number.replace(",", "") if _THOUSANDS.fullmatch(number) else number


def _read(tokens: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Each word, or the number that it and those after it name."""
    at = 0
    while at < len(tokens):
        value: int | None = None
        start = at
        while at < len(tokens) and (more := _more(value, tokens[at])) is not None:
            value, at = more, at + 1
        if value is None:
            yield tokens[start], False
            at += 1
        else:
            yield str(value), True


def _more(value: int | None, word: str) -> int | None:
    """A number in words after one more word; None where the word does not go on with it."""
    if word in _LARGE:
        return None if value is None else value * _LARGE[word]
    small = _TENS.get(word, _SMALL.get(word))
    if small is None or value is None:
        return small
    fits = (value % 100 == 0 and value > 0) or (value % 100 in _TENS.values() and 0 < small < 10)
    return value + small if fits else None
