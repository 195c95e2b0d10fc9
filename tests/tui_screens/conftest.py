"""A small host app, and an opened home with the real stores, filled or empty."""

import html
import os
import re
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from assistant.paths import Paths
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.database import Database
from memory.store import ConversationStore, MemoryStore
from memory.store.ledger import Ledger
from memory.types import ChannelScore, Kind, Message, NewMemory, NewMessage, RecallRecord, Source
from tests.tui.fakes import FakeRetriever
from tests.tui_screens.slept import slept, template

__all__ = ["slept", "template"]

PICTURES = Path(__file__).parent / "pictures"

SIZES = [(120, 36), (80, 24), (60, 16)]

UNSET = object()


class Host(App[None]):
    """Pushes one screen, and keeps what it was dismissed with."""

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self._first = screen
        self.result: object = UNSET
        self.toasts: list[str] = []

    def on_mount(self) -> None:
        self.push_screen(self._first, self._keep)

    def _keep(self, result: object) -> None:
        self.result = result

    def notify(self, message: str, **options: Any) -> None:
        assert options.get("markup") is False, "a toast with text from outside must not be read as markup"
        self.toasts.append(message)
        super().notify(message, **options)


class FakeRuntime(SimpleNamespace):
    """What the screens use of `assistant.runtime.Runtime`."""

    def use_model(self, name: str) -> None:
        self.used = name

    def embed_soon(self) -> None:
        """Nothing of it is looked for here."""


@pytest.fixture
def runtime(
    home: Path, database: Database, conversations: ConversationStore, memories: MemoryStore, clock: FixedClock
) -> FakeRuntime:
    """An empty home."""
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    return FakeRuntime(
        settings=Settings(),
        paths=paths,
        clock=clock,
        database=database,
        conversations=conversations,
        memories=memories,
        retriever=FakeRetriever(memories),
        ledger=Ledger(database),
        used=None,
    )


def say(runtime: FakeRuntime, conversation: str, role: str, text: str, **more: Any) -> Message:
    return runtime.conversations.append(conversation, NewMessage(role=role, content=text, **more))


def remember(runtime: FakeRuntime, message: Message, quote: str, text: str, kind: Kind, **more: Any) -> str:
    start = message.content.index(quote)
    source = Source(message_id=message.id, quote=quote, start=start, end=start + len(quote))
    new = NewMemory(text=text, kind=kind, said_at=message.said_at, sources=(source,), **more)
    return runtime.memories.add(new, reason="remember").short_id


@pytest.fixture
def filled(runtime: FakeRuntime, clock: FixedClock) -> FakeRuntime:
    """Three conversations, one archived, and a handful of memories with a history."""
    start = clock.instant
    clock.instant = start - timedelta(days=40)
    old = runtime.conversations.create("Old plans")
    say(runtime, old.id, "user", "I used to live in Paris, near the canal.")
    say(runtime, old.id, "assistant", "I will keep that in mind.")
    runtime.conversations.archive(old.id)

    clock.instant = start - timedelta(days=2)
    trip = runtime.conversations.create("Trip to Lyon")
    seat = say(runtime, trip.id, "user", "I always take the window seat on trains, and I am allergic to peanuts.")
    say(runtime, trip.id, "assistant", "Noted: a window seat [m1], and no peanuts.")
    window = "I always take the window seat on trains"
    remember(runtime, seat, window, "Always takes the window seat on trains", Kind.PREFERENCE)
    remember(runtime, seat, "I am allergic to peanuts", "Is allergic to peanuts", Kind.CONSTRAINT, pinned=True)

    clock.instant = start - timedelta(hours=3)
    tea = runtime.conversations.create("[b]Tea[/b] and other drinks")
    said = say(runtime, tea.id, "user", "I moved to Lyon in April. I like green tea in the morning.")
    city = {"slot": "home_city", "value": "Lyon"}
    remember(runtime, said, "I moved to Lyon in April", "Lives in Paris", Kind.FACT, **city)
    runtime.memories.edit("m3", text="Lives in Lyon since April", reason="corrected")
    remember(runtime, said, "I like green tea in the morning", "Likes green tea in the morning", Kind.PREFERENCE)
    runtime.memories.add(NewMemory(text="Works [nights] at the harbour", confidence=0.6), actor="assistant")
    runtime.memories.retire("m5")
    clock.instant = start - timedelta(minutes=5)
    say(runtime, tea.id, "user", "What do I drink in the morning?")
    answer = say(runtime, tea.id, "assistant", "You like green tea in the morning [m4].")
    runtime.conversations.record_recall(answer.id, recall(said))
    runtime.answer = answer
    clock.instant = start
    return runtime


def recall(said: Message) -> list[RecallRecord]:
    words = ChannelScore(channel="words", rank=1, score=7.25)
    meaning = ChannelScore(channel="meaning", rank=2, score=0.71)
    return [
        RecallRecord(
            rank=1, state="cited", hit_id="m4", score=0.81, channels=(words, meaning), reasons=("all words match",)
        ),
        RecallRecord(rank=2, state="given", hit_id=said.short_id, score=0.62, channels=(meaning,)),
        RecallRecord(rank=3, state="found", hit_id="m1", score=0.12, channels=(meaning,)),
        RecallRecord(rank=4, state="found", hit_id="m99", score=0.10, channels=(meaning,)),
    ]


async def wait_until(pilot: Pilot[Any], true: Callable[[], object], what: str = "") -> None:
    """Let the app work until `true`; the run's own timeout ends a wait in vain."""
    for _ in range(400):
        if true():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"never happened: {what or true}")


async def settled(pilot: Pilot[Any]) -> None:
    """Every background act of the screen is back, and painted."""
    await pilot.pause()
    await wait_until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers), "workers idle")
    await pilot.pause()


PATIENCE = 5.0
"""Seconds a picture may take to look as it is kept."""
Picture = Callable[..., Awaitable[str]]
"""`picture(pilot, name)`; with `still` it does not wait for work in the background, for that waits, too."""


TIMES = re.compile(r"\d+(?:\.\d+)? (?:s|min)\b")
CELL, LINE = 12.2, 24.4
"""Width and height of a cell in the pictures."""


def looks(svg: str) -> str:
    """All that a picture says beside its words, in little: the styles it names (its ids are other ones each time), the
    stretches of each line with their style, and the stretches of each line with their background."""
    styles = re.findall(r"-(r\d+) \{ ([^}]*) \}", svg)
    lines: dict[int, list[tuple[str, int, int]]] = {}
    written = r'<text class="[^"]*-(r\d+)" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>[^\n<]'
    painted = r'<rect fill="(#\w+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="24.65"'
    for what, x, y, width in (*re.findall(written, svg), *re.findall(painted, svg)):
        at, cells = round(float(x) / CELL), round(float(width) / CELL)
        line = lines.setdefault(int(float(y) / LINE), [])
        if line and line[-1][0] == what and line[-1][1] + line[-1][2] == at:
            line[-1] = (what, line[-1][1], line[-1][2] + cells)
        elif cells:
            line.append((what, at, cells))
    named = [f"{name} {rules}" for name, rules in styles]
    return "\n".join([*named, *(f"{y} {_stretches(parts)}" for y, parts in sorted(lines.items()))])


def _stretches(parts: list[tuple[str, int, int]]) -> str:
    return " ".join(f"{what}@{at}x{cells}" for what, at, cells in parts)


def seen_on(text: str, svg: str) -> str:
    """A screen as it is compared: its words, its styles and its colours, cell by cell. How long something took is not
    (then nor is what stands where)."""
    words = TIMES.sub("0 s", text).rstrip() + "\n"
    return words if TIMES.search(text) else f"{words}\n{looks(svg)}\n"


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Picture:
    """Take a screenshot, and return its text. With SCREENSHOTS set to a folder it is kept there.

    It is compared with the one in `pictures/`, where there is one; UPDATE_PICTURES=1 takes the new ones.
    """
    folder = os.environ.get("SCREENSHOTS")

    def shot(pilot: Pilot[Any], name: str) -> tuple[str, str]:
        svg = pilot.app.export_screenshot()
        assert svg.startswith("<svg")
        if folder:
            width, height = pilot.app.size
            Path(folder, f"{name}-{width}x{height}.svg").write_text(svg)
        lines: dict[str, str] = {}
        for y, words in re.findall(r'<text[^>]* y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
            lines[y] = lines.get(y, "") + words
        text = html.unescape("\n".join(lines.values())).replace("\xa0", " ")
        return text, seen_on(text, svg)

    async def take(pilot: Pilot[Any], name: str, *, still: bool = False) -> str:
        await (pilot.pause(0.05) if still else settled(pilot))
        for field in pilot.app.screen.query("Input, TextArea").results(Input | TextArea):
            field.cursor_blink = False
            field._pause_blink(visible=field.has_focus)
        await pilot.pause()
        kept = PICTURES / f"{name}-{pilot.app.size.width}x{pilot.app.size.height}.txt"
        text, seen = shot(pilot, name)
        if "pytest-" in text:
            return text  # it names this test's home
        if os.environ.get("UPDATE_PICTURES"):
            PICTURES.mkdir(exist_ok=True)
            kept.write_text(seen, encoding="utf-8")
            return text
        expected = kept.read_text(encoding="utf-8") if kept.exists() else seen
        until = time.monotonic() + PATIENCE
        while seen != expected and time.monotonic() < until:  # a busy machine paints late
            await pilot.pause(0.1)
            text, seen = shot(pilot, name)
        assert seen == expected, f"{kept.stem} looks otherwise; UPDATE_PICTURES=1 takes it as it is"
        return text

    return take
