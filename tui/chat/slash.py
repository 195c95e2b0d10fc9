"""What the slash commands do on the screen: one method for each command of the registry, named after it."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from memory.errors import InvalidInput, Refused, ReverieError
from tui.chat.slash_nights import NightCommands
from tui.chat.slash_prompt import PromptCommands
from tui.commands import Command, find_command, unknown_line

if TYPE_CHECKING:
    from tui.chat.screen import ChatScreen


class ChatCommands(NightCommands, PromptCommands):
    """Carries commands out for a chat screen. Runs in a worker, so it may wait for a screen or the store."""

    def __init__(self, screen: "ChatScreen") -> None:
        self._screen = screen

    async def run(self, command: Command, argument: str) -> None:
        """Do it, and show what went wrong as a line in the flow."""
        try:
            await getattr(self, command.name)(argument)
        except ReverieError as error:
            await self._screen.say(str(error))

    async def _do(self, act: Callable[[], str]) -> None:
        """Work on the store in a thread, and say what was done."""
        self._screen.toast(await asyncio.to_thread(act))

    # -- chat

    async def new(self, argument: str) -> None:
        await self._screen.begin_chat()
        if argument:
            self._screen.send(argument)

    async def resume(self, argument: str) -> None:
        if argument[:1].lower() == "c" and argument[1:].isdecimal():
            await self._screen.open_chat(argument)
        else:
            await self._choose_chat(argument)

    async def search(self, argument: str) -> None:
        await self._choose_chat(argument)

    async def _choose_chat(self, words: str) -> None:
        from tui.screens.sessions import SessionsScreen

        place = await self._screen.app.push_screen_wait(SessionsScreen(self._screen.runtime, words))
        await self._screen.forget_deleted()
        await self._screen.acts.go(place)

    async def retry(self, _argument: str) -> None:
        question = await asyncio.to_thread(self._screen.desk.last_question)
        await self._screen.acts.retry(question)

    async def without(self, argument: str) -> None:
        if not argument:
            raise InvalidInput("Without which memory?", "Write /without m41; w on an answer shows what it used.")
        question = await asyncio.to_thread(self._screen.desk.last_question)
        await self._screen.acts.retry_without(question, argument.strip("[] ").lower())

    async def irrelevant(self, argument: str) -> None:
        self._screen.toast(await asyncio.to_thread(self._screen.desk.set_aside, argument))

    async def edit(self, argument: str) -> None:
        self._screen.editing.begin(await asyncio.to_thread(self._screen.desk.question_number, argument))

    async def branch(self, argument: str) -> None:
        shown = await asyncio.to_thread(self._screen.desk.answer_number, argument)
        await self._screen.acts.branch(shown.message)

    async def find(self, argument: str) -> None:
        self._screen.find_bar.open(argument)

    async def copy(self, argument: str) -> None:
        which = "" if argument == "code" else argument
        shown = await asyncio.to_thread(self._screen.desk.answer_number, which)
        text = shown.message.content
        if argument == "code":
            text = _last_code(text)
        await self._screen.acts.copy(text)

    async def export(self, argument: str) -> None:
        await self._do(partial(self._screen.desk.export, argument, Path.cwd()))

    async def rename(self, argument: str) -> None:
        await self._do(partial(self._screen.desk.rename, argument))
        await self._screen.show_chats()

    async def temp(self, argument: str) -> None:
        if argument not in ("", "on", "off"):
            raise InvalidInput(f"{argument!r} is neither on nor off.")
        on = argument == "on" if argument else not self._screen.desk.temporary
        await self._screen.begin_chat(temporary=on)

    async def model(self, argument: str) -> None:
        if not argument:
            from tui.screens.first_run import FirstRunScreen

            await self._screen.app.push_screen_wait(FirstRunScreen(self._screen.runtime))
        else:
            await self._do(partial(self._screen.desk.use_model, argument))
        self._screen.show_model()

    # -- memory

    async def remember(self, argument: str) -> None:
        self._screen.send(self._screen.desk.wish("remember", argument))

    async def forget(self, argument: str) -> None:
        self._screen.send(self._screen.desk.wish("forget", argument))

    async def memory(self, argument: str) -> None:
        from tui.screens.memory import MemoryScreen

        await self._visit(MemoryScreen(self._screen.runtime, argument))

    async def why(self, argument: str) -> None:
        shown = await asyncio.to_thread(self._screen.desk.answer_number, argument)
        await self._screen.acts.why(shown.message)

    async def pin(self, argument: str) -> None:
        await self._do(partial(self._screen.desk.pin, argument))

    async def tag(self, argument: str) -> None:
        await self._do(partial(self._screen.desk.tag, argument))

    async def undo(self, _argument: str) -> None:
        await self._do(self._screen.desk.undo)
        self._screen.memory_changed()

    async def redo(self, _argument: str) -> None:
        await self._do(self._screen.desk.redo)
        self._screen.memory_changed()

    # -- view

    async def sidebar(self, _argument: str) -> None:
        self._screen.toggle_sidebar()

    async def timestamps(self, _argument: str) -> None:
        await self._screen.toggle_timestamps()

    async def theme(self, argument: str) -> None:
        app = self._screen.app
        if not argument:
            from tui.screens.themes import ThemeScreen

            await app.push_screen_wait(ThemeScreen())
        elif argument in app.available_themes:
            app.theme = argument
        else:
            raise InvalidInput(
                f"There is no theme {argument!r}.", f"Themes: {', '.join(sorted(app.available_themes))}."
            )

    # -- app

    async def settings(self, _argument: str) -> None:
        from tui.screens.settings import SettingsScreen

        if await self._screen.app.push_screen_wait(SettingsScreen(self._screen.runtime)):
            self._screen.settings_changed()

    async def keys(self, _argument: str) -> None:
        await self._help()

    async def help(self, argument: str) -> None:
        if not argument:
            await self._help()
            return
        command = find_command(argument.lstrip("/"))
        if command is None:
            raise Refused(unknown_line(argument.lstrip("/")))
        key = f" · {command.key.keys}" if command.key else ""
        await self._screen.say(f"{command.usage}: {command.summary}{key}")

    async def _help(self) -> None:
        from tui.screens.help import HelpScreen

        await self._screen.app.push_screen_wait(HelpScreen())

    async def debug(self, _argument: str) -> None:
        from tui.logs import LogScreen

        await self._screen.app.push_screen_wait(LogScreen(self._screen.runtime))

    async def quit(self, _argument: str) -> None:
        await self._screen.leaving.leave()


def _last_code(text: str) -> str:
    """The content of the last fenced block. Raises Refused where there is none."""
    from markdown_it import MarkdownIt

    blocks = [token.content for token in MarkdownIt("gfm-like").parse(text) if token.type == "fence"]
    if not blocks:
        raise Refused("That answer holds no block of code.")
    return blocks[-1].rstrip("\n")
