"""What the assistant lends a night: its opened home, who sits the exam, and a copy of the home to rehearse on."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.context import choose_given, estimate_tokens
from assistant.engine import HITS
from assistant.paths import Paths
from assistant.recollect import RecallResponder
from assistant.recollect_score import FLOOR
from assistant.responder import Turn
from assistant.settings import Settings
from memory.clock import Clock
from memory.store.nights import NightStore
from memory.types import Hit, Message
from sleep.home import Home

if TYPE_CHECKING:
    from assistant.recollect_meaning import Embed
    from assistant.runtime import Runtime


def night_home(runtime: "Runtime") -> Home:
    """The parts of an opened home that a night works with."""
    return Home(
        database=runtime.database,
        vectors=runtime.vectors,
        clock=runtime.clock,
        conversations=runtime.conversations,
        memories=runtime.memories,
        nights=NightStore(runtime.database),
    )


class ChatTaker:
    """Sits the exam as the chat would: given what fits its budget, answering what `none` would answer."""

    def __init__(self, settings: Settings, clock: Clock, embed: "Embed") -> None:
        self._memory = settings.memory
        self._clock = clock
        self._responder = RecallResponder(embed=embed, hint_shown=lambda: True)

    def given(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        memory = self._memory
        return choose_given(hits[:HITS], most=memory.give, budget=memory.budget_tokens, count=estimate_tokens)

    def answers(self, question: str, hits: Sequence[Hit]) -> bool:
        turn = Turn(
            message=self._message(question),
            history=(),
            hits=tuple(hits[:HITS]),
            written=(),
            now=self._clock.now(),
            zone=self._clock.zone,
        )
        return any(chance >= FLOOR for chance, _ in self._responder.ranked(turn))

    def _message(self, question: str) -> Message:
        return Message(
            id="exam", number=0, conversation_id="", parent_id=None, role="user", author="", content=question,
            status="complete", said_at=self._clock.now(), zone=self._clock.zone,
        )  # fmt: skip


@contextmanager
def rehearsal(paths: Paths) -> Iterator[Paths]:
    """A copy of the home's database in a folder of its own, which goes away: whatever is done there, the home stays
    as it is, to the byte."""
    with tempfile.TemporaryDirectory(prefix="reverie-") as folder:
        place = Paths(data=Path(folder), config=Path(folder), cache=Path(folder))
        # Read-only: even closing a connection that may write would fold the write-ahead log into the file.
        source = f"{paths.database.absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(source, uri=True)) as original,
            closing(sqlite3.connect(place.database)) as copy,
        ):
            original.backup(copy)
        yield place
