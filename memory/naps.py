"""Naps: what was consolidated from the beginning of a conversation, before it left the model's window."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class NapNote:
    """One cited note: the words of `content[start:end]` of a message, or what a model made of them."""

    message_id: str
    message: str
    """Short id of the message, which the note is cited by."""
    text: str
    start: int
    end: int
    found_in: int = 1
    """The pass that wrote it, counted from 1."""


@dataclass(frozen=True, kw_only=True)
class NewNap:
    """A nap before it has a number. It covers the conversation from its first message to `upto_id`."""

    conversation_id: str
    upto_id: str
    messages: int
    tokens: int
    """Of the messages that it stands for, as they were counted."""
    passes: int
    model: str
    """Who wrote the notes: `none` for rules alone."""
    notes: tuple[NapNote, ...]


@dataclass(frozen=True, kw_only=True)
class Nap(NewNap):
    """A nap as stored."""

    number: int
    at: datetime
    cartridge: int = 0
    """Tokens of the cartridge that the model that answers has beside the notes; 0 where there is none."""

    @property
    def short_id(self) -> str:
        return f"z{self.number}"
