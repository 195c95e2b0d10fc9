"""What can be done with one message: copy it, answer again, ask why, undo what it changed, follow its marks."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from memory.errors import Refused, ReverieError
from tui import clipboard
from tui.chat.messages import Answer, Entry, Remark, RemarkBlock, Said, Trouble
from tui.commands import find_command
from tui.desk import find_in
from tui.exporting import write_message
from tui.screens.place import Draft, Place, Reference, Run, Without
from tui.screens.prose import quoted

if TYPE_CHECKING:
    from textual.binding import Binding

    from memory.types import Message
    from tui.chat.messages import Block
    from tui.chat.screen import ChatScreen
    from tui.screens.place import Goal


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
                case "why":
                    await self.why(entry.message if isinstance(entry, Answer) else None)
                case "menu" if entry.widget is not None:
                    await self._menu(entry.widget)
                case "retry":
                    await self.retry(_question(entry))
                case "undo" | "edit" if isinstance(entry, Remark):
                    await (self._undo(entry) if act == "undo" else self._edit_memory(entry))
                case _ if isinstance(entry, Said | Answer) and entry.message is not None:
                    await self._turn(act, entry, entry.message)
        except ReverieError as error:
            await self._screen.say(str(error))

    async def _turn(self, act: str, entry: Said | Answer, message: "Message") -> None:
        """What is done about the tree of messages."""
        match act:
            case "edit":
                self._screen.editing.begin(message)
            case "branch":
                await self.branch(message)
            case "export":
                kept = None if self._screen.desk.temporary else self._screen.runtime.database
                self._screen.toast(await asyncio.to_thread(write_message, message, Path.cwd(), kept))
            case "before" | "after":
                await self._other_version(entry, -1 if act == "before" else 1)

    async def _menu(self, block: "Block") -> None:
        """What can be done with a message, as a list with the keys that do the same."""
        from tui.screens.dialogs import Choose

        app = self._screen.app
        offered: dict[str, Binding] = {}
        for active in self._screen.active_bindings.values():
            if active.node is block and active.enabled and active.binding.action != "menu":
                offered.setdefault(active.binding.description, active.binding)
        choices = [(summary, app.get_key_display(binding)) for summary, binding in offered.items()]
        chosen = await app.push_screen_wait(Choose("This message", choices, "", lambda name: None))
        if chosen in offered and block.is_attached:
            await block.run_action(offered[chosen].action)

    async def copy(self, text: str, lead: str = "") -> None:
        """Copy, and say where to."""
        where = await asyncio.to_thread(clipboard.copy, self._screen.app, text)
        self._screen.toast(f"{lead} copied {len(text):,} characters to the {where}".strip())

    async def retry(self, question: "Message | None", without: frozenset[str] = frozenset()) -> None:
        """Answer a question again. What was said below it leaves the screen; it stays in the store, a version away."""
        if question is None:
            raise Refused("There is nothing to answer again.")
        history = self._screen.history
        here = next(
            (e for e in history.entries if isinstance(e, Said) and e.message and e.message.id == question.id), None
        )
        if here is None:
            raise Refused("That question is not in this chat.")
        self._screen.talks.retry(question, without)
        place = history.entries.index(here)
        turn = self._screen.talks.talk.turn
        for entry in [e for e in history.entries[place + 1 :] if turn is None or e not in turn.entries]:
            await history.remove_entry(entry)

    async def retry_without(self, question: "Message | None", reference: str) -> None:
        """Answer again without a memory, and without the messages that say the same."""
        leave_out = await asyncio.to_thread(self._screen.desk.with_sources, reference)
        await self.retry(question, leave_out)
        self._screen.toast(f"answering without {', '.join(sorted(leave_out))}")

    async def branch(self, message: "Message") -> None:
        """Go on from a message: what came after it stays, a version away."""
        if self._screen.talks.talk.busy:
            raise Refused("An answer is being written.", "Wait for it, or stop it with esc.")
        await self._screen.talks.at_desk(lambda: self._screen.desk.go_back_to(message))
        await self._screen.talks.reopen_at(message)
        self._screen.toast(f"going on from {message.short_id}; what followed is a version away")
        self._screen.composer.focus()

    async def _other_version(self, entry: Said | Answer, step: int) -> None:
        if self._screen.talks.talk.busy:
            raise Refused("An answer is being written.", "Wait for it, or stop it with esc.")
        ids = [version.id for version in entry.versions]
        if entry.message is None or entry.message.id not in ids:
            return
        wanted = entry.versions[(ids.index(entry.message.id) + step) % len(ids)]
        await self._screen.talks.at_desk(lambda: self._screen.desk.show_version(wanted))
        await self._screen.talks.reopen_at(wanted)

    async def why(self, message: "Message | None") -> None:
        """Show what an answer was made from."""
        if message is None:
            raise Refused("There is no answer to explain yet.")
        from tui.screens.why import WhyScreen

        store = self._screen.desk.engine.conversations
        goal = await self._screen.app.push_screen_wait(WhyScreen(self._screen.runtime, message, store))
        if isinstance(goal, Without):
            question = await asyncio.to_thread(store.message, message.parent_id) if message.parent_id else None
            await self.retry_without(question, goal.short_id)
        else:
            await self.go(goal)
        self._screen.memory_changed()

    async def go(self, goal: "Goal | None") -> None:
        """Where a closed screen sends its user."""
        match goal:
            case Place():
                await self.go_to(goal)
            case Reference(short_id=short_id):
                await self.follow(short_id)
            case Draft(text=text):
                self._screen.composer.put(text)
                self._screen.composer.focus()
            case Run(command=name) if (command := find_command(name)) is not None:
                self._screen.run_command(command)

    async def follow(self, reference: str) -> None:
        """Show a memory among the others, or a message in its conversation."""
        if reference.startswith("m"):
            from tui.screens.memory import MemoryScreen

            await self.go(await self._screen.app.push_screen_wait(MemoryScreen(self._screen.runtime, select=reference)))
            self._screen.memory_changed()
        else:
            message = await asyncio.to_thread(self._screen.runtime.conversations.message, reference)
            await self.go_to(Place(message.conversation_id, message.id))

    async def go_to(self, place: Place) -> None:
        """Open a place: a conversation, and a message in it."""
        leaf = await asyncio.to_thread(find_in, place, self._screen.desk)
        await self._screen.open_chat(place.conversation_id, message_id=place.message_id, leaf=leaf)

    async def _edit_memory(self, entry: Remark) -> None:
        from tui.screens.memory_acts import edit_form

        if entry.memory is None:
            return
        runtime = self._screen.runtime
        memory = await asyncio.to_thread(runtime.memories.get, entry.memory)
        edited = await self._screen.app.push_screen_wait(edit_form(runtime, memory))
        if edited is not None:
            await self._screen.say(f"{edited.short_id} now says {quoted(edited.text)}")
            self._screen.memory_changed()

    async def _undo(self, entry: Remark) -> None:
        if entry.change is None:
            return
        said = await asyncio.to_thread(partial(self._screen.desk.undo, entry.change))
        entry.text, entry.change, entry.memory = f"{entry.text} (undone)", None, None
        if isinstance(entry.widget, RemarkBlock):
            entry.widget.refresh_line()
        self._screen.toast(said)
        self._screen.memory_changed()


def _question(entry: Entry) -> "Message | None":
    if isinstance(entry, Said):
        return entry.message
    return entry.question if isinstance(entry, Answer | Trouble) else None
