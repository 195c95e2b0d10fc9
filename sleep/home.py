"""What a night works with: the home's parts, and what the layer above lends it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import BaseModel

from memory.clock import Clock
from memory.database import Database
from memory.store import ConversationStore, MemoryStore
from memory.store.nights import NightStore
from memory.types import Hit, Memory
from memory.vectors.service import Vectors

Answer = TypeVar("Answer", bound=BaseModel)


class Model(Protocol):
    """A language model that answers in typed form. None of these is ever called inside a transaction."""

    @property
    def name(self) -> str: ...

    def ask(self, purpose: str, instructions: str, data: str, answer: type[Answer], sent: Sequence[str] = ()) -> Answer:
        """The model's answer to `data`, checked; `sent` are the short ids of what `data` tells of, for the ledger.

        Raises ModelFailed: the item then waits for the next night.
        """
        ...

    @property
    def tokens(self) -> int:
        """Tokens used so far, of prompts and answers."""
        ...

    @property
    def calls(self) -> int:
        """Calls made so far."""
        ...


def ids_of(memories: Iterable[Memory]) -> tuple[str, ...]:
    """What the ledger calls them; what is not stored yet has no id there."""
    return tuple(memory.short_id for memory in memories if memory.number)


class Taker(Protocol):
    """Who sits the exam: what the chat would be given of some hits, and whether it would answer at all."""

    def given(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]: ...

    def answers(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """What among the hits would be taken for an answer."""
        ...


@dataclass(frozen=True, kw_only=True)
class Home:
    """An opened home."""

    database: Database
    vectors: Vectors
    clock: Clock
    conversations: ConversationStore
    memories: MemoryStore
    nights: NightStore


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Where a night stops, at the end of a stage; None: nowhere."""

    tokens: int | None = None
    seconds: float | None = None
