"""What other programs may write: a statement, kept as theirs."""

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from memory.errors import Refused
from memory.notes import CONFIDENCE, writer_of, writer_tag
from memory.sensitive import is_sensitive
from memory.store import MemoryFilter
from memory.text import clean, normalise
from memory.types import Memory, NewMemory, Sensitivity, Status, Trust

if TYPE_CHECKING:
    from assistant.runtime import Runtime

MOST_A_DAY = 100
"""A program that writes more is not remembering but logging."""
ACTOR = "mcp"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The note, and whether it was there already."""

    memory: Memory
    known: bool


class Notes:
    """Writes for other programs, one note at a time."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._one = threading.Lock()

    def keep(self, text: str, writer: str) -> Kept:
        """Keep a statement as a note of `writer`. The same words are kept once.

        Raises InvalidInput for a text that cannot be kept, Refused for what the user threw away or purged, and for
        more than a hundred notes in a day.
        """
        tag, text = writer_tag(writer), clean(text).strip()
        with self._one:
            same = self._same(text)
            standing = next((m for m in same if m.status is Status.ACTIVE and writer_of(m)), None)
            if standing is not None:
                return Kept(memory=standing, known=True)
            self._check(text, same)
            new = NewMemory(
                text=text, trust=Trust.INFERRED, confidence=CONFIDENCE, tags=tag,
                sensitivity=Sensitivity.SENSITIVE if is_sensitive(text) else Sensitivity.NORMAL,
            )  # fmt: skip
            name = writer_of(new)
            made = self._runtime.memories.add(new, actor=f"{ACTOR}:{name}", reason=f"written by {name}")
        self._runtime.embed_soon()
        return Kept(memory=made, known=False)

    def _same(self, text: str) -> list[Memory]:
        """Memories of any status that say it in the same words."""
        wanted = normalise(text)
        if not wanted:
            return []
        found = self._runtime.memories.list(MemoryFilter(text=" ".join(text.split()[:8]), statuses=()))
        return [memory for memory in found if normalise(memory.text) == wanted]

    def _check(self, text: str, same: list[Memory]) -> None:
        memories = self._runtime.memories
        if memories.is_purged(text) or any(m.status is Status.RETIRED for m in same):
            raise Refused("The user has removed this statement; it is not kept again.")
        since = self._runtime.clock.now() - timedelta(days=1)
        if memories.count(MemoryFilter(source=f"{ACTOR}:", since=since, statuses=())) >= MOST_A_DAY:
            raise Refused(f"Other programs wrote {MOST_A_DAY} notes within a day; no more are kept today.")
