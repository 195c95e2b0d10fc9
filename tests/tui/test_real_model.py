"""The chat with the real engine and a server that streams: nothing between the key and the store is a stand-in."""

from collections.abc import Iterator

import pytest
from textual.widgets import Markdown

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import OpenAISettings, Settings
from memory.clock import FixedClock
from memory.types import NewMemory
from memory.vectors.hashing import HashEmbedder
from tests.real.openai_server import OpenAIServer
from tests.tui.driving import entries, idle, ready, say
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Answer, Said
from tui.screens.memory import MemoryScreen


@pytest.fixture
def home_with_server(home, clock: FixedClock, openai_server: OpenAIServer) -> Iterator[Runtime]:
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    paths.settings.write_text("")
    settings = Settings.model_validate({"model": "openai:scripted", "index": {"backend": "exact"}})
    settings = settings.model_copy(update={"openai": OpenAISettings(base_url=openai_server.url)})
    runtime = Runtime.open(paths=paths, settings=settings, clock=clock, load_embedder=lambda: HashEmbedder(256))
    yield runtime
    runtime.close()


async def test_an_answer_with_a_citation_streams_and_is_followed(
    home_with_server: Runtime, openai_server: OpenAIServer
) -> None:
    runtime = home_with_server
    runtime.memories.add(NewMemory(text="Ana is allergic to peanuts."), actor="user")
    openai_server.reply = "Nothing with **peanuts** [m1], and no soap [m99]."
    app = ReverieApp(runtime)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app)
        answer = await say(pilot, app, "Are peanuts fine for Ana?")
        assert answer.known >= {"m1"} and [r.hit_id for r in answer.recall if r.state == "cited"] == ["m1"]
        hits = app.chat.query_one("#hits")
        assert "m1 cited" in str(hits.get_option_at_index(0).prompt)
        body = answer.widget.query_one(Markdown)
        body.post_message(Markdown.LinkClicked(body, "memory:m1"))
        await wait_until(pilot, lambda: isinstance(app.screen, MemoryScreen))
        await pilot.press("escape")
    stored = runtime.conversations.thread(answer.message.conversation_id)[-1]
    assert stored.status == "complete" and "[m1]" in stored.content
    assert [call.status for call in runtime.ledger.list()] == ["ok"]


async def test_escape_stops_an_answer_that_streams_and_its_part_is_kept(
    home_with_server: Runtime, openai_server: OpenAIServer
) -> None:
    runtime = home_with_server
    runtime.use_model("openai:slow")
    runtime.memories.add(NewMemory(text="Ana is allergic to peanuts."), actor="user")
    openai_server.reply = "Peanuts [m1] are "
    app = ReverieApp(runtime)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press(*"peanuts", "enter")
        await wait_until(pilot, lambda: entries(app, Said) and entries(app, Answer))
        answer = entries(app, Answer)[-1]
        await wait_until(pilot, lambda: "and so on" in answer.text)
        await pilot.resize_terminal(60, 16)
        await pilot.press("escape")
        await idle(pilot, app)
        assert answer.message.status == "stopped"
        assert "stopped" in str(answer.widget.query_one("#foot").content)
        await wait_until(pilot, lambda: openai_server.disconnects)
    stored = runtime.conversations.thread(answer.message.conversation_id)[-1]
    assert (stored.status, stored.content) == ("stopped", answer.text)
    assert stored.content.startswith("Peanuts [m1] are and so on")


async def test_a_memory_edited_in_the_browser_is_soon_found_by_meaning(home_with_server: Runtime) -> None:
    runtime = home_with_server
    runtime.memories.add(NewMemory(text="You have a cat."), actor="user")
    app = ReverieApp(runtime)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await wait_until(pilot, lambda: runtime.vectors.ready() and not runtime.vectors.pending())
        await pilot.press("f3")
        await wait_until(pilot, lambda: isinstance(app.screen, MemoryScreen) and app.screen._chosen)
        await pilot.press("e")
        await wait_until(pilot, lambda: app.screen.query("Statement"))
        await pilot.press("backspace", *" and a parrot.", "enter")
        await wait_until(pilot, lambda: "parrot" in runtime.memories.get("m1").text)
        await wait_until(pilot, lambda: isinstance(app.screen, MemoryScreen))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat and not runtime.vectors.pending())
