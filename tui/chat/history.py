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

from tui.chat.messages import Answer, Block, Entry, Reply
from tui.screens.marks import spelled

FIRST = 12
"""Entries shown when a conversation is opened: enough for a tall screen, quick to lay out."""
STEP = 8
"""Entries that come in at once."""
MOST = 32
"""Entries that have a widget at the same time; a few more while something is arriving."""

LoadOlder = Callable[[], Awaitable[Sequence[Entry]]]
Move = Callable[[], Awaitable[tuple[list[Block], Sequence[Entry]]]]


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
        self.quiet = False
        """Whether an entry that is brought into view is only marked: the keys are elsewhere."""
        self._read = 0
        """How many entries there were when the reader was last at the end."""

    def compose(self) -> ComposeResult:
        yield Static("", id="earlier", markup=False)

    def on_mount(self) -> None:
        self.anchor()

    # -- filling

    def page(self, step: int) -> None:
        """Scroll by a screenful, now: what is brought in is placed by where the reader is."""
        to = self.scroll_y + step * max(1, self.size.height - 1)
        self.scroll_to(y=max(0, min(to, self.max_scroll_y)), animate=False, immediate=True)
        self.reach(step)

    @property
    def settled(self) -> bool:
        """Whether nothing is being brought in."""
        return not self._shifting

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
            await self._mount_all(self.entries[self.low : self.high])
            self._show_earlier()
        if at is None:
            self.anchor()
        elif self.entries and (widget := self.entries[at].widget):
            self.release_anchor()
            for block in self.query(".-hit"):
                block.remove_class("-hit")
            if self.quiet:
                widget.add_class("-hit")
            else:
                widget.focus(scroll_visible=False)
            self.call_after_refresh(self._to_top, widget)
        self._tell()

    def _to_top(self, widget: Block) -> None:
        """Scroll a widget to the top, as far as there is anything below it.

        Not scroll_to_widget: an anchored view of few lines is scrolled to less than nothing, and would stay there.
        """
        y = min(widget.virtual_region.y, self.max_scroll_y)
        self.scroll_to(y=y, animate=False, immediate=True, force=True)

    async def add(self, entry: Entry) -> None:
        """Put an entry at the end. It gets a widget if the end is in the window."""
        async with self._lock:
            at_end = self.high == len(self.entries)
            self.entries.append(entry)
            if at_end:
                await self._mount_all([entry])
                self.high += 1
                if self.high - self.low > MOST and self.following:
                    low = self.high - MOST + STEP
                    stale, self.low = self.entries[self.low : low], low
                    await self._let_go(stale)
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

    def fold_thoughts(self) -> None:
        """Show what models thought aloud as the screen has it now, whatever was folded or unfolded one by one."""
        for entry in self.entries:
            if isinstance(entry, Answer):
                entry.unfolded = None
                if isinstance(entry.widget, Reply):
                    entry.widget.show_thought()

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
        if self.is_attached:
            self.reach(new_value - old_value)
            self._tell()

    def reach(self, direction: float) -> None:
        """Bring in what is next in a direction (negative: older), if the reader is near that edge of the window."""
        page = max(1, self.size.height)
        if self._shifting:
            return
        if direction < 0 and self.scroll_y < page and (self.low > 0 or self._more_in_store):
            self._shift_soon(self._older, direction)
        elif direction > 0 and self.scroll_y > self.max_scroll_y - page and self.high < len(self.entries):
            self._shift_soon(self._newer, direction)

    def _shift_soon(self, move: Move, direction: float) -> None:
        self._shifting = True
        self.app.run_worker(self._shift(move, direction), group="history", exit_on_error=False)

    def _tell(self) -> None:
        if self.following:
            self._read = len(self.entries)
        self.post_message(self.Moved(len(self.entries) - self._read))

    # -- moving the window

    async def _shift(self, move: Move, direction: float) -> None:
        """Move the window in one frame, while the block that the reader looks at stays in its place."""
        try:
            async with self._lock:
                fresh, stale = await move()
                if not self.is_running:  # the program was left meanwhile
                    return
                gone = [entry.widget for entry in stale if entry.widget is not None]
                stays = [block for block in self.blocks if block not in gone and block not in fresh]
                pin = next((b for b in stays if b.virtual_region.bottom > self.scroll_y), None)
                gap = pin.virtual_region.y - self.scroll_y if pin else 0.0
                for widget in fresh:
                    widget.display = True
                for widget in gone:
                    widget.display = False
                self._show_earlier()
                await self._laid_out()
                if pin is not None and pin.is_attached and self._anchor_released:
                    self.scroll_to(y=pin.virtual_region.y - gap, animate=False, immediate=True, force=True)
                await self._let_go(stale)
        finally:
            self._shifting = False
        self.reach(direction)  # the reader may have gone on meanwhile

    async def _older(self) -> tuple[list[Block], Sequence[Entry]]:
        """Widgets for the entries above the window, not displayed yet; and the entries below that leave it."""
        if self.low < STEP and self._more_in_store:
            older = await self._load_older()
            self._more_in_store = bool(older)
            self.entries[:0] = older
            self.low += len(older)
            self.high += len(older)
            self._read += len(older)
        low = max(0, self.low - STEP)
        fresh = await self._make(self.entries[low : self.low], before=self.blocks[0] if self.blocks else None)
        high = min(self.high, low + MOST)
        stale = self.entries[high : self.high]
        self.low, self.high = low, high
        return fresh, stale

    async def _newer(self) -> tuple[list[Block], Sequence[Entry]]:
        """The same in the other direction."""
        high = min(len(self.entries), self.high + STEP)
        fresh = await self._make(self.entries[self.high : high], before=None)
        low = max(self.low, high - MOST)
        stale = self.entries[self.low : low]
        self.low, self.high = low, high
        return fresh, stale

    async def _make(self, entries: Sequence[Entry], *, before: Block | None) -> list[Block]:
        """Make and mount widgets one after the other, so that keys are seen to in between. They are not displayed."""
        made: list[Block] = []
        for entry in entries:
            widget = entry.make()
            widget.display = False
            await (self.mount(widget, before=before) if before is not None else self.mount(widget))
            entry.widget = widget
            made.append(widget)
            await asyncio.sleep(0)
        return made

    async def _mount_all(self, entries: Sequence[Entry]) -> None:
        """Mount widgets at the end and display them."""
        for widget in await self._make(entries, before=None):
            widget.display = True

    async def _let_go(self, entries: Sequence[Entry]) -> None:
        """Take the widgets of entries that left the window off the screen."""
        gone = [entry.widget for entry in entries if entry.widget is not None]
        if not gone:
            return
        # A selection that reaches into a widget which is gone would fail when it is read.
        self.screen.clear_selection()
        if any(widget.has_focus for widget in gone):
            self.screen.set_focus(None)
        for entry in entries:
            entry.widget = None
        await self.remove_children(gone)

    async def _laid_out(self) -> None:
        done = asyncio.Event()
        if self.call_after_refresh(done.set):
            await done.wait()

    def _show_earlier(self) -> None:
        earlier = self.query_one("#earlier", Static)
        earlier.display = self.low > 0 or self._more_in_store
        count = f"{self.low:,}{'+' if self._more_in_store else ''}"
        earlier.update(spelled(f"↑ {count} earlier" if self.low else "↑ earlier messages", self))
