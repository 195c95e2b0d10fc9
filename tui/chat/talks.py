"""The conversations of a chat screen: which one is open, what is being answered in each, and what waits.

The desk works on the store in threads, one act at a time; the screen only shows.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from assistant.events import Usage
from memory.errors import Refused
from memory.naps import Nap
from memory.types import Message, RecallRecord
from tui.chat.messages import Answer, Entry, Said
from tui.chat.resting import Rested, RestedBlock, with_naps
from tui.chat.turns import Begin, Talk, TurnRunner
from tui.desk import PAGE, Desk, Shown
from tui.screens.times import minute

if TYPE_CHECKING:
    from assistant.running import RunningTurn
    from tui.chat.screen import ChatScreen

Result = TypeVar("Result")


class Talks:
    """The stage that turns play on."""

    def __init__(self, screen: "ChatScreen", desk: Desk) -> None:
        self._screen = screen
        self.desk = desk
        self.talk = Talk()
        self._talks: dict[str, Talk] = {}
        self._lock = asyncio.Lock()
        self._oldest: str | None = None
        """Parent of the oldest message that was read: where older ones continue."""

    async def at_desk(self, act: Callable[[], Result]) -> Result:
        """Run `act` on the desk in a thread, after whatever is being done there."""
        async with self._lock:
            return await asyncio.to_thread(act)

    # -- opening

    async def begin(self, *, temporary: bool | None = None) -> None:
        """An empty chat, of the same sort as the open one unless said otherwise."""
        await self.save_draft()

        def start() -> str:
            if temporary is not None and temporary != self.desk.temporary:
                self.desk.set_temporary(temporary)
            return self.desk.begin()

        draft = await self.at_desk(start)
        self.talk = Talk(conversation_id=self.desk.conversation_id)
        self._oldest = None
        await self._screen.show_talk((), draft=draft)

    async def open(self, reference: str, *, message_id: str | None = None, leaf: str | None = None) -> None:
        """A stored conversation: its end, or the surroundings of a message."""
        await self.save_draft()

        def read() -> tuple[Shown, ...]:
            conversation = self.desk.open(reference)
            if leaf is not None:
                self.desk.engine.conversations.set_head(conversation.id, leaf)
            return self.desk.read(limit=PAGE if message_id is None else 1_000_000)

        thread = await self.at_desk(read)
        conversation = self.desk.conversation
        assert conversation is not None
        self.talk = self._talks.setdefault(conversation.id, Talk(conversation_id=conversation.id))
        self._oldest = thread[0].message.parent_id if thread else None
        entries = await self._entries(thread)
        at = next((i for i, e in enumerate(entries) if _message_id(e) == message_id), None) if message_id else None
        await self._screen.show_talk(self._with_running(entries), draft=conversation.draft, at=at)

    def _with_running(self, entries: list[Entry]) -> list[Entry]:
        """What is stored, and what a turn under way has shown beside it."""
        if self.talk.turn is None:
            return entries
        running = self.talk.turn.entries
        theirs = {_message_id(entry) for entry in running} - {None}
        for entry in running:
            entry.widget = None
        return [entry for entry in entries if _message_id(entry) not in theirs] + running

    async def find_versions(self, answer: Answer) -> None:
        """Learn which versions a new answer and its question have, and show it."""
        for entry in self._screen.history.entries:
            if not isinstance(entry, Said | Answer) or entry.message is None:
                continue
            if entry is answer or entry.message == answer.question:
                message, desk = entry.message, self.desk
                entry.versions = await self.at_desk(lambda m=message, d=desk: d.versions_of(m))  # type: ignore[misc]
                if entry.widget is not None:
                    entry.widget.refresh_place()

    async def reopen_at(self, message: Message) -> None:
        """Show the open conversation's branch anew, a temporary one's too, with a message in view."""
        thread = await self.at_desk(lambda: self.desk.read(limit=1_000_000))
        self._oldest = None
        entries = await self._entries(thread)
        at = next((i for i, e in enumerate(entries) if _message_id(e) == message.id), None)
        await self._screen.show_talk(entries, draft=self._screen.composer.full_text, at=at)

    async def read_all(self) -> tuple[Message, ...]:
        """Every message of the open branch, oldest first, on the screen or not."""
        return await self.at_desk(self.desk.read_plain)

    async def show_message(self, message_id: str) -> None:
        """Bring a message of the open conversation into view, however far back it is."""
        history = self._screen.history
        at = next((i for i, e in enumerate(history.entries) if _message_id(e) == message_id), None)
        if at is not None:
            load_older = self.read_older if self.more_in_store else None
            await history.show(history.entries, load_older=load_older, at=at)
        elif self.desk.conversation_id is not None and not self.desk.temporary:
            await self.open(self.desk.conversation_id, message_id=message_id)

    async def reopen(self) -> None:
        """Show the open conversation again: something about the way of showing it has changed."""
        if self.talk.conversation_id is not None and not self.desk.temporary:
            await self.open(self.talk.conversation_id)

    @property
    def more_in_store(self) -> bool:
        return self._oldest is not None

    async def read_older(self) -> Sequence[Entry]:
        """The page of messages before the oldest one that was read."""
        leaf = self._oldest
        if leaf is None:
            return ()
        thread = await self.at_desk(lambda: self.desk.read(leaf=leaf))
        self._oldest = thread[0].message.parent_id if thread else None
        return await self._entries(thread)

    async def _entries(self, thread: Sequence[Shown]) -> list[Entry]:
        engine = self.desk.engine
        naps = await self.at_desk(lambda: engine.naps([shown.message for shown in thread]))
        return with_naps(self._said(thread), naps)

    def _said(self, thread: Sequence[Shown]) -> list[Entry]:
        entries: list[Entry] = []
        question: Message | None = None
        for shown in thread:
            message = shown.message
            if message.role == "user":
                question = message
                said = Said(text=message.content, message=message, stamp=self.stamp(message), versions=shown.versions)
                entries.append(said)
            elif message.role == "assistant":
                entries.append(
                    Answer(
                        text=message.content,
                        message=message,
                        question=question,
                        recall=shown.recall,
                        known=shown.known,
                        stamp=self.stamp(message),
                        versions=shown.versions,
                    )
                )
        return entries

    # -- drafts

    async def save_draft(self) -> None:
        """Keep what is typed, where the chat is kept at all."""
        draft = self._screen.drafts.take()
        if draft is not None:
            await self.at_desk(lambda: self.desk.save_draft(draft))

    # -- sending

    def send(self, text: str) -> None:
        """Say it now, or after the answer that is being written."""
        if self.talk.busy:
            self.talk.queue.append(text)
            self._screen.show_queue()
        else:
            self._start(self.talk, text)

    def send_waiting(self) -> None:
        """Say the next of what waits."""
        if self.talk.queue and not self.talk.busy:
            self._start(self.talk, self.talk.queue.pop(0))
            self._screen.show_queue()

    def take_back(self) -> str:
        """What waits, taken out of the queue: all of it, in order."""
        text = "\n".join(self.talk.queue)
        self.talk.queue.clear()
        self._screen.show_queue()
        return text

    def retry(self, question: Message, without: frozenset[str] = frozenset()) -> None:
        """Answer a stored message again, `without` some of what is known. Raises Refused during an answer."""
        if self.talk.busy:
            raise Refused("An answer is being written.", "Wait for it, or stop it with esc.")
        desk = self.desk
        runner = TurnRunner(self.talk, self, text=question.content, question=question)
        self._run(self.talk, runner, lambda: self.at_desk(lambda: desk.retry(question, without)))

    def _start(self, talk: Talk, text: str) -> None:
        engine, desk = self.desk.engine, self.desk

        def begin() -> "RunningTurn":
            if talk.conversation_id is None:
                talk.conversation_id = desk.ensure().id
            self._talks[talk.conversation_id] = talk
            return engine.answer(talk.conversation_id, text)

        self._run(talk, TurnRunner(talk, self, text=text), lambda: self.at_desk(begin))

    def _run(self, talk: Talk, runner: TurnRunner, begin: Begin) -> None:
        talk.turn = runner
        self._screen.app.run_worker(self._follow(talk, runner, begin), group="turn", exit_on_error=False)
        self._screen.show_activity()

    async def _follow(self, talk: Talk, runner: TurnRunner, begin: Begin) -> None:
        well = False
        try:
            well = await runner.run(begin)
        finally:
            talk.turn = None
            self._screen.show_activity()
        await self._screen.turn_over(shown=talk is self.talk, answer=runner.answer)
        self._screen.work(self._rest(talk), group="nap")
        if well and talk.queue and talk is self.talk:
            self.send_waiting()

    async def _rest(self, talk: Talk) -> None:
        """Take a nap of a conversation, if it is time, and tell of it between two turns; then make what cartridges are
        missing."""
        engine, conversation_id = self.desk.engine, talk.conversation_id
        if conversation_id is None or talk.turn is not None:
            return
        nap = await asyncio.to_thread(engine.nap, conversation_id)
        while nap is not None and talk.turn is not None:
            await asyncio.sleep(0.1)
        if nap is not None:
            await self.appear(talk, Rested(nap=nap))
        making = await asyncio.to_thread(engine.imprint, conversation_id)
        if making is not None:
            self._imprinted(await asyncio.wrap_future(making))

    def _imprinted(self, naps: tuple[Nap, ...]) -> None:
        """Tell of the cartridges that naps got, in their lines."""
        now = {nap.number: nap for nap in naps}
        for entry in self._screen.history.entries:
            if isinstance(entry, Rested) and entry.nap.number in now:
                entry.nap = now[entry.nap.number]
                if isinstance(entry.widget, RestedBlock):
                    entry.widget.show()

    def cancel(self) -> bool:
        """Stop the answer of the open conversation. False where there is none."""
        if self.talk.turn is None:
            return False
        self.talk.turn.cancel()
        return True

    async def stop_all(self) -> None:
        """Stop every answer and wait until its part is stored."""
        talks = {*self._talks.values(), self.talk}
        for talk in talks:
            if talk.turn is not None:
                talk.turn.cancel()
        while any(talk.turn for talk in talks):
            await asyncio.sleep(0.02)

    # -- the stage

    def stamp(self, message: Message | None = None) -> str:
        """The time of a message, or the present, where times are shown."""
        if not self._screen.timestamps:
            return ""
        clock = self.desk.runtime.clock
        return minute(message.said_at if message else clock.now(), clock.now(), clock.zone)

    async def appear(self, talk: Talk, entry: Entry) -> None:
        if talk is self.talk:
            await self._screen.add_entry(entry)

    async def vanish(self, talk: Talk, entry: Entry) -> None:
        if talk is self.talk:
            await self._screen.history.remove_entry(entry)

    def found(self, talk: Talk, recall: tuple[RecallRecord, ...], texts: dict[str, str]) -> None:
        if talk is self.talk:
            self._screen.show_hits(recall, texts)

    def spent(self, talk: Talk, usage: Usage) -> None:
        if talk is self.talk:
            self._screen.status.set(usage=usage)

    def memory_changed(self) -> None:
        self._screen.memory_changed()

    def give_back(self, talk: Talk, text: str) -> None:
        if talk is self.talk:
            self._screen.composer.add(text)


def _message_id(entry: Entry) -> str | None:
    message = entry.message if isinstance(entry, Said | Answer) else None
    return message.id if message else None
