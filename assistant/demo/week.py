"""The week in words: talks, two nights, answers before and after, a purge, and the night taken back."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.demo import script
from assistant.events import Finished
from assistant.nights import sleep_beside, undo_night
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import IndexSettings, MemorySettings, Settings
from memory.clock import FixedClock
from memory.nights import Change, Run
from memory.purge import purge
from memory.purge_scope import scope_about
from memory.store.nights import NightStore
from memory.types import NewMessage, Receipt
from sleep.undo import Undone


@dataclass(frozen=True, slots=True)
class Reply:
    """A question, and what the chat says without a language model."""

    question: str
    said: str


@dataclass(frozen=True, slots=True)
class Slept:
    """A night of text, and what was asked before it and after it."""

    run: Run
    changes: tuple[Change, ...]
    before: tuple[Reply, ...]
    after: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Purged:
    """Everything about somebody is gone."""

    receipt: Receipt
    before: Reply
    after: Reply


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The last night is undone."""

    run: Run
    undone: Undone
    after: tuple[Reply, ...]


class Week:
    """Lives through the script in one home."""

    def __init__(self, runtime: Runtime, clock: FixedClock) -> None:
        self.runtime = runtime
        self.clock = clock

    def say(self, day: int) -> tuple[str, ...]:
        """What is said on one day, in a chat of its own."""
        self.clock.instant = script.FIRST_DAY + timedelta(days=day)
        talk = self.runtime.conversations.create()
        for text in script.WEEK[day]:
            self.runtime.conversations.append(talk.id, NewMessage(role="user", content=text))
        self.runtime.vectors.work()
        return script.WEEK[day]

    def sleep(self, asked: Sequence[str] = ()) -> Slept:
        """A night, eight hours after what was said last. What is safe is applied."""
        before = self.ask(asked)
        self.clock.instant += timedelta(hours=8)
        run = sleep_beside(self.runtime, lambda event: None)
        assert run is not None  # the script says something before each night
        return Slept(run, NightStore(self.runtime.database).changes(run), before, self.ask(asked))

    def ask(self, questions: Sequence[str]) -> tuple[Reply, ...]:
        """Ask, in a temporary chat: what the demonstration asks is not remembered."""
        return tuple(Reply(question, asyncio.run(self._answer(question))) for question in questions)

    async def _answer(self, question: str) -> str:
        engine = self.runtime.temporary_engine()
        talk = engine.conversations.create()
        said = [e.message.content async for e in engine.answer(talk.id, question) if isinstance(e, Finished)]
        return said[-1]

    def purge(self) -> Purged:
        """Remove everything about one person for good."""
        database = self.runtime.database
        (before,) = self.ask([script.ASKED_OF_PURGED])
        receipt = purge(database, scope_about(database, script.PURGED), self.clock, reason="the demonstration")
        (after,) = self.ask([script.ASKED_OF_PURGED])
        return Purged(receipt, before, after)

    def take_back(self) -> TakenBack:
        """Undo the last night."""
        run, undone = undo_night(self.runtime)
        self.runtime.vectors.work()
        return TakenBack(run, undone, self.ask(script.ASKED[:2]))


@contextmanager
def throw_away_week() -> Iterator[Week]:
    """A week in a home that is gone afterwards: no model, no network."""
    clock = FixedClock(script.FIRST_DAY)
    settings = Settings(
        model="none", index=IndexSettings(backend="exact"),
        memory=MemorySettings(sensitive="keep"),  # the made-up user agreed
    )  # fmt: skip
    with TemporaryDirectory(prefix="reverie-demo-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        paths = Paths(data=home, config=home, cache=home / "cache")
        with closing(Runtime.open(paths=paths, settings=settings, clock=clock)) as runtime:
            yield Week(runtime, clock)
