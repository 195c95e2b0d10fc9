"""What a sequence of nights kept: the matrix of recalls and the figures that continual learning takes from it.

``R[i][j]`` is the recall, from 0 to 1, of what night ``j`` taught, measured after night ``i``; every row is as long as
there are nights, and what is right of the diagonal tells how much was known before it was taught. Formulas: Lopez-Paz
and Ranzato 2017 (ACC, BWT, FWT), Chaudhry et al. 2018 (forgetting).
"""

from collections.abc import Sequence
from dataclasses import dataclass

Matrix = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Retention:
    """The figures of one matrix."""

    accuracy: float
    """Mean recall of all nights after the last one."""
    backward: float
    """Mean change since a night was taught; negative where it was forgotten."""
    forgetting: float
    """Mean loss from the best that a night ever had."""
    forward: float
    """Mean gain of a night before it was taught, over the untrained model."""


def retention(matrix: Matrix, untrained: Sequence[float] | None = None) -> Retention:
    """The figures of a square matrix; ``untrained`` is the recall of each night by the model before the first.

    Raises ValueError for a matrix that is empty or not square.
    """
    nights = len(matrix)
    if not nights or any(len(row) != nights for row in matrix):
        raise ValueError("The matrix of recalls must be square, and not empty.")
    last = matrix[-1]
    earlier = range(nights - 1)
    return Retention(
        accuracy=_mean(last),
        backward=_mean([last[j] - matrix[j][j] for j in earlier]),
        forgetting=_mean([max(matrix[i][j] for i in range(j, nights - 1)) - last[j] for j in earlier]),
        forward=_mean([matrix[j - 1][j] - (untrained[j] if untrained else 0.0) for j in range(1, nights)]),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
