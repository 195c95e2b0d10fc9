"""Editing what was said: sent again it stands beside the old words, with a branch of its own."""

from typing import TYPE_CHECKING

from memory.errors import ReverieError
from memory.types import Message
from tui.chat.messages import Said

if TYPE_CHECKING:
    from tui.chat.screen import ChatScreen


class Editing:
    """The message that is being edited in the input of a chat screen, if one is."""

    def __init__(self, screen: "ChatScreen") -> None:
        self._screen = screen
        self.message: Message | None = None
        """The message in whose place the next one will stand."""

    def begin(self, message: Message) -> None:
        """Take a message into the input."""
        composer = self._screen.composer
        self.message = message
        composer.put(message.content)
        composer.border_title = f"in the place of {message.short_id}; esc leaves it as it is"
        composer.add_class("-editing")
        composer.focus()

    def end(self) -> bool:
        """Leave the message as it is. False if nothing was edited."""
        if self.message is None:
            return False
        self._over()
        self._screen.composer.clear_all()
        return True

    async def send(self, text: str) -> None:
        """Say it in the place of the message."""
        screen, message = self._screen, self.message
        if message is None or screen.talks.talk.busy:
            screen.composer.put(text)
            screen.toast("An answer is being written; esc stops it.")
            return
        self._over()
        old = next((e for e in screen.history.entries if isinstance(e, Said) and e.message == message), None)
        try:
            await screen.talks.at_desk(lambda: screen.desk.go_back_to(message))
        except ReverieError as error:
            screen.composer.put(text)
            await screen.say(str(error))
            return
        if old is not None:
            for entry in screen.history.entries[screen.history.entries.index(old) :]:
                await screen.history.remove_entry(entry)
        screen.talks.send(text)
        await screen.history.to_end()

    def _over(self) -> None:
        self.message = None
        self._screen.composer.remove_class("-editing")
        self._screen.show_model()
