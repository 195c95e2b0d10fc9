"""A stranger's first two days, in a terminal."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

Open = Callable[..., Terminal]


@pytest.fixture
def terminal(home: Path) -> Iterator[Open]:
    assert shutil.which("tmux"), "these tests need tmux (apt-get install tmux)"
    opened: list[Terminal] = []

    def make(**size: int) -> Terminal:
        opened.append(Terminal(home, **size))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def begin(one: Terminal) -> None:
    """Through the first-run screen, without a model."""
    one.start()
    one.wait_for("No model")
    one.press("Enter")
    ready(one)


def ready(one: Terminal) -> None:
    one.wait_for("memory on")


def say(one: Terminal, text: str, answer: str) -> str:
    """Say something, and wait for an answer that quotes `answer` with a citation (or is just that)."""
    one.type(text)
    return one.wait_for(text[-40:], answer, "Say something", gone="answering")


def leave(one: Terminal) -> None:
    one.press("C-q")
    one.wait_for("ended=0")


def test_told_today_asked_tomorrow(terminal: Open, home: Path) -> None:
    one = terminal()
    begin(one)
    say(one, "I live in Lyon and work as a nurse.", "Lyon")
    say(one, "My sister Ana is allergic to peanuts.", "peanuts")
    say(one, "My car is a red Fiat.", "Fiat")
    leave(one)
    one.start()
    ready(one)
    assert "No model" not in one.screen()
    screen = say(one, "What should I not cook for Ana?", "You told me")
    assert "peanuts.” t3" in screen, screen
    say(one, "Which city do I live in?", "Lyon and work")
    say(one, "What is my brother called?", "You haven't told me")
    leave(one)
    assert (home / "reverie.db").stat().st_mode & 0o777 == 0o600


def test_killed_in_the_middle(terminal: Open, home: Path) -> None:
    one = terminal(width=80, height=24)
    begin(one)
    say(one, "My dentist is Doctor Weber.", "Weber")
    one.press("h", "a", "l", "f")
    (shell,) = one.pids()
    os.kill(shell, signal.SIGKILL)
    one.wait_for("ended=137")
    shutil.rmtree(home / "index", ignore_errors=True)
    one = terminal(width=80, height=24)  # a killed program cannot give the old one back
    one.start()
    ready(one)
    say(one, "Who is my dentist?", "Weber")
    leave(one)


def test_two_at_once(terminal: Open) -> None:
    one, other = terminal(width=80, height=24), terminal(width=60, height=16)
    begin(one)
    other.start()
    other.wait_for("on (0)")
    say(one, "My boat is called Selma.", "Selma")
    say(other, "What is my boat called?", "Selma")
    leave(other)
    leave(one)


def test_a_full_disk_keeps_the_words(terminal: Open) -> None:
    one = terminal(width=80, height=24)
    begin(one)
    say(one, "My tree is an oak.", "oak")
    leave(one)
    # Files may not grow beyond what is there: what a full disk looks like to a program.
    one.start(before="(ulimit -f 1; ", after=")")
    screen = one.wait_for("ended=")
    assert "Traceback" not in screen
    one.start()
    ready(one)
    say(one, "What is my tree?", "You told me")
    leave(one)


def test_an_impossible_home(terminal: Open, home: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("not a folder")
    one = terminal(width=80, height=24)
    one.start()
    screen = one.wait_for("ended=1")
    assert "Traceback" not in screen and "REVERIE_HOME" in screen
