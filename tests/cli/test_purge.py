"""`reverie purge`, as a user types it."""

import json
from pathlib import Path

import pytest

from assistant.cli.reference import SHAPES
from tests.cli.conftest import Cli

LINES = [
    {"id": f"{n}", "conversation": "talk", "role": role, "content": text, "created_at": f"2026-05-0{n}T10:00:00Z"}
    for n, (role, text) in enumerate(
        [("user", "Stan owns a xylophone."), ("assistant", "A xylophone!"), ("user", "I like tea.")], start=1
    )
]


@pytest.fixture
def told(program: Cli, tmp_path: Path) -> Path:
    file = tmp_path / "messages.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    assert program("import", str(file)).code == 0
    return file


def test_it_says_what_would_go_and_asks(program: Cli, told: Path) -> None:
    refused = program("purge", "--about", "stan", given="yes\n")
    assert refused.code == 3 and "Nothing was purged" in refused.err
    assert "2 messages" in refused.err and "t1 Stan owns a xylophone." in refused.err
    done = program("purge", "--about", "stan", given="purge\n")
    assert done.code == 0 and "everything about stan: purged." in done.out and "xylophone" not in done.out
    again = program("import", str(told), "--json").json
    assert again["messages"] | {"imported": 0, "skipped": 2} == again["messages"]
    assert program("purge", "--about", "stan", "--yes").code == 3, "nothing is left"


def test_ids_and_times(program: Cli, told: Path) -> None:
    receipt = program("purge", "t1", "--yes", "--json").json
    assert set(SHAPES["purge"].keys) == set(receipt) and receipt["removed"]["messages"] == 2
    spanned = program("purge", "--from", "2026-05-03", "--until", "4 May 2026", "--yes", "--json").json
    assert spanned["removed"]["messages"] == 1 and spanned["removed"]["conversations"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "Purge what?"),
        (("m1", "--about", "Stan"), 2, "Purge what?"),
        (("x1",), 2, "does not name"),
        (("t77",), 1, "no message t77"),
        (("--about", "..."), 2, "names nobody"),
        (("--from", "someday"), 2, "is no time"),
        (("--from", "2026-05-04", "--until", "2026-05-03"), 2, "not after"),
    ],
)
def test_wrong_ones(cli: Cli, arguments: tuple[str, ...], code: int, words: str) -> None:
    result = cli("purge", *arguments, "--yes")
    assert result.code == code and words in result.err and len(result.err.strip().splitlines()) <= 2
