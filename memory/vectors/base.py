"""What the rest of the memory layer knows of vectors: two protocols and their values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class EmbedderIdentity:
    """Which model made a vector. Vectors of different identities are never compared."""

    name: str
    revision: str
    dimension: int


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def identity(self) -> EmbedderIdentity: ...

    def embed(self, texts: Sequence[str]) -> "Matrix":
        """float32 array (len(texts), dimension), rows of length 1. Raises EmbedderError."""


@dataclass(frozen=True, slots=True)
class PassageScore:
    """A passage by number with its cosine similarity to the query, in -1..1."""

    passage: int
    score: float


class VectorIndex(Protocol):
    """Finds the nearest passages. Derived data: it can always be thrown away and made again from the database."""

    @property
    def name(self) -> str:
        """What `doctor` and notices call it."""

    def upsert(self, passages: Sequence[int], vectors: "Matrix") -> None: ...

    def delete(self, passages: Sequence[int]) -> None: ...

    def search(self, vector: "Matrix", k: int) -> list[PassageScore]:
        """The `k` nearest, best first. Raises IndexUnavailable."""

    def count(self) -> int: ...

    def close(self) -> None: ...
