"""What the next prompt would hold, for a user who wants to see it before it is sent."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from assistant.responder import Turn
from memory.types import Hit, Message


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """The parts of a prompt, in their order, with their tokens: estimates, for the tokenizer is not at hand."""

    model: str
    remote: bool
    system: str
    """The system text, with the memories in it."""
    memories: tuple[Hit, ...]
    history: tuple[Message, ...]
    left_out: int
    """Earlier messages of the chat that do not fit."""
    question: str
    system_tokens: int
    memory_tokens: int
    """The part of `system_tokens` that memories take."""
    history_tokens: int
    question_tokens: int
    window: int
    cartridge_tokens: int = 0
    """Of the cartridges that are read before all of it."""

    @property
    def tokens(self) -> int:
        """All of it."""
        return self.cartridge_tokens + self.system_tokens + self.history_tokens + self.question_tokens


@runtime_checkable
class Foresees(Protocol):
    """A responder that sends prompts, and can tell what one would be."""

    def prospect(self, turn: Turn) -> Prospect:
        """What would be sent for a turn. Nothing is sent. Raises ModelError for what does not fit."""
