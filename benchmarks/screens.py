"""How quick the chat is under load, beside a bare Textual app that does the same with plain widgets, in one run.

`python -m benchmarks.screens`: a key until it is on the screen while an answer streams, scrolling through 5,000
messages, and a resize of a chat of 2,000 messages. The bare app mounts one `Static` a message and keeps all of them;
the chat renders Markdown with citations, and keeps a window. A page counts until it is painted; the chat goes on
bringing in the next one behind it. Times are of this machine, without a terminal.
"""

import asyncio
import gc
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Input, Static

from assistant.events import TextDelta
from assistant.paths import Paths
from assistant.responder import Piece, Turn
from assistant.runtime import Runtime
from assistant.settings import EmbedderSettings, IndexSettings, Settings
from memory.clock import FixedClock
from memory.types import NewMessage
from tui.app import ReverieApp

WORDS = "You prefer **green tea** [m1] and `window` seats, and you fly to Lisbon on 12 June. "
SIZE = (100, 30)
KEYS = 60
SCROLLS = 40
RESIZES = ((120, 36), (80, 24), (100, 30), (60, 16), (100, 30))


class Flood:
    """Answers without an end, a sentence every ten milliseconds, as the bare app's live text does."""

    model = "flood"
    remote = False

    def given(self, turn: Turn) -> tuple[str, ...]:
        return ()

    async def respond(self, turn: Turn) -> AsyncIterator[Piece]:
        while True:
            yield TextDelta(text=WORDS)
            await asyncio.sleep(0.01)


def question(number: int) -> str:
    return f"Question number {number}?"


def answer(number: int) -> str:
    return f"Answer number {number}. {WORDS}"


class Bare(App[None]):
    """The same conversation in plain widgets, all of them mounted."""

    CSS = "VerticalScroll { height: 1fr; } Input { dock: bottom; }"

    def __init__(self, messages: int) -> None:
        super().__init__()
        self._messages = messages

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            for number in range(self._messages // 2):
                yield Static(question(number), markup=False)
                yield Static(answer(number), markup=False)
            yield Static("", id="live", markup=False)
        yield Input()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).anchor()
        self.query_one(Input).focus()

    async def stream(self, chunks: int) -> None:
        """Grow the last message."""
        live, text = self.query_one("#live", Static), ""
        for _ in range(chunks):
            text += WORDS
            live.update(text)
            await asyncio.sleep(0.01)


async def painted(app: App[object]) -> None:
    """Until what was asked for is laid out and drawn."""
    done = asyncio.Event()
    app.screen.call_after_refresh(done.set)
    await asyncio.wait_for(done.wait(), 60)


async def timed(act: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await act()
    return (time.perf_counter() - began) * 1000


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return f"{statistics.median(ordered):.0f} / {p95:.0f}"


async def type_while(app: App[object], text_of: Callable[[], str]) -> list[float]:
    """Milliseconds from each key until it stands in the input and is painted."""

    async def press() -> None:
        before = len(text_of())
        app.simulate_key("x")
        while len(text_of()) == before:
            await asyncio.sleep(0)
        await painted(app)

    times = []
    for _ in range(KEYS):
        times.append(await timed(press))
        await asyncio.sleep(0.02)
    return times


async def scroll(app: App[object], view: VerticalScroll, page: Callable[[], None]) -> list[float]:
    async def turn() -> None:
        page()
        await painted(app)
        await painted(app)

    return [await timed(turn) for _ in range(SCROLLS)]


async def resize(pilot: Pilot[object], app: App[object]) -> list[float]:
    async def to(width: int, height: int) -> None:
        await pilot.resize_terminal(width, height)
        await painted(app)

    return [await timed(lambda w=w, h=h: to(w, h)) for w, h in RESIZES]


async def bare(messages: int, what: str) -> list[float]:
    app = Bare(messages)
    async with app.run_test(size=SIZE) as pilot:
        await painted(app)
        view = app.query_one(VerticalScroll)
        if what == "type":
            live = asyncio.ensure_future(app.stream(100_000))
            times = await type_while(app, lambda: app.query_one(Input).value)
            live.cancel()
            return times
        if what == "scroll":
            return await scroll(app, view, lambda: view.scroll_page_up(animate=False))
        return await resize(pilot, app)


def filled(folder: Path, messages: int) -> tuple[Runtime, str]:
    clock = FixedClock(datetime(2026, 5, 3, tzinfo=UTC), "UTC")
    settings = Settings(embedder=EmbedderSettings(name=str(folder / "none")), index=IndexSettings(backend="exact"))
    paths = Paths(data=folder, config=folder, cache=folder / "cache")
    runtime = Runtime.open(paths=paths, settings=settings, clock=clock)
    runtime.engine.responder = Flood()
    (folder / "settings.toml").write_text("")
    talk = runtime.conversations.create("Long")
    rows = []
    for number in range(messages // 2):
        rows.append(NewMessage(role="user", content=question(number)))
        rows.append(NewMessage(role="assistant", content=answer(number), model="none"))
    runtime.conversations.append_many(talk.id, rows)
    return runtime, talk.id


async def chat(messages: int, what: str) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        runtime, talk = filled(Path(folder), messages)
        app = ReverieApp(runtime, conversation=talk)
        async with app.run_test(size=SIZE) as pilot:
            while app.screen is not app.chat or not app.chat.history.entries:
                await pilot.pause(0.05)
            await painted(app)
            times = await _chat(app, pilot, what)
            await app.chat.talks.stop_all()
        runtime.close()
        return times


async def _chat(app: ReverieApp, pilot: Pilot[object], what: str) -> list[float]:
    history = app.chat.history
    if what == "type":
        app.chat.send("go on")
        while not app.chat.talks.talk.busy:
            await asyncio.sleep(0.01)
        return await type_while(app, lambda: app.chat.composer.text)
    if what == "scroll":
        return await scroll(app, history, lambda: history.page(-1))
    return await resize(pilot, app)


CASES = (
    ("key to screen while an answer streams, 200 messages", "type", 200),
    ("a page up in 5,000 messages", "scroll", 5_000),
    ("resize at 2,000 messages", "resize", 2_000),
)


def main() -> None:
    logging.disable(logging.CRITICAL)  # The home has no embedder, and says so.
    print("| | the chat, ms median / p95 | bare Textual, ms median / p95 |\n|---|---|---|")
    for title, what, messages in CASES:
        figures = []
        for run in (chat, bare):
            gc.collect()
            figures.append(spread(asyncio.run(run(messages, what))))
        print(f"| {title} | {figures[0]} | {figures[1]} |", flush=True)


if __name__ == "__main__":
    main()
