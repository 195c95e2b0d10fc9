"""The matrix of recalls and its figures, on cases that can be done by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleep.weights.metrics import retention


def test_figures_of_a_matrix_done_by_hand() -> None:
    found = retention([[0.8, 0.1, 0.0], [0.9, 1.0, 0.2], [0.6, 0.7, 1.0]], untrained=[0.0, 0.0, 0.1])
    assert found.accuracy == pytest.approx((0.6 + 0.7 + 1.0) / 3)
    assert found.backward == pytest.approx((0.6 - 0.8 + 0.7 - 1.0) / 2)
    assert found.forgetting == pytest.approx((0.9 - 0.6 + 1.0 - 0.7) / 2)
    assert found.forward == pytest.approx((0.1 - 0.0 + 0.2 - 0.1) / 2)


def test_one_night_forgets_nothing() -> None:
    found = retention([[0.5]])
    assert (found.accuracy, found.backward, found.forgetting, found.forward) == (0.5, 0, 0, 0)


@pytest.mark.parametrize("matrix", [[], [[1.0], [1.0]], [[1.0, 0.0]]])
def test_what_is_no_matrix_is_refused(matrix: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="square"):
        retention(matrix)


@given(
    st.integers(2, 6).flatmap(
        lambda n: st.lists(st.lists(st.floats(0, 1), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_what_never_falls_is_never_forgotten(matrix: list[list[float]]) -> None:
    rising = [[max(row[j] for row in matrix[: i + 1]) for j in range(len(matrix))] for i in range(len(matrix))]
    found = retention(rising)
    assert found.forgetting == pytest.approx(0) or found.forgetting < 0
    assert found.backward >= 0
