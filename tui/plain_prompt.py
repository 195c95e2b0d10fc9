"""The prompt and the plain text of a chat, line by line."""

from typing import TYPE_CHECKING, Any

from memory.errors import InvalidInput, Refused
from tui.prompting import NO_MODEL, context_text, tokens_lines, transcript

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from tui.desk import Desk


class PlainPrompt:
    """A part of PlainCommands."""

    _runtime: "Runtime"
    _desk: "Desk"
    _chat: Any

    def tokens(self, argument: str) -> None:
        for line in tokens_lines(self._desk.prospect(argument), self._desk.read_plain()):
            self._chat.say(line)

    def context(self, argument: str) -> None:
        prospect = self._desk.prospect(argument)
        if prospect is None:
            raise Refused(NO_MODEL)
        self._chat.say(context_text(prospect))

    def system(self, argument: str) -> None:
        if argument:
            self._chat.say(self._desk.instruct(argument))
            return
        prospect = self._desk.prospect("")
        if prospect is None:
            raise Refused(NO_MODEL)
        self._chat.say(prospect.system)

    def nap(self, argument: str) -> None:
        for line in self._desk.nap_lines(argument):
            self._chat.say(line)

    def think(self, argument: str) -> None:
        if argument not in ("", "on", "off"):
            raise InvalidInput(f"{argument!r} is neither on nor off.")
        self._chat.thinking = argument == "on" if argument else not self._chat.thinking
        shown = "shown, on standard error" if self._chat.thinking else "not shown"
        self._chat.say(f"What a model thinks aloud is {shown}.")

    def transcript(self, _argument: str) -> None:
        messages = self._desk.read_plain()
        if not messages:
            raise Refused("Nothing has been said in this chat yet.")
        self._chat.say(transcript(messages, self._runtime.clock.zone))
