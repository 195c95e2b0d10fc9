"""`reverie memory`: every way to see, correct, undo and purge, as a user types it."""

from pathlib import Path

import pytest

from assistant.cli.reference import SHAPES
from tests.cli.conftest import Cli


def test_a_life(cli: Cli) -> None:
    assert cli("memory", "add", "You live in Lyon.", "--slot", "home_city", "--value", "Lyon").out.startswith("m1 ")
    assert "Lyon" in cli("memory", "list").out
    assert cli("memory", "edit", "m1", "You live in Porto.").out == "m1 You live in Porto.\n"
    assert "Porto" in cli("memory", "show", "m1").out
    assert "Lyon" in cli("memory", "undo").out
    assert "Porto" in cli("memory", "redo").out
    history = cli("memory", "history", "m1", "--json").json
    assert [row["actor"] for row in history] and history[-1]["before"] is None


@pytest.mark.parametrize(
    ("do", "back", "key", "value"),
    [
        ("pin", "unpin", "pinned", True),
        ("mute", "unmute", "muted", True),
        ("retire", "restore", "status", "retired"),
    ],
)
def test_marks_go_on_and_off(cli: Cli, do: str, back: str, key: str, value: object) -> None:
    cli("memory", "add", "You like tea.")
    before = cli("memory", "show", "m1", "--json").json[key]
    assert cli("memory", do, "m1").code == 0
    assert cli("memory", "show", "m1", "--json").json[key] == value
    assert cli("memory", back, "m1").code == 0
    assert cli("memory", "show", "m1", "--json").json[key] == before


def test_what_is_retired_is_listed_only_on_request(cli: Cli) -> None:
    cli("memory", "add", "You like tea.")
    cli("memory", "retire", "m1")
    assert cli("memory", "list", "--json").json == []
    assert [m["id"] for m in cli("memory", "list", "--status", "all", "--json").json] == ["m1"]


def test_filters(cli: Cli) -> None:
    cli("memory", "add", "You like tea.", "--kind", "preference")
    cli("memory", "add", "You live in Lyon.")
    cli("memory", "pin", "m2")
    listed = {
        ("tea",): ["m1"],
        ("--kind", "preference"): ["m1"],
        ("--pinned",): ["m2"],
        ("--not-pinned",): ["m1"],
        ("--limit", "1"): ["m2"],
        ("--subject", "Ana"): [],
    }
    for options, ids in listed.items():
        assert [m["id"] for m in cli("memory", "list", *options, "--json").json] == ids, options


def test_a_purge_asks_and_leaves_nothing(program: Cli) -> None:
    program("memory", "add", "You like marzipan.")
    refused = program("memory", "purge", "m1", given="no\n")
    assert refused.code == 3 and "Nothing was purged" in refused.err
    receipt = program("memory", "purge", "m1", "--json", given="m1\n").json
    assert set(SHAPES["memory purge"].keys) <= set(receipt)
    assert program("memory", "list", "--status", "all", "--json").json == []
    gone = program("memory", "show", "m1")
    assert gone.code in (1, 3) and "m1" in gone.err


def test_nothing_to_undo_is_said(cli: Cli) -> None:
    ended = cli("memory", "undo")
    assert ended.code == 3 and ended.err.startswith("reverie: ") and ended.out == ""


def test_escapes_in_a_memory_never_reach_the_terminal(cli: Cli) -> None:
    cli("memory", "add", "You like \x1b[31mred\x1b]0;title\x07 \u202ereversed")
    for command in (("list",), ("show", "m1"), ("history",), ("history", "m1")):
        said = cli("memory", *command).out
        assert "red" in said and not set(said) & {"\x1b", "\x07", "\u202e"}, command


def test_many_are_listed_in_full_width_or_in_a_pipe(cli: Cli) -> None:
    for number in range(3):
        cli("memory", "add", f"You own book number {number}, " + "which is long " * 30)
    assert all(f"number {number}" in cli("memory", "list").out for number in range(3))


def test_a_look_at_an_export_leaves_nothing_where_one_stands(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "purged.txt").write_text("mine")
    cli("memory", "add", "I like tea.")
    assert cli("export", "-o", str(tmp_path / "copy")).code == 0
    monkeypatch.chdir(here)
    assert "nothing was kept" in (looked := cli("import", "--preview", str(tmp_path / "copy"))).out + looked.err
    assert [path.name for path in here.iterdir()] == ["purged.txt"] and (here / "purged.txt").read_text() == "mine"
