"""Optional: a cross-encoder reads the question and each of the first hits together, and has a say in their order.

It reads better than any single column, and costs a pass of a model for every hit; so it is off unless it is named. Its
logits have no common scale, so they are compared within one question (Nogueira, Cho 2019 rerank in the same place).
"""

import threading
from collections.abc import Sequence
from typing import Any, Protocol

from memory.errors import EmbedderError
from memory.interrupts import interrupts_wait

FIRST = 20
"""So many hits are read."""
SAY = 1.0
"""How many standard deviations of the ranking's own score one of the cross-encoder's is worth."""


class Reranker(Protocol):
    """Tells how well each text answers a query, on a scale of its own."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """One number a text, larger is better. Raises EmbedderError."""


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder: a folder or a hub name. Loads when it is first asked."""

    def __init__(self, name: str, device: str = "auto") -> None:
        self.name = name
        self._device = device
        self._model: Any = None
        self._failure: EmbedderError | None = None
        self._lock = threading.Lock()

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        with self._lock:
            model = self._loaded()
            found = model.predict([(query, text) for text in texts], show_progress_bar=False, convert_to_numpy=True)
        if found.ndim != 1 or len(found) != len(texts):
            raise EmbedderError(
                f"{self.name} gives more than one score for a pair.", "Name a cross-encoder that was made for ranking."
            )
        return [float(score) for score in found]

    def _loaded(self) -> Any:
        if self._failure is not None:
            raise self._failure
        if self._model is None:
            with interrupts_wait():
                from sentence_transformers import CrossEncoder

            try:
                device = None if self._device == "auto" else self._device
                self._model = CrossEncoder(self.name, device=device, trust_remote_code=False)
            except (OSError, ValueError, RuntimeError, KeyError, AssertionError) as error:
                first = (str(error).strip().splitlines() or [type(error).__name__])[0]
                self._failure = EmbedderError(
                    f"The cross-encoder {self.name} cannot be loaded: {first[:200]}",
                    "Check retrieval.reranker in the settings; without a network only folders work.",
                )
                raise self._failure from error
        return self._model


def reordered(own: Sequence[float], read: Sequence[float]) -> list[int]:
    """The places of hits, best first, by their own score and the reader's, each in standard deviations."""
    total = [a + SAY * b for a, b in zip(_z(own), _z(read), strict=True)]
    return sorted(range(len(total)), key=lambda i: -total[i])


def _z(values: Sequence[float]) -> list[float]:
    mean = sum(values) / len(values)
    spread = (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5
    return [(v - mean) / spread if spread > 1e-9 else 0.0 for v in values]
