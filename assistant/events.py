"""What happens in a turn, as a stream of frozen values. Screens, plain mode and `--json` are all views of it.

Order: Accepted, MemoryWritten*, Notice*, Retrieved, (TextDelta | ThinkDelta)*, Usage, then exactly one of Finished
or Failed. Accepted means that the user's words are on disk.
"""

from dataclasses import dataclass
from typing import Literal

from memory.types import ChangeSet, Hit, Message, RecallRecord


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The user's message is stored."""

    message: Message


@dataclass(frozen=True, kw_only=True)
class MemoryWritten:
    """A memory was changed at once by what the user said. `summary` is the one-line notice."""

    change: ChangeSet
    summary: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something the user should know about this turn, one line: a fallback, what was left out of the context."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """What was found, best first; the first `given` of `hits` that fit were handed to the model."""

    hits: tuple[Hit, ...]
    given: tuple[str, ...]
    """Short ids of the hits in the prompt."""
    milliseconds: float


@dataclass(frozen=True, kw_only=True)
class TextDelta:
    """The next piece of the answer. Escapes are gone; marks like `[m3]` may be cut across pieces."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ThinkDelta:
    """The next piece of the model's reasoning, where it shows one."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What the answer cost. `estimated` where the model did not say."""

    prompt_tokens: int
    completion_tokens: int
    estimated: bool
    seconds: float
    context_tokens: int
    """The model's window."""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The answer is stored. `status` is stopped when the user cancelled it; the text so far is kept."""

    message: Message
    recall: tuple[RecallRecord, ...]
    """Every hit of this turn with its state: cited, given or found."""


@dataclass(frozen=True, kw_only=True)
class Failed:
    """No full answer. The user's message is kept, and so is any part of the answer (`partial`)."""

    message: str
    hint: str
    partial: Message | None = None
    kind: Literal["model", "storage", "bug"] = "model"


Event = Accepted | MemoryWritten | Notice | Retrieved | TextDelta | ThinkDelta | Usage | Finished | Failed
