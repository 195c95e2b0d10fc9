"""What other programs see of a home: a few questions that it answers, and nothing else."""

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.neighbours.discretion import Discretion
from assistant.neighbours.fence import as_hit, excerpt
from assistant.sleep_state import SleepState, sleep_state
from memory.errors import InvalidInput, NotFound
from memory.store import MemoryFilter
from memory.types import Hit, Memory, Message, Source, parse_short_id

if TYPE_CHECKING:
    from assistant.runtime import Runtime

MOST_HITS = 25
MOST_LISTED = 100
MOST_SOURCES = 20
MOST_QUERY_CHARS = 2_000
SPARE = 3
"""So many times what is wanted is searched for: some of it may not be shown."""
PAGE = 200
MOST_PAGES = 50


class Window:
    """Reads for other programs. Safe to call from any thread; nothing here writes a memory."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime

    @property
    def zone(self) -> str:
        """The zone that days are told in."""
        return self._runtime.clock.zone

    def search(self, query: str, k: int) -> list[Hit]:
        """The best hits that may be shown, cut to what matched. Raises InvalidInput for a query that is none."""
        if not query.strip() or len(query) > MOST_QUERY_CHARS:
            raise InvalidInput(f"A query has between 1 and {MOST_QUERY_CHARS:,} characters.")
        k = min(max(k, 1), MOST_HITS)
        runtime = self._runtime
        runtime.vectors.catch_up()
        found = runtime.retriever.search(query, SPARE * k + PAGE // 10).hits
        cut = [replace(hit, text=excerpt(hit), span=None, replies_to="") for hit in found]
        return self._discretion().hits(cut)[:k]

    def memories(self, text: str, limit: int) -> list[Hit]:
        """Active memories that have all the words of `text`, the newest first."""
        if len(text) > MOST_QUERY_CHARS:
            raise InvalidInput(f"A filter has at most {MOST_QUERY_CHARS:,} characters.")
        limit, discretion = min(max(limit, 1), MOST_LISTED), self._discretion()
        found: list[Memory] = []
        for page in range(MOST_PAGES):
            wanted = MemoryFilter(text=text, muted=False, limit=PAGE, offset=page * PAGE)
            read = self._runtime.memories.list(wanted)
            found += discretion.memories(read)
            if len(found) >= limit or len(read) < PAGE:
                break
        return [replace(hit, text=excerpt(hit)) for hit in map(as_hit, found[:limit])]

    def sources(self, which: str) -> tuple[Hit, list[Source], dict[str, Message]]:
        """A memory, its quotes, and the messages that these are in, by id.

        Raises NotFound for one that there is not, and in the same words for one that may not be shown.
        """
        number = parse_short_id(which, "m")[1]
        missing = NotFound(f"There is no memory m{number}.", "list_memories and search give the ids.")
        discretion = self._discretion()
        try:
            memory = self._runtime.memories.get(f"m{number}")
        except NotFound:
            raise missing from None
        if not discretion.may_show(memory):
            raise missing
        messages = self._runtime.conversations.messages(source.message_id for source in memory.sources)
        shown = (s for s in memory.sources if s.message_id in messages)
        quotes = [s for s in shown if discretion.may_show_quote(s.message_id, s.start, s.end)]
        return as_hit(memory), quotes[:MOST_SOURCES], dict(messages)

    def sleep(self) -> SleepState:
        """Where the home stands with its nights."""
        runtime = self._runtime
        return sleep_state(runtime.paths, runtime.database, runtime.clock.now())

    def _discretion(self) -> Discretion:
        runtime = self._runtime
        return Discretion(runtime.database, runtime.memories, sensitive=runtime.settings.neighbours.sensitive)
