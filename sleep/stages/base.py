"""What every stage is given, beside the view."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from memory.types import Message, NewMemory
from sleep.home import Model

Allowed = Literal["ask", "keep", "never"]


@dataclass(frozen=True, kw_only=True)
class Tools:
    """The deterministic or model-driven ways to do what a stage does."""

    read: Callable[[Message], tuple[NewMemory, ...]]
    model: Model | None = None
    remember: Callable[[str, str], None] = lambda key, value: None
    """Keeps a single value for other nights; a dry night keeps nothing."""
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None
    sensitive: Allowed = "ask"
    """Whether sensitive statements become memories: unasked, or once the user agrees to each, or not at all."""
    spent: Callable[[], bool] = lambda: False
    """Whether the night's budget is spent, so that nothing more is asked of a model."""


MINDED = ("allergy", "diet", "avoids", "fear", "intolerance")
"""Slots of what others must mind: of use only where it is spoken of, however private it is."""
