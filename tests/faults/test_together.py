"""A chat, a scheduled sleep, imports, two that ask and a doctor at once on one home: nobody hears of a lock, nothing is
lost. What it costs a turn is a benchmark: `python -m benchmarks.together`."""

from pathlib import Path

import pytest

from benchmarks.together import ROLES, Told, filled, lost, together


def nothing_went_wrong(told: Told, home: Path, before: int) -> None:
    assert told.failures == ()
    assert all(count >= 1 for count in told.acts.values()), told.acts
    assert told.kept and told.imported
    assert lost(home, told, "hash", before) == []


@pytest.mark.timeout(300)
def test_everybody_at_once_for_a_moment(tmp_path: Path) -> None:
    home = tmp_path / "home"
    filled(home, "hash", 200)
    nothing_went_wrong(together(home, tuple(ROLES), 8, embedder="hash", hurry=4), home, 200)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_everybody_at_once_for_ten_minutes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    filled(home, "hash", 2_000)
    nothing_went_wrong(together(home, tuple(ROLES), 600, embedder="hash", hurry=2), home, 2_000)
