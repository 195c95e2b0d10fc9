"""A tiny language model that ships with the program.

It answers from the memories that it is given, says when something was not told, and writes questions about what it was
given ("dreams"). See ``docs/weights.md``.
"""

from pathlib import Path

NAME = "pocket"
"""As `weights.base` and `local:pocket` call it."""

DREAM_ASK = "Write a question about what you know."
DREAM_BACK = "Write it the other way round."
DREAM_REWORD = "Say one of these things in other words."
DREAM_FOLLOWS = "What follows from one of these?"
DREAM_UNTOLD = "Ask something that was not told."
DREAMS = (DREAM_ASK, DREAM_BACK, DREAM_REWORD, DREAM_FOLLOWS, DREAM_UNTOLD)
"""The instructions that have the model write one item to rehearse from the memories of the system message."""


def folder() -> Path:
    """Where the shipped model lies, for ``from_pretrained``."""
    return Path(__file__).parent / "data"
