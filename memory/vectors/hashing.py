"""A tiny embedder without a model: hashed words. Deterministic and instant; for tests and demonstrations of plumbing.

Feature hashing after Weinberger et al. 2009: each word's hash picks a coordinate and a sign.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from memory.vectors.base import EmbedderIdentity

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

_WORD = re.compile(r"\w+", re.UNICODE)


class HashEmbedder:
    """Texts that share words are near each other. Counts what it embeds in `embedded`."""

    def __init__(self, dimension: int = 64, name: str = "hashed-words", revision: str = "1") -> None:
        self._identity = EmbedderIdentity(name, revision, dimension)
        self.embedded: list[str] = []

    @property
    def identity(self) -> EmbedderIdentity:
        return self._identity

    def embed(self, texts: Sequence[str]) -> "Matrix":
        import numpy as np

        self.embedded += texts
        vectors = np.zeros((len(texts), self._identity.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in _WORD.findall(text.lower()) or ["\0"]:
                digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
                value = int.from_bytes(digest, "big")
                row[value % len(row)] += 1.0 if value >> 63 else -1.0
            norm = float(np.linalg.norm(row))
            if norm == 0.0:
                row[0], norm = 1.0, 1.0
            row /= norm
        return vectors
