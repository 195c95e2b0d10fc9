"""One turn on the screen: the engine's events into entries of the history, the status line and the sidebar.

A turn belongs to a conversation, not to what is on the screen: when the user looks at another chat meanwhile, it goes
on, is stored, and is shown again when the user comes back.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

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
from memory.errors import ReverieError
from memory.types import Message, RecallRecord, Status
from tui.chat.messages import Answer, Entry, Remark, Reply, Said, Trouble

if TYPE_CHECKING:
    from assistant.running import RunningTurn


class Stage(Protocol):
    """What a turn needs of the screen. Each call is about one talk, which may be off the screen by now."""

    def stamp(self) -> str: ...

    async def appear(self, talk: "Talk", entry: Entry) -> None: ...

    async def vanish(self, talk: "Talk", entry: Entry) -> None: ...

    def found(self, talk: "Talk", recall: tuple[RecallRecord, ...], texts: dict[str, str]) -> None: ...

    def spent(self, talk: "Talk", usage: Usage) -> None: ...

    def memory_changed(self) -> None: ...

    def give_back(self, talk: "Talk", text: str) -> None: ...


@dataclass(eq=False, kw_only=True)
class Talk:
    """What goes on in one conversation, on the screen or not."""

    conversation_id: str | None = None
    turn: "TurnRunner | None" = None
    queue: list[str] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return self.turn is not None


Begin = Callable[[], Awaitable["RunningTurn"]]
"""Starts the turn; it may write to the store, and so does that in a thread."""


class TurnRunner:
    """Follows one turn from the key press to the last event."""

    def __init__(self, talk: Talk, stage: Stage, *, text: str = "", question: Message | None = None) -> None:
        self._talk = talk
        self._stage = stage
        self._text = text
        self._running: RunningTurn | None = None
        self._cancelled = False
        self._texts: dict[str, str] = {}
        self.started = time.monotonic()
        self.said = Said(text=text, stamp=stage.stamp(), message=question)
        self.answer = Answer(live=True, stage="one moment", stamp=stage.stamp(), question=question)
        self.entries: list[Entry] = []
        """What this turn has put into the history, for when the user comes back to it."""

    def cancel(self) -> None:
        """Stop the answer; what was written is kept."""
        self._cancelled = True
        if self._running is not None:
            self._running.cancel()

    async def run(self, begin: Begin) -> bool:
        """Take the turn to its end. False if it failed, so that what waits does not run into the same wall."""
        if self.said.message is None:
            await self._appear(self.said)
        await self._appear(self.answer)
        try:
            self._running = await begin()
            if self._cancelled:
                self._running.cancel()
            return await self._follow(self._running)
        except ReverieError as error:
            await self._fail(Failed(message=error.message, hint=error.hint))
            return False
        finally:
            self.answer.live = False
            if isinstance(self.answer.widget, Reply):
                await self.answer.widget.finish()

    async def _follow(self, running: "RunningTurn") -> bool:
        well = True
        async for event in running:
            well = await self._take(event) and well
        return well

    async def _take(self, event: Event) -> bool:
        match event:
            case Accepted(message=message):
                self._talk.conversation_id = message.conversation_id
                self.said.message = self.answer.question = message
                self._stage_is("looking in memory")
            case TextDelta(text=text):
                await self._grow(text)
            case ThinkDelta(text=text):
                self._think(text)
            case Retrieved():
                self._found(event)
            case MemoryWritten(change=change, summary=summary):
                self._stage.memory_changed()
                after = change.revisions[0].after
                memory = after.short_id if after is not None and after.status is Status.ACTIVE else None
                await self._insert(Remark(text=f"✓ {summary}", change=change.number, memory=memory))
            case Notice(text=text):
                await self._insert(Remark(text=text))
            case Usage():
                self.answer.usage = event
                self._stage.spent(self._talk, event)
            case Finished():
                await self._finish(event)
            case Failed():
                await self._fail(event)
                return False
        return True

    def _found(self, event: Retrieved) -> None:
        self.answer.known = frozenset(event.given)
        self._texts = {hit.id: hit.text for hit in event.hits}
        records = tuple(
            RecallRecord(
                rank=rank,
                state="given" if hit.id in event.given else "found",
                hit_id=hit.id,
                score=hit.score,
                channels=hit.channels,
                reasons=hit.reasons,
            )
            for rank, hit in enumerate(event.hits, start=1)
        )
        self._stage.found(self._talk, records, self._texts)
        self._stage_is("thinking")

    def _stage_is(self, words: str) -> None:
        self.answer.stage = words
        if isinstance(self.answer.widget, Reply):
            self.answer.widget.show_foot()

    def _think(self, text: str) -> None:
        self.answer.thought += text
        self._stage_is("thinking")
        if isinstance(self.answer.widget, Reply):
            self.answer.widget.show_thought()

    async def _grow(self, text: str) -> None:
        self.answer.text += text
        if isinstance(self.answer.widget, Reply):
            await self.answer.widget.grow()

    async def _finish(self, event: Finished) -> None:
        self.answer.message, self.answer.recall = event.message, event.recall
        self.answer.text = event.message.content
        self._stage.found(self._talk, event.recall, self._texts)

    async def _fail(self, failure: Failed) -> None:
        """Say what happened. Words that are not stored go back to the composer."""
        if self.said.message is None:
            await self._vanish(self.answer)
            await self._vanish(self.said)
            self._stage.give_back(self._talk, self._text)
            kept = "What you wrote is back in the input."
        elif failure.partial is not None:
            self.answer.message = failure.partial
            kept = "Your message and the part that was written are kept."
        else:
            await self._vanish(self.answer)
            kept = "Your message is kept."
        await self._appear(Trouble(failure=failure, kept=kept, question=self.said.message))

    # -- entries

    async def _appear(self, entry: Entry) -> None:
        self.entries.append(entry)
        await self._stage.appear(self._talk, entry)

    async def _vanish(self, entry: Entry) -> None:
        if entry in self.entries:
            self.entries.remove(entry)
            await self._stage.vanish(self._talk, entry)

    async def _insert(self, entry: Entry) -> None:
        """A notice stands before the answer that has not begun, or after what is written of it."""
        if self.answer.text or self.answer not in self.entries:
            await self._appear(entry)
            return
        await self._vanish(self.answer)
        await self._appear(entry)
        await self._appear(self.answer)
