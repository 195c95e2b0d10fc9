"""The loss curve of a training, as it is kept beside an adapter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleep.weights.seeding import Learned


@given(st.lists(st.floats(0, 10), max_size=900), st.integers(1, 200))
def test_a_curve_is_short_and_keeps_order_and_range(losses: list[float], most: int) -> None:
    curve = Learned(losses=losses).curve(most)
    assert len(curve) <= most and bool(curve) == bool(losses)
    if losses:
        assert min(losses) - 1e-3 <= min(curve) and max(curve) <= max(losses) + 1e-3
    if len(losses) <= most:
        assert curve == pytest.approx(losses, abs=1e-3)
    rising = Learned(losses=sorted(losses)).curve(most)
    assert list(rising) == sorted(rising)
