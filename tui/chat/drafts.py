"""What is typed in the chat: kept while it is written, and not lost before the first chat is open."""

from typing import TYPE_CHECKING

from textual.timer import Timer

if TYPE_CHECKING:
    from tui.chat.screen import ChatScreen

DRAFT_PAUSE = 0.6
"""Seconds without a key before the draft is saved."""


class Drafts:
    """The draft of the open chat, and the lines that were sent before there was one."""

    def __init__(self, screen: "ChatScreen") -> None:
        self._screen = screen
        self.early: list[str] | None = []
        """What was sent before the chat was open; None once it is."""
        self._saved = ""
        self._timer: Timer | None = None

    def sent(self, line: str) -> None:
        """A line was sent: carry it out, or keep it until a chat is open."""
        if self.early is None:
            self._screen.take_line(line)
        else:
            self.early.append(line)

    def opened(self) -> None:
        """The first chat is open: carry out what was sent meanwhile."""
        early, self.early = self.early or [], None
        for line in early:
            self._screen.take_line(line)

    def typed(self) -> None:
        """Save the draft once no key is pressed for a while."""
        if self._timer is not None:
            self._timer.stop()
        screen = self._screen
        self._timer = screen.set_timer(DRAFT_PAUSE, lambda: screen.work(screen.talks.save_draft(), group="draft"))

    def put(self, draft: str) -> None:
        """Show the draft of a chat that was opened; what was typed before the first one is behind it."""
        composer = self._screen.composer
        typed = composer.full_text if self.early is not None else ""
        self._saved = draft
        composer.put(draft + typed)

    def take(self) -> str | None:
        """What is typed, if it is not what was saved last and belongs to a chat that is open."""
        if self.early is not None:
            return None
        draft = self._screen.composer.full_text
        if draft == self._saved:
            return None
        self._saved = draft
        return draft
