"""Who writes the answer: a language model, or the program itself from what it remembers. The engine knows only this."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from assistant.events import Notice, TextDelta, ThinkDelta, Usage
from memory.types import ChangeSet, Hit, Message

Piece = TextDelta | ThinkDelta | Usage | Notice


@dataclass(frozen=True, kw_only=True)
class Prefix:
    """What a local model reads before everything else: cartridges, the earliest first."""

    folders: tuple[Path, ...] = ()
    tokens: int = 0
    messages: frozenset[str] = frozenset()
    """Ids of the messages that they stand for."""


NO_PREFIX = Prefix()


@dataclass(frozen=True, kw_only=True)
class Turn:
    """All that an answer may be made from."""

    message: Message
    """What the user just said; it is stored already."""
    history: tuple[Message, ...]
    """The conversation before it, in reading order."""
    hits: tuple[Hit, ...]
    """What was retrieved for it and may be shown, best first (messages of this very turn left out)."""
    written: tuple[tuple[ChangeSet, str], ...]
    """Memories that the message changed at once ("remember that ..."), each with its one-line notice."""
    now: datetime
    zone: str
    standing: tuple[str, ...] = ()
    """What the user asked of every answer."""
    noted: tuple[Hit, ...] = ()
    """Notes of the beginning of this conversation, which `history` then leaves out."""
    prefix: Prefix = NO_PREFIX
    """What stands for some of the noted messages instead."""


class Responder(Protocol):
    """Answers a turn piece by piece. The last piece is a Usage. Cites with `[m3]` and `[t120]`."""

    @property
    def model(self) -> str:
        """The name stored with the answer: `none`, `ollama:llama3.2` ..."""

    @property
    def remote(self) -> bool:
        """Whether what it is given leaves this machine."""

    def given(self, turn: Turn) -> tuple[str, ...]:
        """Short ids of the hits that this responder will be given, in their order in the prompt."""

    def respond(self, turn: Turn) -> AsyncIterator[Piece]:
        """The answer. Raises ModelError, which the engine turns into Failed."""
