"""A chat much longer than the window, with the real engine, a server that reads what it is sent, and the real screen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from textual.widgets import Static

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.store.naps import NapStore
from memory.vectors.hashing import HashEmbedder
from tests.real.openai_server import OpenAIServer
from tests.tui.driving import entries, idle, ready, say, shown, type_line
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Remark
from tui.chat.resting import Rested, RestedBlock

TURNS = 300
PLACES = "Porto Lima Oslo Turin Quito Bergen Sofia Cadiz Delft Ghent Bilbao Malmo".split()


def reads(messages: list[dict[str, Any]]) -> str:
    """What the model says: the code, if anything that it was sent tells it, with the note's mark."""
    if "code" not in messages[-1]["content"]:
        return "That sounds like a good day, thank you for telling me."
    for line in "\n".join(str(m["content"]) for m in messages[:-1]).splitlines():
        found = re.search(r"locker code is (\d+)", line)
        if found:
            mark = re.match(r"\[t\d+\]", line)
            return f"It is {found[1]} {mark[0] if mark else ''}."
    return "You have not told me."


def told(turn: int) -> str:
    return f"Today I walked to {PLACES[turn % 12]} with friend number {turn} and we looked at the old harbour for long."


@pytest.fixture
def small(home, clock: FixedClock, openai_server: OpenAIServer) -> Iterator[Runtime]:
    """A model with a small window, and no retrieval that could help."""
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    paths.settings.write_text("")
    settings = Settings.model_validate(
        {
            "model": "openai:scripted", "context_tokens": 1500, "memory": {"enabled": False},
            "index": {"backend": "exact"}, "openai": {"base_url": openai_server.url},
        }
    )  # fmt: skip
    openai_server.reply = reads
    runtime = Runtime.open(paths=paths, settings=settings, clock=clock, load_embedder=lambda: HashEmbedder(64))
    yield runtime
    runtime.close()


async def test_after_300_turns_the_fifth_is_still_known(small: Runtime, openai_server: OpenAIServer) -> None:
    app = ReverieApp(small)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app)
        for turn in range(1, TURNS + 1):
            app.chat.send("By the way, my locker code is 4711." if turn == 5 else told(turn))
            await wait_until(pilot, lambda t=turn: len(openai_server.requests) >= t)
            await idle(pilot, app)
        await wait_until(pilot, lambda: entries(app, Rested))
        answer = await say(pilot, app, "what was my locker code?")
        assert "4711" in answer.text, "dropped with the beginning of the chat"
        cited = [record.hit_id for record in answer.recall if record.state == "cited"]
        assert cited == ["t9"], "turn 5 is message 9"
        sent = sum(len(str(m["content"])) for m in openai_server.requests[-1]["messages"])
        assert sent / 4 < 1500

        block = entries(app, Rested)[-1].widget
        assert isinstance(block, RestedBlock)
        folded = str(block.query_one(Static).content)
        assert folded.startswith("▸ nap:") and "4711" not in folded
        block.focus()
        await pilot.press("t")
        await wait_until(
            pilot, lambda: "[t9] By the way, my locker code is 4711." in str(block.query_one(Static).content)
        )
        assert "4711" in shown(app)

        await type_line(pilot, "/nap")
        await wait_until(pilot, lambda: any("[t9]" in remark.text for remark in entries(app, Remark)))
        before = len(entries(app, Rested))
        await app.chat.talks.reopen()
        await wait_until(pilot, lambda: entries(app, Rested))
        assert len(entries(app, Rested)) <= before, "those of the messages that are read"

    conversation = small.conversations.list(limit=1)[0]
    assert conversation.messages == 2 * (TURNS + 1), "nothing of the chat itself has gone"
    naps = NapStore(small.database, small.clock).of_conversation(conversation.id)
    assert len(naps) > 5


async def test_without_naps_it_is_lost(small: Runtime, openai_server: OpenAIServer) -> None:
    small.settings = small.settings.model_copy(update={"nap": small.settings.nap.model_copy(update={"enabled": False})})
    app = ReverieApp(small)
    async with app.run_test(size=(60, 16)) as pilot:
        await ready(pilot, app)
        for turn in range(1, 60):
            app.chat.send("By the way, my locker code is 4711." if turn == 5 else told(turn))
            await wait_until(pilot, lambda t=turn: len(openai_server.requests) >= t)
            await idle(pilot, app)
        answer = await say(pilot, app, "what was my locker code?")
        assert "not told" in answer.text and not entries(app, Rested)
