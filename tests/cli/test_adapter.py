"""`reverie adapter` and `reverie sleep --weights`, up to where training begins."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

TOLD, LATER = "2026-05-01T10:00:00Z", "2026-05-03T10:00:00Z"


@pytest.fixture
def told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("REVERIE_NOW", TOLD)
    for text in ("You live in Porto.", "Your shoe size is 43."):
        assert cli("memory", "add", text).code == 0
    monkeypatch.setenv("REVERIE_NOW", LATER)
    return cli


def test_no_adapters_yet(cli: Cli) -> None:
    assert cli("adapter", "list", "--json").json == []
    found = cli("adapter", "list")
    assert found.code == 0 and "`reverie sleep --weights` makes one" in found.err


@pytest.mark.parametrize("command", ["show", "activate", "deactivate", "remove"])
def test_an_adapter_that_is_not_there(cli: Cli, command: str) -> None:
    found = cli("adapter", command, "a7")
    assert found.code == 1
    assert "There is no adapter a7." in found.err and "reverie adapter list" in found.err


def test_what_is_no_adapter_is_bad_input(cli: Cli) -> None:
    found = cli("adapter", "show", "porto")
    assert found.code == 2 and "'porto' is no adapter" in found.err


def test_nothing_to_learn_is_said(cli: Cli) -> None:
    found = cli("sleep", "--weights", "--yes")
    assert found.code == 3 and "There is nothing new to learn." in found.err


def test_a_dry_run_lists_what_would_be_learned_and_trains_nothing(told: Cli, home: Path) -> None:
    before = (home / "reverie.db").read_bytes()
    found = told("sleep", "--weights", "--dry-run")
    assert found.code == 0
    assert "m1  You live in Porto." in found.out and "m2  Your shoe size is 43." in found.out
    assert "2 memories to be learned by pocket." in found.err
    assert "Trained on cpu (" in found.err
    assert not (home / "adapters").exists()
    assert (home / "reverie.db").read_bytes() == before


def test_json_says_what_would_be_learned(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [line for line in told("sleep", "--weights", "--estimate", "--json").out.splitlines() if '"learn"' in line]
    assert len(events) == 1 and '"memories": 2' in events[0]
    monkeypatch.setenv("REVERIE_NOW", TOLD)
    assert '"younger than a day, or changed since": 2' in told("sleep", "--weights", "--estimate", "--json").out


def test_a_base_that_is_none_is_one_line(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVERIE_WEIGHTS__BASE", "/nowhere/at/all")
    found = told("sleep", "--weights", "--yes")
    assert found.code == 1
    assert "/nowhere/at/all cannot be loaded" in found.err and "Traceback" not in found.err
