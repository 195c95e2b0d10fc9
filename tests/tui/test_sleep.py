"""`/sleep now` in the chat: a night beside it, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import EmbedderSettings, IndexSettings, Settings
from memory.clock import FixedClock
from memory.types import NewMessage
from tests.tui.driving import entries, ready, type_line
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Remark


@pytest.fixture
def real(home: Path, clock: FixedClock) -> Iterator[Runtime]:
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    paths.settings.write_text("")
    settings = Settings(embedder=EmbedderSettings(name="/nowhere"), index=IndexSettings(backend="exact"))
    opened = Runtime.open(paths=paths, settings=settings, clock=clock)
    talk = opened.conversations.create()
    opened.conversations.append(talk.id, NewMessage(role="user", content="My sister is called Ana."))
    yield opened
    opened.close()


async def test_a_night_beside_the_chat_and_back(real):
    app = ReverieApp(real)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "/sleep now")
        await wait_until(pilot, lambda: any("n1: 1 messages read" in r.text for r in entries(app, Remark)))
        assert [m.text for m in real.memories.list()] == ["Your sister is called Ana."]
        assert app.chat.status.figures.memory == "by words only"
        await type_line(pilot, "/sleep now")
        await wait_until(pilot, lambda: any("Nothing is new" in r.text for r in entries(app, Remark)))
        await type_line(pilot, "/sleep undo")
        await wait_until(pilot, lambda: any("n1 is undone" in r.text for r in entries(app, Remark)))
        assert real.memories.list() == ()
        await type_line(pilot, "/sleep undo")
        await wait_until(pilot, lambda: any("no night to take back" in r.text for r in entries(app, Remark)))
        await type_line(pilot, "/sleep tight")
        await wait_until(pilot, lambda: any("'tight'" in r.text for r in entries(app, Remark)))
