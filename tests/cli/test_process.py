"""The program among others: interrupted, its reader gone, its disk full, its home not as it should be."""

import os
import pty
import signal
import sqlite3
import stat
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Cli


def start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.jsonl"
    row = '{{"conversation": "a", "id": "{0}", "role": "user", "content": "message {0}", "created_at": "{1}"}}\n'
    with path.open("w") as file:
        file.writelines(row.format(number, "2026-01-05T10:00:00Z") for number in range(1_500))
    return path


@pytest.mark.parametrize("wait", [0.05, 0.4, 1.0, 2.0])
def test_an_interrupt_ends_with_130_and_loses_nothing(program: Cli, many: Path, wait: float) -> None:
    running = start("import", str(many))
    time.sleep(wait)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    # Before the program's own first line, the signal itself or the interpreter's own words end it.
    begun = "Failed to import the site module" not in err
    assert not begun or (running.returncode in (130, -signal.SIGINT) and "Traceback" not in err), err
    assert program("import", str(many)).code == 0
    assert program("recall", "message 1499", "--json").json[0]["text"].startswith("message 1499")


def test_an_index_that_is_made_anew_shows_how_far_it_is_and_can_be_interrupted(program: Cli, many: Path) -> None:
    """More vectors than are linked in the program's own process."""
    program("config", "set", "index.backend", "chroma")
    program("import", str(many))
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [*PROGRAM, "doctor", "--rebuild-index"], stdout=subprocess.PIPE, stderr=theirs, text=True
    )
    os.close(theirs)
    seen, sent = b"", False
    with suppress(OSError):  # the terminal's end
        while piece := os.read(ours, 65_536):
            seen += piece
            if b"indexing" in seen and not sent:
                running.send_signal(signal.SIGINT)
                sent = True
    running.communicate(timeout=60)
    os.close(ours)
    assert running.returncode == 130 and b"Stopped. Every vector is stored" in seen, seen
    whole = program("doctor", "--rebuild-index")
    assert whole.code == 0 and "The index was made anew: 1,500 vectors." in whole.err
    assert program("recall", "message 1499", "--json").json[0]["text"].startswith("message 1499")


def test_a_reader_that_has_enough(program: Cli) -> None:
    for number in range(3):
        program("memory", "add", f"You own book {number}.")
    shell = f"{' '.join(PROGRAM)} memory list --json | head -c 10"
    ended = subprocess.run(["bash", "-c", f"set -o pipefail; {shell}"], capture_output=True, text=True, timeout=60)
    assert ended.stderr == "" and ended.returncode in (0, 141) and len(ended.stdout) == 10


def test_output_that_cannot_be_written(program: Cli) -> None:
    program("memory", "add", "You like tea.")
    shell = f"{' '.join(PROGRAM)} memory list > /dev/full"
    ended = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1 and "Traceback" not in ended.stderr and len(ended.stderr.splitlines()) <= 2


def test_only_the_user_can_read_it(program: Cli, home: Path) -> None:
    program("memory", "add", "You like tea.")
    program("config", "set", "model", "none")
    for path in [home, *home.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), f"{path}: {mode:o}"


def test_a_full_disk_is_said_and_nothing_is_lost(program: Cli, home: Path) -> None:
    program("memory", "add", "You like tea.")
    most = (home / "reverie.db").stat().st_size
    ended = program("ask", "-", given="I like coffee. " * 20_000, limit=most)
    assert ended.code == 1 and "refuses" in ended.err and len(ended.err.splitlines()) <= 3
    assert [m["text"] for m in program("memory", "list", "--json").json] == ["You like tea."]
    assert program("memory", "add", "You like juice.").code == 0


@pytest.mark.parametrize("place", ["a file", "below a file", "/proc/reverie"])
def test_a_home_that_cannot_be(program: Cli, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    home = {"a file": tmp_path / "file", "below a file": tmp_path / "file" / "home"}.get(place, Path(place))
    for command in (("memory", "list"), ("ask", "hello"), ("doctor",)):
        ended = program(*command, REVERIE_HOME=str(home))
        assert ended.code == 1 and "REVERIE_HOME" in ended.err, (command, ended)
    assert (tmp_path / "file").read_text() == "not a folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_is_read_only(program: Cli, home: Path) -> None:
    program("memory", "add", "You like tea.")
    for path in (*home.rglob("*"), home):
        path.chmod(0o500 if path.is_dir() else 0o400)
    ended = program("memory", "add", "You like coffee.")
    assert ended.code == 1 and str(home) in ended.err
    home.chmod(0o700)


def test_a_home_of_a_later_version_is_left_alone(program: Cli, home: Path) -> None:
    program("memory", "add", "You like tea.")
    with closing(sqlite3.connect(home / "reverie.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = (home / "reverie.db").read_bytes()
    for command in (("memory", "list"), ("ask", "hello"), ("import", str(home))):
        ended = program(*command)
        assert ended.code == 1 and "later version" in ended.err, command
    assert (home / "reverie.db").read_bytes() == before


@pytest.mark.parametrize("damage", ["header", "middle"])
def test_a_damaged_database_is_named(program: Cli, home: Path, damage: str) -> None:
    for number in range(3):
        program("memory", "add", f"You own book {number}.")
    path = home / "reverie.db"
    data = bytearray(path.read_bytes())
    at = 0 if damage == "header" else 4096
    data[at : at + 12_000] = b"\xa5" * 12_000
    path.write_bytes(data)
    for name in ("reverie.db-wal", "reverie.db-shm"):
        (home / name).unlink(missing_ok=True)
    ended = program("memory", "list")
    assert ended.code == 1 and "reverie.db" in ended.err and len(ended.err.splitlines()) <= 3


def test_two_at_once(program: Cli) -> None:
    running = [start("memory", "add", f"You own book {number}.") for number in range(4)]
    ended = [(p.communicate(timeout=60), p.returncode) for p in running]
    assert all(code == 0 for _, code in ended), ended
    assert len(program("memory", "list", "--json").json) == 4


def test_an_unknown_model_is_named_and_the_words_are_kept(program: Cli) -> None:
    program("config", "set", "model", "local:/nowhere/at/all")
    ended = program("ask", "Where do I live?")
    assert ended.code == 1 and "/nowhere/at/all" in ended.err
    assert program("recall", "Where do I live?", "--json").json[0]["text"] == "Where do I live?"


def test_standard_input(program: Cli) -> None:
    assert "“I live in Lyon”" in program("ask", "-", given="I live in Lyon.\n").out
    garbage = "\x00\ud800 \u202e\x1b[31m".encode("utf-8", "surrogatepass") + bytes(range(128, 256))
    ended = subprocess.run([*PROGRAM, "ask", "-"], input=garbage, capture_output=True, timeout=60)
    assert ended.returncode in (0, 2) and b"Traceback" not in ended.stderr and b"\x1b" not in ended.stdout
