"""Vectors for scoring, each text once: what was embedded lately is kept, what is stored is read instead of embedded."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

Embed = Callable[[Sequence[str]], "Matrix"]

KEPT = 4_000
"""Vectors kept in memory: 6 MB at 384 dimensions."""
MOST_NEW = 32
"""How many texts are embedded for one question at the most; about 50 ms."""


class Meaning:
    """Vectors of texts, through a cache. The responder's own: it is asked by one turn at a time."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._kept: OrderedDict[str, Matrix] = OrderedDict()

    def vectors(self, texts: Sequence[str]) -> "dict[str, Matrix]":
        """The vector of each text; of new ones only of the first MOST_NEW. Raises EmbedderError."""
        distinct = list(dict.fromkeys(texts))
        new = [text for text in distinct if text not in self._kept][:MOST_NEW]
        if new:
            self._kept.update(zip(new, self._embed(new), strict=True))
        found = {text: self._kept[text] for text in distinct if text in self._kept}
        for text in found:
            self._kept.move_to_end(text)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found
