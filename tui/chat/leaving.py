"""Leaving the program from the chat: what ctrl+c means, and that nothing is lost on the way out."""

import time
from typing import TYPE_CHECKING

from memory.errors import ReverieError

if TYPE_CHECKING:
    from tui.chat.screen import ChatScreen

QUIT_SECONDS = 2.0
"""How soon the second ctrl+c must follow the first."""


class Leaving:
    """The way out of a chat screen."""

    def __init__(self, screen: "ChatScreen") -> None:
        self._screen = screen
        self._interrupted = 0.0
        self._warned = False
        """Whether the user knows that what is typed would be lost on leaving."""

    async def interrupt(self) -> None:
        """ctrl+c: the nearest thing that it may mean, and only twice in a row to quit."""
        screen = self._screen
        composer, talks = screen.composer, screen.talks
        selected = screen.get_selected_text() or composer.selected_text
        if selected:
            screen.clear_selection()
            await screen.acts.copy(selected)
        elif composer.text:
            composer.remember(composer.full_text)
            composer.clear_all()
        elif talks.talk.queue:
            composer.remember(talks.take_back())
            screen.toast("What was waiting is dropped; up brings it back.")
        elif not talks.cancel():
            await self._quit_on_second()

    async def _quit_on_second(self) -> None:
        now = time.monotonic()
        if now - self._interrupted < QUIT_SECONDS:
            await self.leave()
            return
        self._interrupted = now
        self._screen.notify("ctrl+c again to quit", timeout=QUIT_SECONDS, markup=False)

    async def leave(self, *, whatever: bool = False) -> None:
        """Keep what is typed and what was answered so far, and go.

        Where the typed words cannot be kept this says so, once; the next time, or `whatever` happens, they are lost.
        """
        talks = self._screen.talks
        await talks.stop_all()
        try:
            await talks.save_draft()
        except ReverieError as error:
            if not (whatever or self._warned):
                self._warned = True
                await self._screen.say(f"What is typed cannot be kept. {error} Leave once more to go without it.")
                return
        self._screen.app.exit(0)
