"""One turn under way, as a stream of events.

The user's message is committed before anything else happens. What the user asked to be remembered is done at once;
everything else waits for a night. An answer that is cancelled or breaks off is stored as far as it came.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from assistant.citations import records
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
from assistant.napping import MOST_IN_VIEW
from assistant.responder import Piece, Turn
from memory.errors import ReverieError, StorageError
from memory.extraction import parse_command
from memory.retrieval import Retrieval
from memory.text import StreamCleaner, clean
from memory.types import ChangeSet, Hit, Message, MessageStatus, ModelCall, NewMessage, RecallRecord

if TYPE_CHECKING:
    from assistant.engine import Engine

HITS = 24
"""How many hits are retrieved for a turn; the responder takes what fits."""
MAX_ANSWER_CHARS = 400_000
"""A model that does not stop is stopped here."""

log = logging.getLogger(__name__)


class RunningTurn:
    """One turn under way. Iterate it once; `cancel` makes the stream end by itself with what was written."""

    def __init__(
        self,
        engine: "Engine",
        conversation_id: str,
        *,
        text: str = "",
        again: Message | None = None,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self._engine = engine
        self._parts = engine.parts
        self._responder = engine.responder
        self._conversation_id = conversation_id
        self._text = text
        self._again = again
        self._without = without
        self._stop = asyncio.Event()
        self._answer = ""
        self._usage: Usage | None = None
        self._turn: Turn | None = None
        self._given: tuple[str, ...] = ()
        self._stored: Message | None = None
        self._started = time.perf_counter()

    def cancel(self) -> None:
        """Stop the answer. The part that was written is kept and marked as stopped."""
        self._stop.set()

    async def __aiter__(self) -> AsyncIterator[Event]:
        try:
            async for event in self._events():
                yield event
        except (asyncio.CancelledError, GeneratorExit):
            # The reader is gone: keep what was written, without awaiting anything.
            self._keep_part("stopped")
            raise
        except ReverieError as error:
            partial = self._keep_part("failed")
            kind = "storage" if isinstance(error, StorageError) else "model"
            yield Failed(message=error.message, hint=error.hint, partial=partial, kind=kind)  # type: ignore[arg-type]
        except Exception as error:  # the outer edge of a turn: a defect must not take the conversation with it
            log.exception("a turn failed")
            partial = self._keep_part("failed")
            yield Failed(
                message=f"A defect in Reverie stopped the answer ({type(error).__name__}).",
                hint="Your message is kept; the log has the details.",
                partial=partial,
                kind="bug",
            )
        finally:
            self._engine.release(self._conversation_id)
            self._parts.stored()

    async def _events(self) -> AsyncIterator[Event]:
        message, history = await asyncio.to_thread(self._accept)
        yield Accepted(message=message)
        written: list[tuple[ChangeSet, str]] = []
        async for event in self._obey(message):
            if isinstance(event, MemoryWritten):
                written.append((event.change, event.summary))
            yield event
        hits: tuple[Hit, ...] = ()
        milliseconds = 0.0
        if self._parts.remembers():
            found = await asyncio.to_thread(self._retrieve, message)
            hits, milliseconds = found.hits, found.milliseconds
            if self._engine.is_news(found.notice):
                yield Notice(text=found.notice)
        begun = await asyncio.to_thread(self._engine.begun, history)
        self._turn = Turn(
            message=message,
            history=begun.after,
            hits=hits,
            written=tuple(written),
            now=self._parts.clock.now(),
            zone=self._parts.clock.zone,
            standing=await asyncio.to_thread(self._parts.standing),
            noted=begun.noted,
            prefix=begun.prefix,
        )
        self._given = await asyncio.to_thread(self._responder.given, self._turn)
        yield Retrieved(hits=(*begun.noted, *hits), given=self._given, milliseconds=milliseconds)
        async for delta in self._write(self._turn):
            yield delta
        status: MessageStatus = "stopped" if self._stop.is_set() else "complete"
        answer, recall = await asyncio.to_thread(self._finish, status)
        yield Finished(message=answer, recall=recall)

    # -- before the answer

    def _accept(self) -> tuple[Message, tuple[Message, ...]]:
        """Store the user's message (or take the one to answer again), with what came before it."""
        store = self._parts.conversations
        if self._again is not None:
            message = self._again
            store.set_head(self._conversation_id, message.id)
        else:
            message = store.append(self._conversation_id, NewMessage(role="user", content=self._text))
        thread = store.thread(self._conversation_id, limit=MOST_IN_VIEW + 1, leaf=message.id)
        return message, thread[:-1]

    async def _obey(self, message: Message) -> AsyncIterator[Event]:
        """Carry out an explicit wish, once: not again when the message is answered again."""
        command = parse_command(message.content) if self._again is None else None
        if command is None:
            return
        if self._parts.wishes is None:
            yield Notice(text="This chat is temporary: nothing is remembered or forgotten.")
            return
        outcome = await asyncio.to_thread(self._parts.wishes.carry_out, command, message)
        if outcome.change is None:
            yield Notice(text=outcome.summary)
        else:
            yield MemoryWritten(change=outcome.change, summary=outcome.summary)

    def _retrieve(self, message: Message) -> Retrieval:
        self._parts.catch_up()
        leave_out = frozenset({message.short_id}) | self._without
        return self._parts.retriever.search(message.content, HITS, leave_out=leave_out)

    # -- the answer

    async def _write(self, turn: Turn) -> AsyncIterator[Event]:
        cleaner = StreamCleaner()
        async for piece in self._until_stopped(self._responder.respond(turn)):
            match piece:
                case TextDelta(text=text):
                    for event in self._grow(cleaner.feed(text)):
                        yield event
                case ThinkDelta(text=text):
                    yield ThinkDelta(text=clean(text))
                case Usage():
                    self._usage = piece
                    yield piece
                case Notice():
                    yield piece
            if len(self._answer) > MAX_ANSWER_CHARS:
                self._stop.set()
        for event in self._grow(cleaner.finish()):
            yield event

    def _grow(self, text: str) -> list[Event]:
        self._answer += text
        return [TextDelta(text=text)] if text else []

    async def _until_stopped(self, pieces: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
        """The responder's pieces until the user stops it; the responder is then closed at once."""
        stopped = asyncio.ensure_future(self._stop.wait())
        step: asyncio.Future[Piece] | None = None
        try:
            while True:
                step = asyncio.ensure_future(anext(pieces))
                await asyncio.wait({step, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if stopped.done():
                    return
                yield step.result()
        except StopAsyncIteration:
            return
        finally:
            for waiting in (stopped, step):
                if waiting is not None and not waiting.done():
                    waiting.cancel()
                    with contextlib.suppress(asyncio.CancelledError, Exception):
                        await waiting
            if hasattr(pieces, "aclose"):
                await pieces.aclose()

    # -- after the answer

    def _finish(self, status: MessageStatus) -> tuple[Message, tuple[RecallRecord, ...]]:
        """Store the answer with what it was made from. Without a word of text there is nothing to store."""
        assert self._turn is not None
        found = {hit.id for hit in self._turn.noted}
        hits = (*self._turn.noted, *(hit for hit in self._turn.hits if hit.id not in found))
        recall = records(hits, self._given, self._answer)
        usage = self._usage
        message = self._parts.conversations.append(
            self._conversation_id,
            NewMessage(
                role="assistant",
                content=self._answer or ("(stopped)" if status == "stopped" else "(no answer)"),
                status=status if self._answer else "stopped" if status == "stopped" else "failed",
                model=self._responder.model,
                prompt_tokens=usage.prompt_tokens if usage else None,
                completion_tokens=usage.completion_tokens if usage else None,
            ),
            parent_id=self._turn.message.id,
        )
        self._stored = message
        self._parts.conversations.record_recall(message.id, recall)
        self._enter("ok" if status == "complete" else status)
        return message, recall

    def _keep_part(self, status: MessageStatus) -> Message | None:
        """Store what was written when the turn ended otherwise. Never raises: a full disk must not hide the cause."""
        if self._turn is None or self._stored is not None:
            return self._stored
        try:
            if self._answer:
                return self._finish(status)[0]
            self._enter("failed" if status == "failed" else "stopped")
        except StorageError:
            log.warning("the part of an answer could not be stored", exc_info=True)
        return None

    def _enter(self, status: str) -> None:
        """One row in the ledger, if a model was called."""
        if self._parts.ledger is None or self._responder.model == "none" or self._turn is None:
            return
        usage = self._usage
        conversation = self._parts.conversations.get(self._conversation_id)
        self._parts.ledger.record(
            ModelCall(
                at=self._parts.clock.now(),
                purpose="chat",
                model=self._responder.model,
                remote=self._responder.remote,
                prompt_tokens=usage.prompt_tokens if usage else None,
                completion_tokens=usage.completion_tokens if usage else None,
                milliseconds=round((time.perf_counter() - self._started) * 1000),
                status=status,  # type: ignore[arg-type]
                sent=self._given,
                conversation=conversation.short_id,
            )
        )
