"""Make the pictures of docs/: `python docs/screenshot.py [--sizes FOLDER]`.

The program itself, without a model: told a few things on several days, asked, and put to sleep twice. With `--sizes`
every screen is also taken at 120x36, 80x24 and 60x16 into a folder, filled, empty and failing, to be looked at; while
the store is waited for, SCREENSHOTS=FOLDER pytest tests/tui_screens/test_states.py takes them.
"""

import asyncio
import logging
import re
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from textual.pilot import Pilot

from assistant.nights import sleep_beside
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.store.adapters import AdapterStore
from memory.text import fingerprint
from memory.types import ModelCall, NewMessage
from memory.weights import AdapterFact, AdapterItem, AdapterStatus
from tui.app import ReverieApp
from tui.chat.messages import Answer
from tui.commands import find_command

HERE = Path(__file__).parent
SIZES = ((120, 36), (80, 24), (60, 16))
PAGE = (100, 28)
DAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Getting to know each other", ("I live in Lyon and work as a nurse.", "My sister Ana is allergic to peanuts.",
     "I like green tea in the morning.")),
    ("The trip", ("We fly to Lisbon on 12 June.", "I am vegetarian.", "I prefer window seats on trains.")),
    ("Work and music", ("My boss is called Marc.", "I play the cello.", "My sister Ana is allergic to peanuts.")),
    ("Moving", ("I moved to Paris yesterday.", "My daughter Mia starts school in September.",
     "I am learning Portuguese for the trip.")),
)  # fmt: skip
ASKED = ("What should I not cook for Ana?", "Where do I live?", "What is my brother called?")


@dataclass(frozen=True)
class Shot:
    """One picture: the command that opens its screen, and the keys that are pressed there."""

    name: str
    command: str = ""
    argument: str = ""
    keys: tuple[str, ...] = ()
    until: str = ""
    """Text that must be on the screen before the picture is taken."""


SHOTS = (
    Shot("chat"),
    Shot("why", "why", "3", until="Found by"),
    Shot("sessions", "resume", until="messages"),
    Shot("search", "search", "Ana", until="in "),
    Shot("memory", "memory", until="About you|about you"),
    Shot("memory-marked", "memory", keys=("m", "down", "m"), until="2 marked"),
    Shot("history", "history", until="changes"),
    Shot("time", "asof", "20 April 2026", until="As of"),
    Shot("profile", "profile", until="Rests on"),
    Shot("dreams", "dreams", until="Invented"),
    Shot("sleep", "sleep", until="A night reads"),
    Shot("night", "night", "n2", until="New memories"),
    Shot("review", "sleep", keys=("s",), until="Review of the night"),
    Shot("weights", "weights", until="recalled"),
    Shot("ledger", "ledger", until="left this machine"),
    Shot("stats", "stats", until="Most used"),
    Shot("settings", "settings", until="changed|all as"),
    Shot("themes", "theme", until="Themes"),
    Shot("help", "help", until="Keys here"),
    Shot("find", "find", "Ana", until=" of "),
    Shot("transcript", "transcript", until="Plain transcript"),
    Shot("leader", keys=("ctrl+l",), until="a letter runs one"),
    Shot("jump", keys=("ctrl+o",)),
    Shot("menu", keys=("alt+up", "alt+up", "enter"), until="This message"),
)


async def live(runtime: Runtime, clock: FixedClock) -> str:
    """Some days of talk, two nights, and a chat with questions. Returns that chat's id."""
    for number, (title, texts) in enumerate(DAYS):
        talk = runtime.conversations.create(title)
        rows = [
            NewMessage(role=role, content=text)
            for text in texts
            for role, text in (("user", text), ("assistant", "Noted."))
        ]
        runtime.conversations.append_many(talk.id, rows)
        if number in (1, 2):
            clock.instant += timedelta(hours=10)
            runtime.vectors.work()
            sleep_beside(runtime, lambda event: None)
        clock.instant += timedelta(days=4)
    runtime.vectors.work()
    chat = runtime.conversations.create("What do you know?")
    for text in ASKED:
        async for _ in runtime.engine.answer(chat.id, text):
            pass
    clock.instant += timedelta(minutes=3)
    return chat.id


def learned(runtime: Runtime) -> None:
    """Two adapters as nights of weights store them. Training takes minutes: the figures are made up."""
    store = AdapterStore(runtime.database)
    memories = list(reversed(runtime.memories.list()))[:4]
    base = {"false_memories": 0.0, "anchors": 1.0, "perplexity": 2.31}
    for recall, earlier, facts in ((0.94, {}, memories[:2]), (0.88, {"a1": 0.91}, memories[2:])):
        verdict = {
            "before": {**base, "recall": 0.12, "earlier": dict.fromkeys(earlier, 0.94)},
            "after": {**base, "recall": recall, "earlier": earlier},
            "teacher": 1.0,
            "reasons": [],
        }
        store.add(
            status=AdapterStatus.ACTIVE,
            base="pocket",
            base_hash="",
            below=[],
            manifest={},
            metrics={"verdict": verdict, "seconds": 41.0},
            facts=[AdapterFact(memory_id=m.id, fingerprint=fingerprint(m.text), streak=1) for m in facts],
            items=[AdapterItem(kind="question", question="And?", answer=m.text, memories=(m.id,)) for m in facts],
            at=runtime.clock.now(),
        )


def called(runtime: Runtime) -> None:
    """What the ledger has after a week with two models."""
    calls = (("ollama:llama3.2", False, "chat"), ("openai:gpt-x", True, "chat"), ("ollama:llama3.2", False, "extract"))
    for number, (model, remote, purpose) in enumerate(calls):
        call = ModelCall(
            at=runtime.clock.now(),
            purpose=purpose,
            model=model,
            remote=remote,
            prompt_tokens=412 + number,
            completion_tokens=96,
            milliseconds=1_200,
            status="ok",
            sent=("m4", "m6") if remote else (),
            conversation="c5",
        )
        runtime.ledger.record(call)


async def until(pilot: Pilot[object], true: Callable[[], object], seconds: float = 60, what: str = "chat") -> None:
    """Let the program work until `true`. Raises RuntimeError where it never is."""
    for _ in range(int(seconds * 20)):
        if true():
            return
        await pilot.pause(0.05)
    raise RuntimeError(f"the screen never came: {what}")


def seen(app: ReverieApp) -> str:
    """What is on the screen, as text."""
    text = re.sub(r"<[^>]+>", "\n", app.export_screenshot())
    return text.replace("&#160;", " ").replace("\xa0", " ").replace("&quot;", '"')


async def take(app: ReverieApp, pilot: Pilot[object], shot: Shot) -> str:
    """Open a screen, take its picture, and go back to the chat."""
    command = find_command(shot.command) if shot.command else None
    if command is not None:
        app.chat.run_command(command, shot.argument)
        await pilot.pause(0.3)
    for key in shot.keys:
        await pilot.pause(0.5)
        await pilot.press(key)
    if shot.until:
        wanted = shot.until.split("|")
        with suppress(
            *((RuntimeError,) if app.size.width < PAGE[0] else ())
        ):  # a small screen may have no room for the words
            await until(pilot, lambda: any(words in seen(app) for words in wanted), 15, shot.name)
    await pilot.pause(0.4)
    svg = app.export_screenshot(title="Reverie")
    for _ in range(6):
        await pilot.press("escape")
        await pilot.pause(0.2)
        if app.screen is app.chat and not app.chat.night.busy:
            break
    return svg


async def album(
    home: Path,
    size: tuple[int, int],
    keep: Callable[[str, str], None],
    shots: tuple[Shot, ...],
    *,
    states: bool = False,
) -> None:
    """All pictures of one size, each handed to `keep` with its name; with `states` also empty and failing."""
    if states:
        await of_nobody(home / "nobody", size, keep, shots)
    clock = FixedClock(datetime(2026, 4, 13, 9, 30, tzinfo=UTC), "Europe/Paris")
    runtime = Runtime.open(paths=Paths(data=home, config=home, cache=home / "cache"), settings=Settings(), clock=clock)
    (home / "settings.toml").write_text('model = "none"\n')
    chat = await live(runtime, clock)
    learned(runtime)
    called(runtime)
    app = ReverieApp(runtime, conversation=chat)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: any(isinstance(e, Answer) for e in app.chat.history.entries))
        await until(pilot, lambda: app.chat.status.figures.memory != "loading…")
        for shot in shots:
            keep(shot.name, await take(app, pilot, shot))
        if states:
            logging.disable()  # each failure would be told at length
            break_store(runtime)
            for shot in unattended(shots):
                keep(f"{shot.name}-failing", await take(app, pilot, shot))
    runtime.close()
    logging.disable(logging.NOTSET)


async def of_nobody(
    home: Path, size: tuple[int, int], keep: Callable[[str, str], None], shots: tuple[Shot, ...]
) -> None:
    """The same screens in a home in which nothing was ever said."""
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    paths.settings.write_text('model = "none"\n')
    clock = FixedClock(datetime(2026, 4, 13, 9, 30, tzinfo=UTC), "Europe/Paris")
    runtime = Runtime.open(paths=paths, settings=Settings(), clock=clock)
    app = ReverieApp(runtime)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.chat.status.figures.memory != "loading…")
        for shot in unattended(shots):
            keep(f"{shot.name}-empty", await take(app, pilot, shot))
    runtime.close()


def unattended(shots: tuple[Shot, ...]) -> list[Shot]:
    """The shots that need no keys, without waiting for what only a filled home has."""
    return [replace(shot, until="") for shot in shots if not shot.keys]


def break_store(runtime: Runtime) -> None:
    """Take away what the screens read: they have to say so."""
    from sqlalchemy import text

    with runtime.database.write() as session:
        for table in ("message", "memory", "changeset", "model_call", "adapter", "sleep_run", "dream", "profile_line"):
            session.execute(text(f"ALTER TABLE {table} RENAME TO gone_{table}"))


def main() -> None:
    def page(name: str, svg: str) -> None:
        target = HERE / "chat.svg" if name == "chat" else HERE / "screens" / f"{name}.svg"
        target.write_text(svg, encoding="utf-8")

    (HERE / "screens").mkdir(exist_ok=True)
    jobs: list[tuple[tuple[int, int], Callable[[str, str], None]]] = [(PAGE, page)]
    if "--sizes" in sys.argv:
        folder = Path(sys.argv[sys.argv.index("--sizes") + 1])
        folder.mkdir(parents=True, exist_ok=True)
        for width, height in SIZES:

            def sized(name: str, svg: str, at: str = f"{width}x{height}") -> None:
                (folder / f"{name}-{at}.svg").write_text(svg, encoding="utf-8")

            jobs.append(((width, height), sized))
    for size, keep in jobs:
        with tempfile.TemporaryDirectory() as home:
            asyncio.run(album(Path(home), size, keep, SHOTS, states=size != PAGE))


if __name__ == "__main__":
    main()
