"""`reverie bench sleep` and `reverie demo`: bad input, and a small run by command."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

OURS = "seeding"


def test_an_arm_that_is_none_is_bad_input(cli: Cli) -> None:
    found = cli("bench", "sleep", "--arm", "magic")
    assert found.code == 2
    assert "There is no arm 'magic'" in found.err and "seeding" in found.err


@pytest.mark.parametrize("option", [("--nights", "0"), ("--facts", "6"), ("--nights", "15"), ("--seeds", "0")])
def test_scales_that_make_no_sense(cli: Cli, option: tuple[str, str]) -> None:
    found = cli("bench", "sleep", *option)
    assert found.code == 2 and option[0] in found.err


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_small_comparison_by_command(cli: Cli, tmp_path: Path) -> None:
    options = ("--seeds", "1", "--nights", "2", "--facts", "2", "--steps", "20", "--folder", str(tmp_path))
    found = cli("bench", "sleep", "--arm", "teacher", "--arm", OURS, *options, "--json")
    assert found.code == 0
    told = json.loads(found.out)
    assert [row["arm"] for row in told["rows"]] == ["teacher", OURS, "seeding + retrieval"]
    assert "seed 1: dreamt" in found.err


@pytest.mark.timeout(400)
def test_a_short_story(cli: Cli, home: Path) -> None:
    """Two nights too short to learn much: the story is told all the same, and nothing is left of it."""
    found = cli("demo", "--nights", "2", "--facts", "1", "--steps", "10")
    assert found.code == 0
    assert "Day 2. Told:" in found.out and "Recall of what was told on each day" in found.out
    assert "Purge:" in found.out and "removed, memories: 1" in found.out
    assert not home.exists() or not list(home.rglob("*.db"))
