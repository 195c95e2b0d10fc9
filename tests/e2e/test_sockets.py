"""The chat in a terminal, with every socket watched: nothing leaves the machine."""

import sys
from pathlib import Path

from tests.e2e.acts import begin, leave, say, warm
from tests.e2e.conftest import Open
from tests.e2e.terminal import ROOT
from tests.privacy.test_sockets import SITE

PLACES = {"F1": "Help", "F2": "Settings", "F3": "memory", "F5": "Dreams", "F8": "about you", "F9": "Weights"}


def test_the_chat_opens_no_socket_beyond_the_machine(terminal: Open, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    seen.touch()
    one = terminal(env={
        "PYTHONPATH": f"{SITE}:{ROOT}", "SOCKETS_SEEN": str(seen), "REVERIE_INDEX__BACKEND": "chroma",
    })  # fmt: skip
    begin(one)
    warm(one)
    say(one, "Remember that I like green tea.", "green tea")
    say(one, "What do I like?", "green tea")
    for key, words in PLACES.items():
        one.press(key)
        one.wait_for(words)
        one.press("Escape")
        one.wait_for("Say something")
    one.press("F4")
    one.wait_for("A night reads")
    one.press("s")
    one.wait_for("Review of the night")
    one.press("A")
    one.wait_for("n1", "applied")
    one.press("Escape")
    leave(one)
    one.type("export REVERIE_MODEL=local:pocket")
    one.start()
    warm(one)
    say(one, "Good night", "Sleep well")
    leave(one)
    assert seen.read_text() == ""
    one.type(f"{sys.executable} -c \"import socket; socket.create_connection(('192.0.2.1', 9), 1)\"")
    one.wait_for("is not this machine")
    assert seen.read_text(), "the guard was in these processes"
