"""A chat much longer than the window: the real engine and screen, and a server that reads what it is sent."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.store.naps import NapStore
from memory.vectors.hashing import HashEmbedder
from tests.real.openai_server import OpenAIServer
from tests.tui.driving import entries, idle, ready, shown, type_line
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Remark, Said
from tui.chat.resting import Rested, RestedBlock
from tui.plain import PlainChat

TURNS, WINDOW = 300, 1500
CODE, QUESTION = "By the way, my locker code is 4711.", "What was my locker code?"
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
            "model": "openai:scripted", "context_tokens": WINDOW, "memory": {"enabled": False},
            "index": {"backend": "exact"}, "openai": {"base_url": openai_server.url},
        }
    )  # fmt: skip
    openai_server.reply = reads
    runtime = Runtime.open(paths=paths, settings=settings, clock=clock, load_embedder=lambda: HashEmbedder(64))
    yield runtime
    runtime.close()


def test_after_300_turns_the_fifth_is_still_known(small: Runtime, openai_server: OpenAIServer) -> None:
    lines = [CODE if turn == 5 else told(turn) for turn in range(1, TURNS + 1)]
    out, err = io.StringIO(), io.StringIO()
    asked = io.StringIO("\n".join([*lines, QUESTION, "/nap", ""]))
    assert PlainChat(small, temporary=False, source=asked, out=out, err=err).run() == 0
    assert out.getvalue().strip().splitlines()[-1] == "It is 4711 [t9].", "turn 5 is message 9"
    assert f"[t9] {CODE}" in err.getvalue().splitlines()
    sent = sum(len(str(m["content"])) for m in openai_server.requests[-1]["messages"])
    assert sent / 4 < WINDOW and len(openai_server.requests) == TURNS + 1

    conversation = small.conversations.list(limit=1)[0]
    assert conversation.messages == 2 * (TURNS + 1), "nothing of the chat itself has gone"
    naps = NapStore(small.database, small.clock).of_conversation(conversation.id)
    assert len(naps) > 5 and naps[-1].messages > 500


async def test_a_nap_is_a_line_that_unfolds(small: Runtime, openai_server: OpenAIServer) -> None:
    app = ReverieApp(small)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app)
        for turn in range(1, 40):
            await tell(app, pilot, CODE if turn == 5 else told(turn))
            if entries(app, Rested):
                break
        block = entries(app, Rested)[0].widget
        assert isinstance(block, RestedBlock)
        folded = str(block.query_one(Static).content)
        assert folded.startswith("▸ nap:") and "4711" not in folded
        block.focus()
        await pilot.press("t")
        await wait_until(pilot, lambda: f"[t9] {CODE}" in str(block.query_one(Static).content))
        block.scroll_visible(animate=False)
        await wait_until(pilot, lambda: "4711" in shown(app))

        app.chat.composer.focus()
        await type_line(pilot, "/nap")
        await wait_until(pilot, lambda: any("[t9]" in remark.text for remark in entries(app, Remark)))
        before = [rested.nap for rested in entries(app, Rested)]
        await app.chat.talks.reopen()
        await wait_until(pilot, lambda: [rested.nap for rested in entries(app, Rested)] == before)


def test_without_naps_it_is_lost(small: Runtime, openai_server: OpenAIServer) -> None:
    small.settings = small.settings.model_copy(
        update={"nap": small.settings.nap.model_copy(update={"enabled": False})}
    )  # fmt: skip
    lines = [CODE if turn == 5 else told(turn) for turn in range(1, 60)]
    out = io.StringIO()
    asked = io.StringIO("\n".join([*lines, QUESTION, ""]))
    PlainChat(small, temporary=False, source=asked, out=out, err=io.StringIO()).run()
    assert out.getvalue().strip().splitlines()[-1] == "You have not told me."


async def tell(app: ReverieApp, pilot: Pilot[Any], text: str) -> None:
    before = len(entries(app, Said))
    app.chat.send(text)
    await wait_until(pilot, lambda: len(entries(app, Said)) > before)
    await idle(pilot, app)
