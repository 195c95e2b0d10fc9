"""The words that were purged, and whether some text still says them.

Texts are compared word by word, so that case, spaces and punctuation make no difference, and looking through a text
takes time in its own length, however much was purged.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

PURGED = "[purged]"
TELLING = 3
"""Words of a text that is looked for elsewhere: what has fewer is said everywhere."""
KEY = 3
"""So many words at their beginning find the texts that may be meant."""
_UNSPACED = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+")
_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[。！？])")

Words = tuple[str, ...]


def pieces_of(text: str) -> set[str]:
    """A text and its sentences, without those that everybody says: what is derived takes single sentences over."""
    return {piece for piece in (text, *_SENTENCES.split(text)) if len(words_of(piece)) >= TELLING}


def words_of(text: str) -> Words:
    """The words of a text in small letters; in scripts without spaces, its characters."""
    return tuple(_WORD.findall(text.lower()))


def naming(name: str) -> "re.Pattern[str]":
    """A name as a whole word, however it is spaced."""
    spaced = r"\s+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)


class Said:
    """Whether a text says what was purged, in any of its wordings, or names whom it was about."""

    def __init__(self, texts: Iterable[str], named: str = "") -> None:
        self._named = naming(named) if named.strip() else None
        self._by_key: dict[Words, list[Words]] = {}
        for words in sorted({words_of(text) for text in texts}, key=len, reverse=True):
            if words:
                self._by_key.setdefault(words[:KEY], []).append(words)

    def by(self, text: str | None) -> bool:
        return bool(text) and next(self._spans(text or ""), None) is not None

    def by_beginning(self, line: str) -> bool:
        """Whether a line, which may be the shortened beginning of what was purged, says it."""
        if self.by(line):
            return True
        start = words_of(line)[:-1] if line.rstrip().endswith("…") else words_of(line)
        keys = [start[:KEY]] if len(start) >= KEY else [key for key in self._by_key if key[: len(start)] == start]
        return bool(start) and any(
            words[: len(start)] == start for key in keys for words in self._by_key.get(key, ())
        )  # fmt: skip

    def anywhere(self, value: Any) -> bool:
        """Whether a JSON value says it in any of its texts, names of fields among them."""
        if isinstance(value, str):
            return self.by(value)
        if isinstance(value, dict):
            return any(self.anywhere(item) for pair in value.items() for item in pair)
        return isinstance(value, list | tuple) and any(self.anywhere(item) for item in value)

    def without(self, value: Any) -> Any:
        """A JSON value with the purged words replaced."""
        if isinstance(value, str):
            return self._replaced(value)
        if isinstance(value, list):
            return [self.without(item) for item in value]
        if isinstance(value, dict):
            return {self.without(name): self.without(item) for name, item in value.items()}
        return value

    def _replaced(self, text: str) -> str:
        kept, last = [], 0
        for start, end in sorted(self._spans(text)):
            if end > last:
                kept += [text[last : max(start, last)], PURGED if start >= last else ""]
                last = end
        return "".join(kept) + text[last:] if last else text

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the purged words stand, each place once."""
        if self._named:
            yield from (found.span() for found in self._named.finditer(text))
        if not self._by_key:
            return
        lowered = text.lower()
        places = [found.span() for found in _WORD.finditer(lowered)]
        words = tuple(lowered[start:end] for start, end in places)
        exact = len(lowered) == len(text)  # some capitals (İ) are longer in small letters
        at = 0
        while at < len(words):
            length = self._length_at(words, at)
            if length:
                yield (places[at][0], places[at + length - 1][1]) if exact else (0, len(text))
            at += length or 1

    def _length_at(self, words: Words, at: int) -> int:
        """How many words of the longest purged text begin here."""
        longest = 0
        for size in range(1, KEY + 1):
            for known in self._by_key.get(words[at : at + size], ()):
                if len(known) > longest and words[at : at + len(known)] == known:
                    longest = len(known)
        return longest
