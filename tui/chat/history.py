"""The history of a conversation, of which only a window is on the screen: a few dozen widgets, however long it is.

Scrolling near the top of the window brings older entries in and lets newer ones go, and the other way round. What the
reader looks at stays where it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message as TextualMessage
from textual.widgets import Static

from tui.chat.messages import Block, Entry

FIRST = 12
"""Entries shown when a conversation is opened: enough for a tall screen, quick to lay out."""
STEP = 8
"""Entries that come in at once."""
MOST = 32
"""Entries that have a widget at the same time; a few more while something is arriving."""

LoadOlder = Callable[[], Awaitable[Sequence[Entry]]]


async def _nothing_older() -> Sequence[Entry]:
    return ()


class History(VerticalScroll, can_focus=False):
    """The entries of the open conversation, oldest first, and the window `low:high` of those that are shown."""

    @dataclass
    class Moved(TextualMessage):
        """The reader moved, or something arrived: `unseen` entries are below what was read."""

        unseen: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.entries: list[Entry] = []
        self.low = 0
        self.high = 0
        self._load_older: LoadOlder = _nothing_older
        self._more_in_store = False
        self._lock = asyncio.Lock()
        self._shifting = False
        self._read = 0
        """How many entries there were when the reader was last at the end."""

    def compose(self) -> ComposeResult:
        yield Static("", id="earlier", markup=False)

    def on_mount(self) -> None:
        self.anchor()

    # -- filling

    async def show(
        self,
        entries: Sequence[Entry],
        *,
        load_older: LoadOlder | None = None,
        at: int | None = None,
    ) -> None:
        """Show another conversation: its end, or the surroundings of entry `at`."""
        async with self._lock:
            self.screen.clear_selection()
            for entry in self.entries:
                entry.widget = None
            await self.query(Block).remove()
            self.entries = list(entries)
            self._load_older = load_older or _nothing_older
            self._more_in_store = load_older is not None
            end = len(self.entries) if at is None else min(len(self.entries), at + FIRST // 2)
            self.low, self.high = max(0, end - FIRST), end
            self._read = len(self.entries)
            await self._mount_all(self.entries[self.low : self.high], before=None)
            self._show_earlier()
        if at is None:
            self.anchor()
        elif self.entries and (widget := self.entries[at].widget):
            self.release_anchor()
            widget.focus(scroll_visible=False)
            self.call_after_refresh(self.scroll_to_widget, widget, animate=False, top=True)
        self._tell()

    async def add(self, entry: Entry) -> None:
        """Put an entry at the end. It gets a widget if the end is in the window."""
        async with self._lock:
            at_end = self.high == len(self.entries)
            self.entries.append(entry)
            if at_end:
                await self._mount_all([entry], before=None)
                self.high += 1
                if self.high - self.low > MOST and self.following:
                    await self._drop(self.low, self.high - MOST + STEP)
            self._show_earlier()
        self._tell()

    async def remove_entry(self, entry: Entry) -> None:
        """Take an entry out, as if it had not been there."""
        async with self._lock:
            if entry not in self.entries:
                return
            place = self.entries.index(entry)
            if entry.widget is not None:
                self.screen.clear_selection()
                await entry.widget.remove()
                entry.widget = None
            self.entries.remove(entry)
            self.high -= place < self.high
            self.low -= place < self.low

    async def to_end(self) -> None:
        """Show the newest entries and follow them."""
        if self.high < len(self.entries):
            await self.show(self.entries, load_older=self._load_older if self._more_in_store else None)
        self.anchor()
        self._read = len(self.entries)
        self._tell()

    # -- where the reader is

    @property
    def following(self) -> bool:
        """Whether the newest entry is in view and new text scrolls in by itself."""
        return self.high == len(self.entries) and not self._anchor_released

    @property
    def blocks(self) -> list[Block]:
        """The widgets in the window, oldest first."""
        return [entry.widget for entry in self.entries[self.low : self.high] if entry.widget is not None]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self._shifting or not self.is_attached:
            return
        page = max(1, self.size.height)
        if new_value < old_value and new_value < page and (self.low > 0 or self._more_in_store):
            self.run_worker(self._shift(self._older), exit_on_error=False)
        elif new_value > old_value and new_value > self.max_scroll_y - page and self.high < len(self.entries):
            self.run_worker(self._shift(self._newer), exit_on_error=False)
        self._tell()

    def _tell(self) -> None:
        if self.following:
            self._read = len(self.entries)
        self.post_message(self.Moved(len(self.entries) - self._read))

    # -- moving the window

    async def _shift(self, move: Callable[[], Awaitable[None]]) -> None:
        """Move the window while the block that the reader looks at stays in its place."""
        if self._shifting:
            return
        self._shifting = True
        try:
            async with self._lock:
                pin = next((b for b in self.blocks if b.virtual_region.bottom > self.scroll_y), None)
                gap = pin.virtual_region.y - self.scroll_y if pin else 0.0
                await move()
                self._show_earlier()
                await self._laid_out()
                if pin is not None and pin.is_attached and self._anchor_released:
                    self.scroll_to(y=pin.virtual_region.y - gap, animate=False, immediate=True, force=True)
        finally:
            self._shifting = False

    async def _older(self) -> None:
        if self.low < STEP and self._more_in_store:
            older = await self._load_older()
            self._more_in_store = bool(older)
            self.entries[:0] = older
            self.low += len(older)
            self.high += len(older)
            self._read += len(older)
        low = max(0, self.low - STEP)
        await self._mount_all(self.entries[low : self.low], before=self.blocks[0] if self.blocks else None)
        self.low = low
        if self.high - self.low > MOST:
            await self._drop(self.low + MOST, self.high)

    async def _newer(self) -> None:
        high = min(len(self.entries), self.high + STEP)
        await self._mount_all(self.entries[self.high : high], before=None)
        self.high = high
        if self.high - self.low > MOST:
            await self._drop(self.low, self.high - MOST)

    async def _mount_all(self, entries: Sequence[Entry], *, before: Block | None) -> None:
        """Make and mount widgets one after the other, unseen until all of them are laid out."""
        made: list[Block] = []
        for entry in entries:
            widget = entry.make()
            widget.display = len(entries) == 1
            await (self.mount(widget, before=before) if before is not None else self.mount(widget))
            entry.widget = widget
            made.append(widget)
            await asyncio.sleep(0)
        for widget in made:
            widget.display = True

    async def _drop(self, start: int, stop: int) -> None:
        """Take the widgets of `start:stop`, one end of the window, off the screen."""
        self.screen.clear_selection()
        gone = [entry.widget for entry in self.entries[start:stop] if entry.widget is not None]
        if any(widget.has_focus for widget in gone):
            self.screen.set_focus(None)
        for entry in self.entries[start:stop]:
            entry.widget = None
        if gone:
            await self.remove_children(gone)
        if start == self.low:
            self.low = stop
        else:
            self.high = start

    async def _laid_out(self) -> None:
        done = asyncio.Event()
        if self.call_after_refresh(done.set):
            await done.wait()

    def _show_earlier(self) -> None:
        earlier = self.query_one("#earlier", Static)
        earlier.display = self.low > 0 or self._more_in_store
        count = f"{self.low:,}{'+' if self._more_in_store else ''}"
        earlier.update(f"↑ {count} earlier" if self.low else "↑ earlier messages")
