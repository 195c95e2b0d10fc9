"""What is lost when the program is killed, its terminal closed, its disk full, its index damaged: nothing said."""

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.acts import begin, leave, say, warm
from tests.e2e.conftest import Open
from tests.e2e.terminal import Terminal, wait_until

DRAFT = "half a thought"


def write_draft(one: Terminal, home: Path) -> None:
    """Type without sending, until it is stored."""
    one.paste(DRAFT)
    one.wait_for(DRAFT)
    assert wait_until(lambda: DRAFT.encode() in b"".join(path.read_bytes() for path in home.glob("reverie.db*")))


def test_killed_in_the_middle_and_the_index_damaged(terminal: Open, home: Path) -> None:
    chroma = {"REVERIE_INDEX__BACKEND": "chroma"}  # a home as small as this one would be searched without an index
    one = terminal(width=80, height=24, env=chroma)
    begin(one)
    warm(one)
    say(one, "My dentist is Doctor Weber.", "Weber")
    write_draft(one, home)
    assert wait_until(lambda: (home / "index" / "chroma.sqlite3").exists())
    (program,) = one.pids()
    os.kill(program, signal.SIGKILL)
    one.wait_for("ended=137")
    for path in [path for path in (home / "index").rglob("*") if path.is_file()]:
        path.write_bytes(b"not an index")
    one = terminal(width=80, height=24, env=chroma)  # a killed program cannot give the old one back
    one.start()
    warm(one)
    one.wait_for("My dentist is Doctor Weber.", DRAFT)
    one.press("C-c")
    screen = say(one, "Who is my dentist?", "You told me")
    assert "Weber.” t1" in screen
    leave(one)


def test_the_terminal_is_closed(terminal: Open, home: Path) -> None:
    one = terminal(width=80, height=24)
    begin(one, "Escape")
    say(one, "My dentist is Doctor Weber.", "Weber")
    one.paste(DRAFT)
    one.wait_for(DRAFT)
    (program,) = one.pids()
    one.close()
    assert wait_until(lambda: not alive(program))
    one = terminal(width=80, height=24)
    one.start()
    one.wait_for("My dentist is Doctor Weber.", DRAFT)
    leave(one)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def has_open(pid: int, name: str) -> bool:
    """Whether a process has come as far as to open a file of that name."""
    try:
        return any(name in str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


def test_interrupted(terminal: Open) -> None:
    one = terminal(width=80, height=24)
    begin(one)
    one.paste(DRAFT)
    one.wait_for(DRAFT)
    one.press("C-c")
    one.wait_for("Say something")
    one.press("C-c")
    one.wait_for("ctrl+c again to quit")
    one.press("C-c")
    one.wait_for("ended=0")
    one.start()
    assert wait_until(lambda: any(has_open(pid, "reverie.db") for pid in one.pids()))
    one.press("C-c")  # before anything is on the screen, or the first of two
    assert wait_until(lambda: one.screen().rstrip().endswith("$") or "Say something" in one.screen())
    assert "Traceback" not in one.screen()


def test_a_disk_that_fills_up_keeps_the_words(terminal: Open, home: Path) -> None:
    one = terminal(width=80, height=24)
    begin(one)
    say(one, "My tree is an oak.", "oak")
    leave(one)
    one.start(most_bytes=120_000)
    warm(one)
    one.paste("These words take room. " * 20_000)
    one.wait_for("[pasted")
    one.press("Enter")
    screen = one.wait_for("refuses to write", "back in the input", "[pasted")
    assert "Traceback" not in screen
    one.press("C-q")
    one.wait_for("Leave once more")
    one.press("C-q")
    one.wait_for("ended=")
    assert "Traceback" not in one.screen()
    one.start()
    warm(one)
    say(one, "What is my tree?", "You told me")
    leave(one)


def test_a_disk_that_is_full_already(terminal: Open) -> None:
    one = terminal(width=80, height=24)
    one.start(most_bytes=512)
    screen = one.wait_for("ended=1")
    assert "Traceback" not in screen and "refuses to write" in " ".join(screen.split())


@pytest.mark.parametrize("place", ["file", "below a file", "/proc/reverie"])
def test_a_home_that_cannot_be(terminal: Open, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    paths = {"file": tmp_path / "file", "below a file": tmp_path / "file" / "home"}
    one = terminal(width=80, height=24)
    one.start(home=str(paths.get(place, place)))
    screen = one.wait_for("ended=1")
    assert "Traceback" not in screen and "REVERIE_HOME" in screen
