"""A runtime for tests of the screens: the real stores on a real database, and an engine that plays a script.

A script is what one answer consists of, in order: a string is a piece of text, an event is passed on as it is, a `Gate`
holds the answer until the test opens it, and an exception becomes what the engine makes of one: a failure.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from assistant.citations import records
from assistant.errors import Busy
from assistant.events import (
    Accepted,
    Event,
    Failed,
    Finished,
    MemoryWritten,
    Notice,
    Retrieved,
    TextDelta,
    ThinkDelta,
    Usage,
)
from assistant.paths import Paths
from assistant.prospect import Prospect
from assistant.settings import Settings
from memory.clock import Clock
from memory.database import Database
from memory.errors import EmbedderError, InvalidInput, ReverieError
from memory.naps import Nap
from memory.store import ConversationStore, Create, MemoryFilter, MemoryStore
from memory.store.ledger import Ledger
from memory.text import clean
from memory.types import ChannelScore, Hit, Memory, Message, MessageStatus, NewMemory, NewMessage


@dataclass
class Gate:
    """Holds an answer at one point until `open` is called."""

    event: asyncio.Event = field(default_factory=asyncio.Event)
    reached: bool = False

    def open(self) -> None:
        self.event.set()


Piece = str | Notice | ThinkDelta | Usage | Gate | ReverieError
Script = Sequence[Piece]

USAGE = Usage(prompt_tokens=412, completion_tokens=96, estimated=False, seconds=1.2, context_tokens=8192)


def hit_of(memory: Memory, score: float = 0.8) -> Hit:
    """A memory as retrieval would return it."""
    return Hit(
        type="memory",
        id=memory.short_id,
        text=memory.text,
        said_at=memory.said_at or memory.created_at,
        score=score,
        channels=(ChannelScore(channel="words", rank=1, score=score),),
        reasons=("the words match",),
        memory=memory,
    )


@dataclass(frozen=True, kw_only=True)
class FakeRetrieval:
    hits: tuple[Hit, ...]
    notice: str = ""
    milliseconds: float = 1.0
    embedding_milliseconds: float = 0.5


class FakeRetriever:
    """Finds the memories that share a word of four letters or more with the query."""

    def __init__(self, memories: MemoryStore) -> None:
        self._memories = memories

    def search(
        self, query: str, k: int = 10, *, now: datetime | None = None, leave_out: frozenset[str] = frozenset()
    ) -> FakeRetrieval:
        words = {w.strip("?.,!").lower() for w in query.split() if len(w.strip("?.,!")) >= 4}
        found = [m for m in self._memories.list() if words & {w.strip(".,!").lower() for w in m.text.split()}]
        hits = tuple(hit_of(m, 0.9 - i / 20) for i, m in enumerate(found) if m.short_id not in leave_out)
        return FakeRetrieval(hits=hits[:k])


class FakeVectors:
    """Vectors that are always ready and never needed."""

    def pending(self) -> int:
        return 0

    def work(self) -> int:
        return 0

    def embed(self, texts: Sequence[str]) -> None:
        raise EmbedderError("These vectors are never needed.")

    def ready(self) -> bool:
        return True

    def notice(self) -> str:
        return ""

    def needs_re_embedding(self) -> None:
        return None

    def close(self) -> None:
        return None


@dataclass
class FakeResponder:
    """Only the name of a model."""

    model: str = "none"
    remote: bool = False


class FakeEngine:
    """Plays `scripts`, one for each answer in turn; without a script left it says "You said: ..."."""

    def __init__(
        self, conversations: ConversationStore, memories: MemoryStore, *, temporary: bool = False, model: str = "none"
    ) -> None:
        self.conversations = conversations
        self.memories = memories
        self.retriever = FakeRetriever(memories)
        self.temporary = temporary
        self.responder = FakeResponder(model)
        self.scripts: list[Script] = []
        self.running: set[str] = set()
        self.heard: list[str] = []
        self.without: frozenset[str] = frozenset()
        self.foreseen: Prospect | None = None
        self.to_take: list[Callable[[Sequence[Message]], Nap]] = []
        """What naps are made of the messages there are, one after each answer."""
        self.taken: list[Nap] = []

    def naps(self, messages: Sequence[Message]) -> tuple[Nap, ...]:
        shown = {message.id for message in messages}
        return tuple(nap for nap in self.taken if nap.upto_id in shown)

    def nap(self, conversation_id: str, *, early: bool = False) -> Nap | None:
        if not self.to_take:
            return None
        self.taken.append(self.to_take.pop(0)(self.conversations.thread(conversation_id)))
        return self.taken[-1]

    def imprint(self, conversation_id: str) -> None:
        """No model is here that could have cartridges."""

    def no_cartridge(self, nap: Nap) -> str:
        return ""

    def prospect(self, conversation_id: str | None, text: str = "") -> Prospect | None:
        return replace(self.foreseen, question=text) if self.foreseen else None

    def play(self, *script: Piece) -> None:
        """The next answer is this."""
        self.scripts.append(script)

    def answer(self, conversation_id: str, text: str) -> "FakeTurn":
        text = clean(text)
        if not text.strip():
            raise InvalidInput("The message is empty.", "Type something to say.")
        if conversation_id in self.running:
            raise Busy("An answer is still being written.", "Wait for it, or stop it first.")
        self.running.add(conversation_id)
        self.heard.append(text)
        return FakeTurn(self, conversation_id, text, None)

    def retry(self, conversation_id: str, message_id: str, *, without: frozenset[str] = frozenset()) -> "FakeTurn":
        message = self.conversations.message(message_id)
        self.running.add(conversation_id)
        self.without = without
        return FakeTurn(self, conversation_id, message.content, message)


class FakeTurn:
    """One turn of the fake engine, with the promises of the real one about what is stored."""

    def __init__(self, engine: FakeEngine, conversation_id: str, text: str, again: Message | None) -> None:
        self._engine = engine
        self._conversation_id = conversation_id
        self._text = text
        self._again = again
        self._stop = asyncio.Event()
        self._answer = ""
        self._script: Script = engine.scripts.pop(0) if engine.scripts else (f"You said: {text}", USAGE)

    def cancel(self) -> None:
        self._stop.set()

    async def __aiter__(self) -> AsyncIterator[Event]:
        try:
            async for event in self._events():
                yield event
        finally:
            self._engine.running.discard(self._conversation_id)

    async def _events(self) -> AsyncIterator[Event]:
        message = await asyncio.to_thread(self._accept)
        yield Accepted(message=message)
        if message.content.lower().startswith("remember ") and not self._engine.temporary:
            yield await asyncio.to_thread(self._remember, message)
        hits = (await asyncio.to_thread(self._engine.retriever.search, message.content)).hits
        given = tuple(h.id for h in hits[:2])
        yield Retrieved(hits=hits, given=given, milliseconds=3.0)
        try:
            async for event in self._pieces():
                yield event
        except ReverieError as error:
            partial = await asyncio.to_thread(self._store, message, "failed") if self._answer else None
            yield Failed(message=error.message, hint=error.hint, partial=partial)
            return
        answer = await asyncio.to_thread(self._store, message, "stopped" if self._stop.is_set() else "complete")
        recall = records(hits, given, self._answer)
        await asyncio.to_thread(self._engine.conversations.record_recall, answer.id, recall)
        yield Finished(message=answer, recall=recall)

    async def _pieces(self) -> AsyncIterator[Event]:
        for piece in self._script:
            if self._stop.is_set():
                return
            if isinstance(piece, Gate):
                await self._wait(piece)
            elif isinstance(piece, ReverieError):
                raise piece
            elif isinstance(piece, str):
                self._answer += piece
                yield TextDelta(text=piece)
            else:
                yield piece
            await asyncio.sleep(0)

    async def _wait(self, gate: Gate) -> None:
        gate.reached = True
        waits = [asyncio.ensure_future(gate.event.wait()), asyncio.ensure_future(self._stop.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    def _accept(self) -> Message:
        store = self._engine.conversations
        if self._again is not None:
            store.set_head(self._conversation_id, self._again.id)
            return self._again
        return store.append(self._conversation_id, NewMessage(role="user", content=self._text))

    def _remember(self, message: Message) -> MemoryWritten:
        text = message.content.removeprefix("Remember ").removeprefix("remember ").removeprefix("that ")
        change = self._engine.memories.apply([Create(new=NewMemory(text=text))], actor="you")
        return MemoryWritten(change=change, summary=f"m{change.revisions[0].memory_number} remembered: “{text}”")

    def _store(self, message: Message, status: MessageStatus) -> Message:
        return self._engine.conversations.append(
            self._conversation_id,
            NewMessage(
                role="assistant",
                content=self._answer or f"({status})",
                status=status,
                model=self._engine.responder.model,
                prompt_tokens=412,
                completion_tokens=96,
            ),
            parent_id=message.id,
        )


class FakeRuntime:
    """The surface of `assistant.runtime.Runtime` over real stores."""

    def __init__(self, *, paths: Paths, settings: Settings, clock: Clock) -> None:
        self.paths = paths.ready()
        self.settings = settings
        self.clock = clock
        self.database = Database.open(paths.database)
        self.conversations = ConversationStore(self.database, clock)
        self.memories = MemoryStore(self.database, clock)
        self.ledger = Ledger(self.database)
        self.vectors = FakeVectors()
        self.retriever = FakeRetriever(self.memories)
        self.engine = FakeEngine(self.conversations, self.memories, model=settings.model)
        self.warmed = False
        self.woken = 0
        self.closed = False

    def warm(self) -> None:
        self.warmed = True

    def look(self) -> None:
        self.database.look()

    def embed_soon(self) -> None:
        self.woken += 1

    def temporary_engine(self) -> FakeEngine:
        scratch = ConversationStore(Database.scratch(), self.clock)
        return FakeEngine(scratch, self.memories, temporary=True, model=self.settings.model)

    def use_model(self, name: str) -> None:
        if name != "none" and ":" not in name:
            raise InvalidInput(f"{name!r} names no model.", "Write it as ollama:NAME.")
        self.settings = self.settings.model_copy(update={"model": name})
        self.engine.responder = FakeResponder(name)

    def close(self) -> None:
        self.closed = True
        self.database.close()


def fill_conversation(store: ConversationStore, turns: int, **values: Any) -> str:
    """A conversation of `turns` questions and as many answers. Returns its id."""
    conversation = store.create(values.get("title", ""))
    messages = []
    for n in range(turns):
        messages.append(NewMessage(role="user", content=f"Question number {n}?"))
        messages.append(NewMessage(role="assistant", content=f"Answer number {n}, with **weight**.", model="none"))
    store.append_many(conversation.id, messages)
    return conversation.id


def fill_memories(store: MemoryStore, texts: Sequence[str]) -> tuple[Memory, ...]:
    """Memories with these texts, oldest first."""
    for text in texts:
        store.add(NewMemory(text=text))
    return tuple(reversed(store.list(MemoryFilter())))
