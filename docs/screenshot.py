"""Make docs/chat.svg: `python docs/screenshot.py`. The program itself, without a model, told three things."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from memory.clock import FixedClock
from tui.app import ReverieApp
from tui.chat.messages import Answer

SAID = ("I live in Lyon and work as a nurse.", "My sister Ana is allergic to peanuts.", "We fly to Lisbon on 12 June.")
ASKED = ("What should I not cook for Ana?", "What is my brother called?")


async def talk(runtime: Runtime, clock: FixedClock) -> str:
    """Two days of talk; the screen at the end as an SVG."""
    conversation = runtime.conversations.create("Getting to know each other")
    for text in SAID:
        async for _ in runtime.engine.answer(conversation.id, text):
            pass
    clock.instant += timedelta(days=1)
    runtime.warm()
    runtime.vectors.work()
    app = ReverieApp(runtime)
    async with app.run_test(size=(100, 28)) as pilot:
        await pilot.pause(1.0)
        for number, text in enumerate(ASKED, start=1):
            app.chat.composer.insert(text)
            await pilot.press("enter")
            while len([e for e in app.chat.history.entries if isinstance(e, Answer)]) < number:
                await pilot.pause(0.1)
            await pilot.pause(1.0)
        return app.export_screenshot(title="Reverie")


def main() -> None:
    clock = FixedClock(datetime(2026, 5, 3, 18, 30, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        runtime = Runtime.open(
            paths=Paths(data=home, config=home, cache=home / "cache"), settings=Settings(), clock=clock
        )
        (home / "settings.toml").write_text('model = "none"\n')
        svg = asyncio.run(talk(runtime, clock))
        runtime.close()
    (Path(__file__).parent / "chat.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
