"""What programs read: one document, the documented keys, nothing else on standard output."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.reference import SHAPES
from tests.cli.conftest import Cli

SAID = [
    ("a", "user", "I live in Lyon and work as a nurse."),
    ("a", "assistant", "Noted."),
    ("b", "user", "My sister Ana is allergic to peanuts."),
]


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.jsonl"
    rows = [
        {"conversation": c, "id": str(n), "role": r, "content": t, "created_at": f"2026-01-05T10:0{n}:00Z"}
        for n, (c, r, t) in enumerate(SAID)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def keys(command: str, found: Any) -> None:
    for row in found if isinstance(found, list) else [found]:
        assert set(SHAPES[command].keys) <= set(row), command


def test_import_ask_recall(cli: Cli, talk: Path, tmp_path: Path) -> None:
    report = cli("import", str(talk), "--json").json
    keys("import", report)
    assert report["messages"]["imported"] == 3 and report["conversations"]["new"] == 2
    assert cli("import", str(talk), "--json").json["messages"]["known"] == 3
    hits = cli("recall", "peanuts", "--json").json
    keys("recall", hits)
    assert hits[0]["text"] == "My sister Ana is allergic to peanuts."
    queries = tmp_path / "queries.jsonl"
    queries.write_text(
        '{"id": "one", "query": "What is my job?"}\n{"id": 2, "query": "allergic", "now": "2026-03-01"}\n'
    )
    lines = [json.loads(line) for line in cli("recall", "--batch", str(queries)).out.splitlines()]
    assert [line["id"] for line in lines] == ["one", 2]
    keys("recall --batch", lines)
    assert "nurse" in lines[0]["hits"][0]["text"] and "peanuts" in lines[1]["hits"][0]["text"]
    answer = cli("ask", "What is my job?", "--json").json
    keys("ask", answer)
    assert "nurse" in answer["answer"] and "t1" in json.dumps(answer["memories"])


def test_a_bad_line_of_a_batch_is_named(cli: Cli, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"id": 1, "query": "tea"}\n{"id": 2}\nnonsense\n')
    ended = cli("recall", "--batch", str(queries))
    assert ended.code in (1, 2) and "line 2" in ended.err


@pytest.mark.parametrize("format", ["jsonl", "markdown"])
def test_export_is_counted(cli: Cli, talk: Path, tmp_path: Path, format: str) -> None:
    cli("import", str(talk))
    cli("memory", "add", "You like tea.")
    report = cli("export", "-o", str(tmp_path / "out"), "--format", format, "--json").json
    keys("export", report)
    assert (report["conversations"], report["messages"], report["memories"]) == (2, 3, 1)
    assert any((tmp_path / "out").rglob("*.*"))


def test_out_in_out_is_the_same(program: Cli, talk: Path, tmp_path: Path) -> None:
    program("import", str(talk))
    program("memory", "add", "You like tea.")
    program("memory", "pin", "m1")
    program("export", "-o", str(tmp_path / "one"))
    other = str(tmp_path / "other")
    assert program("import", str(tmp_path / "one"), REVERIE_HOME=other).code == 0
    program("export", "-o", str(tmp_path / "two"), REVERIE_HOME=other)
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path / "one", tmp_path / "two")
    )
    assert first and first == second


def test_the_rest(cli: Cli) -> None:
    cli("memory", "add", "You like tea.")
    for command in ("memory list", "memory history", "config show", "doctor", "ledger"):
        ended = cli(*command.split(), "--json")
        assert ended.code in (0, 1), command
        keys(command, ended.json)
    keys("memory show", cli("memory", "show", "m1", "--json").json)


def test_a_setting_set_is_a_setting_shown(cli: Cli, home: Path) -> None:
    assert cli("config", "set", "screen.ascii", "true").code == 0
    shown = {row["key"]: row for row in cli("config", "show", "--json").json}
    assert shown["screen.ascii"]["value"] is True and shown["screen.ascii"]["default"] is False
    assert str(home) in cli("config", "path").out
