"""What can be done with one message: copy it, answer again, ask why, undo what it changed, follow its marks."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from memory.errors import Refused, ReverieError
from tui import clipboard
from tui.chat.messages import Answer, Entry, Remark, RemarkBlock, Said, Trouble
from tui.desk import find_in
from tui.screens.place import Place

if TYPE_CHECKING:
    from memory.types import Message
    from tui.chat.screen import ChatScreen


class MessageActs:
    """Carries out what was asked for on an entry of the history."""

    def __init__(self, screen: "ChatScreen") -> None:
        self._screen = screen

    async def run(self, act: str, entry: Entry) -> None:
        """Do `act` with `entry`. What goes wrong is a line in the flow."""
        try:
            match act:
                case "copy_source":
                    await self.copy(entry.source)
                case "copy_address":
                    await self.copy(entry.source, f"Not opened, for its safety is unknown: {entry.source} ·")
                case "retry":
                    await self.retry(_question(entry))
                case "why":
                    await self.why(entry.message if isinstance(entry, Answer) else None)
                case "undo" if isinstance(entry, Remark):
                    await self._undo(entry)
        except ReverieError as error:
            await self._screen.say(str(error))

    async def copy(self, text: str, lead: str = "") -> None:
        """Copy, and say where to."""
        where = await asyncio.to_thread(clipboard.copy, self._screen.app, text)
        self._screen.toast(f"{lead} copied {len(text):,} characters to the {where}".strip())

    async def retry(self, question: "Message | None") -> None:
        """Answer the last question again: what was answered before leaves the screen, and stays in the store."""
        history = self._screen.history
        last = next((e for e in reversed(history.entries) if isinstance(e, Said) and e.message), None)
        if question is None or last is None or last.message is None or last.message.id != question.id:
            raise Refused("Only the last message can be answered again.")
        self._screen.talks.retry(question)
        place = history.entries.index(last)
        turn = self._screen.talks.talk.turn
        for entry in [e for e in history.entries[place + 1 :] if turn is None or e not in turn.entries]:
            await history.remove_entry(entry)

    async def why(self, message: "Message | None") -> None:
        """Show what an answer was made from."""
        if message is None:
            raise Refused("There is no answer to explain yet.")
        from tui.screens.why import WhyScreen

        store = self._screen.desk.engine.conversations
        place = await self._screen.app.push_screen_wait(WhyScreen(self._screen.runtime, message, store))
        if place is not None:
            await self.go_to(place)
        self._screen.memory_changed()

    async def follow(self, reference: str) -> None:
        """Show a memory among the others, or a message in its conversation."""
        if reference.startswith("m"):
            from tui.screens.memory import MemoryScreen

            place = await self._screen.app.push_screen_wait(MemoryScreen(self._screen.runtime, select=reference))
            self._screen.memory_changed()
        else:
            message = await asyncio.to_thread(self._screen.runtime.conversations.message, reference)
            place = Place(message.conversation_id, message.id)
        if place is not None:
            await self.go_to(place)

    async def go_to(self, place: Place) -> None:
        """Open a place: a conversation, and a message in it."""
        leaf = await asyncio.to_thread(find_in, place, self._screen.desk)
        await self._screen.open_chat(place.conversation_id, message_id=place.message_id, leaf=leaf)

    async def _undo(self, entry: Remark) -> None:
        if entry.change is None:
            return
        said = await asyncio.to_thread(partial(self._screen.desk.undo, entry.change))
        entry.text, entry.change = f"{entry.text} (undone)", None
        if isinstance(entry.widget, RemarkBlock):
            entry.widget.refresh_line()
        self._screen.toast(said)
        self._screen.memory_changed()


def _question(entry: Entry) -> "Message | None":
    if isinstance(entry, Said):
        return entry.message
    return entry.question if isinstance(entry, Answer | Trouble) else None
