"""What was learned into weights, as the program speaks of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

FOLDER = "adapters"
"""Beside the database: a folder for each adapter, by its id."""
TASK = "task.json"
"""In the folder of a training under way (`IN_WORK`): what is learned."""
CARTRIDGES, STANDS_FOR = "cartridges", "cartridge.json"
"""The folder of a home with cartridges, a folder for each by its nap's number, and the file in each that names what it
stands for."""
IN_WORK = "work"
"""Beside these: where one is being made. Unlike a cartridge it holds what was said."""


class AdapterStatus(StrEnum):
    """What became of an adapter."""

    ACTIVE = "active"
    """It passed the gate; the chat uses it."""
    IDLE = "idle"
    """It passed, and is switched off."""
    REJECTED = "rejected"
    """It failed the gate; kept with its report."""
    COMPACTED = "compacted"
    """Its items were learned anew by a later adapter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterItem:
    """A question that was rehearsed, the teacher's answer, what the teacher saw, and the memories it rests on."""

    kind: str
    question: str
    answer: str
    block: str = ""
    memories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterFact:
    """A memory that an adapter learned."""

    memory_id: str
    fingerprint: str
    streak: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One adapter; its files are in the folder of its id."""

    id: str
    number: int
    status: AdapterStatus
    base: str
    base_hash: str
    below: tuple[str, ...]
    manifest: Mapping[str, Any]
    metrics: Mapping[str, Any]
    created_at: datetime
    facts: tuple[AdapterFact, ...] = field(default=())
    dirty: tuple[str, ...] = ()
    """Ids of learned memories that were purged, edited, forgotten or muted since."""

    @property
    def short_id(self) -> str:
        """As people type it: `a3`."""
        return f"a{self.number}"
