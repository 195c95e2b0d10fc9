"""What a person does at the terminal, in words."""

from tests.e2e.terminal import Terminal


def begin(one: Terminal, key: str = "Enter") -> None:
    """Through the welcome, without a model."""
    one.start()
    one.wait_for("Welcome to Reverie", "No model server")
    one.press(key)
    one.wait_for("Say something")


def warm(one: Terminal) -> None:
    """Until the embedder is there."""
    one.wait_for("on (")


def say(one: Terminal, text: str, answer: str) -> str:
    """Say something, and wait until it is answered with `answer`."""
    one.type(text)
    return one.wait_for(text[-40:], answer, "Say something", gone="answering")


def leave(one: Terminal) -> None:
    one.press("C-q")
    one.wait_for("ended=0")
