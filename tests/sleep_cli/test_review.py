"""The review: what is ticked, what the answers do, and how it looks on a narrow terminal."""

import os
import pty
import select
import subprocess
import sys
import time

import pytest

from memory.store import MemoryFilter
from tests.sleep_cli.conftest import Say, Stores

PORTO, ANA = "You live in Porto.", "Your sister is called Ana."


def on_terminal(answers: str) -> tuple[int, str]:
    """`reverie sleep` on a terminal of 60 columns, with `answers` typed (Ctrl-D where they end)."""
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "assistant", "sleep"]
    night = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    os.write(controller, answers.encode() + b"\x04")
    seen = b""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if select.select([controller], [], [], 1)[0]:
                seen += os.read(controller, 65536)
        except OSError:  # the other end is closed
            break
    os.close(controller)
    return night.wait(timeout=10), seen.decode(errors="replace").replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ("t\n", [PORTO, ANA]),
        ("\n", [PORTO, ANA]),
        ("n\n", []),
        ("", []),
        ("o\ny\nn\n", [PORTO]),
        ("what\no\nn\nr\n", [ANA]),
        ("o\nq\n", []),
    ],
)
def test_answers(answers: str, kept: list[str], stores: Stores, say: Say) -> None:
    say("I live in Porto.", "My sister is called Ana.")
    code, screen = on_terminal(answers)
    assert code == 0, screen
    assert f"[x] add: {PORTO}" in screen
    assert "4 summaries, 2 lines of your page" in " ".join(screen.split())
    found = [m.text for m in stores.memories.list(MemoryFilter())]
    assert sorted(found) == sorted(kept), screen
    status = stores.nights.list()[0].status
    assert status == ("applied" if kept else "refused")
    assert stores.nights.cursor() == (2 if kept else 0)


def test_declined_changes_take_along_what_rests_on_them(stores: Stores, say: Say) -> None:
    say("I live in Lisbon.", "I live in Porto now.")
    code, screen = on_terminal("o\ny\nn\ny\n")
    assert code == 0, screen
    (kept,) = stores.memories.list(MemoryFilter())
    assert kept.text == "You live in Lisbon."
    changes = stores.nights.changes(stores.nights.list()[0])
    assert [c.decision for c in changes if c.target == "memory"] == ["applied", "declined", "dropped"]
    assert "You live in Porto now." not in [line.text for line in stores.nights.profile()]


def test_one_by_one_shows_reason_and_source_within_the_width(stores: Stores, say: Say) -> None:
    say("I live in Porto.")
    _, screen = on_terminal("o\ny\n")
    assert f"+ {PORTO}" in screen
    assert 'because: said in t1: "I live in Porto" [t1]' in screen
    asked = screen[screen.index("1 change, ") : screen.index("[q]uit?")]
    assert max(map(len, asked.split("\n"))) <= 60
