"""What the slash commands about the prompt and the plain text of a chat do on the screen."""

from typing import TYPE_CHECKING

from memory.errors import InvalidInput, Refused
from tui.prompting import NO_MODEL, context_remarks, context_text, tokens_lines, transcript

if TYPE_CHECKING:
    from tui.chat.screen import ChatScreen


class PromptCommands:
    """A part of ChatCommands."""

    _screen: "ChatScreen"

    async def tokens(self, argument: str) -> None:
        desk = self._screen.desk
        lines = await self._screen.talks.at_desk(lambda: tokens_lines(desk.prospect(argument), desk.read_plain()))
        await self._screen.say("\n".join(lines))

    async def context(self, argument: str) -> None:
        from tui.screens.text import TextScreen

        prospect = await self._screen.talks.at_desk(lambda: self._screen.desk.prospect(argument))
        if prospect is None:
            raise Refused(NO_MODEL)
        await self._screen.app.push_screen_wait(
            TextScreen("The next prompt", context_text(prospect), *context_remarks(prospect))
        )

    async def system(self, argument: str) -> None:
        from tui.screens.text import TextScreen

        if argument:
            await self._screen.say(await self._screen.talks.at_desk(lambda: self._screen.desk.instruct(argument)))
            self._screen.show_model()
            return
        prospect = await self._screen.talks.at_desk(lambda: self._screen.desk.prospect(""))
        if prospect is None:
            raise Refused(NO_MODEL)
        about = "/system TEXT sets what you wish of every answer"
        await self._screen.app.push_screen_wait(TextScreen("The system text", prospect.system, about))

    async def nap(self, argument: str) -> None:
        lines = await self._screen.talks.at_desk(lambda: self._screen.desk.nap_lines(argument))
        await self._screen.say("\n".join(lines))

    async def think(self, argument: str) -> None:
        if argument not in ("", "on", "off"):
            raise InvalidInput(f"{argument!r} is neither on nor off.")
        shown = argument == "on" if argument else not self._screen.thinking
        self._screen.show_thinking(shown)
        self._screen.toast("what a model thinks aloud is shown" if shown else "what a model thinks aloud is folded")

    async def transcript(self, _argument: str) -> None:
        from tui.screens.text import TextScreen

        messages = await self._screen.talks.at_desk(self._screen.desk.read_plain)
        if not messages:
            raise Refused("Nothing has been said in this chat yet.")
        text = transcript(messages, self._screen.runtime.clock.zone)
        await self._screen.app.push_screen_wait(
            TextScreen("Plain transcript", text, f"{len(messages):,} messages", at_end=True)
        )
