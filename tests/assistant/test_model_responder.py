"""Turns whose answers a model writes: an OpenAI-compatible server on loopback, and transformers here."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.events import Event, Failed, Finished, Notice, Retrieved, TextDelta, Usage
from assistant.runtime import Runtime
from assistant.settings import OpenAISettings
from memory.types import NewMemory
from tests.assistant.fakes import collect, of, say
from tests.real.openai_server import OpenAIServer

Asking = Callable[[str], Runtime]


@pytest.fixture
def asking(runtime: Runtime, openai_server: OpenAIServer) -> Asking:
    """The home with a model of the server."""

    def use(name: str, **settings: object) -> Runtime:
        update = {"openai": OpenAISettings(base_url=openai_server.url), **settings}
        runtime.settings = runtime.settings.model_copy(update=update)
        runtime.use_model(f"openai:{name}")
        return runtime

    return use


def finished(events: list[Event]) -> Finished:
    return of(events, Finished)[0]


async def test_an_answer_streams_with_citations_of_what_was_given(asking: Asking, openai_server: OpenAIServer) -> None:
    runtime = asking("scripted")
    runtime.memories.add(NewMemory(text="You are allergic to peanuts."), actor="user")
    openai_server.reply = "No peanuts [m1], and no soap [m99]."
    conversation = runtime.conversations.create()
    events = await say(runtime.engine, conversation.id, "Are peanuts fine for me?")
    assert len(of(events, TextDelta)) > 1
    assert of(events, Retrieved)[0].given == ("m1",)
    assert [r.hit_id for r in finished(events).recall if r.state == "cited"] == ["m1"]
    system = openai_server.requests[0]["messages"][0]["content"]
    assert "<memories>\n[m1] " in system and "You are allergic to peanuts." in system
    call = runtime.ledger.list()[0]
    assert (call.status, call.remote, call.sent) == ("ok", False, ("m1",))
    assert call.prompt_tokens == of(events, Usage)[0].prompt_tokens and not of(events, Usage)[0].estimated


async def test_the_conversation_so_far_is_sent_once(asking: Asking, openai_server: OpenAIServer) -> None:
    runtime = asking("scripted")
    conversation = runtime.conversations.create()
    await say(runtime.engine, conversation.id, "I live in Lyon.")
    await say(runtime.engine, conversation.id, "Where was that?")
    sent = openai_server.requests[1]["messages"]
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "user"]
    assert sent[-1]["content"] == "Where was that?" and "I live in Lyon." not in sent[0]["content"]


async def test_what_is_foreseen_is_what_is_sent(asking: Asking, openai_server: OpenAIServer) -> None:
    runtime = asking("scripted", instructions="Be brief.")
    runtime.memories.add(NewMemory(text="You are allergic to peanuts."), actor="user")
    conversation = runtime.conversations.create()
    await say(runtime.engine, conversation.id, "I live in Lyon.")
    stored = len(runtime.conversations.thread(conversation.id))
    question = "Are peanuts fine for me?"
    foreseen = runtime.engine.prospect(conversation.id, question)
    assert foreseen is not None
    assert len(openai_server.requests) == 1 and len(runtime.conversations.thread(conversation.id)) == stored
    await say(runtime.engine, conversation.id, question)
    sent = openai_server.requests[1]["messages"]
    assert foreseen.system == sent[0]["content"] and "Be brief." in foreseen.system
    assert [m.content for m in foreseen.history] == [m["content"] for m in sent[1:-1]]
    assert [hit.id for hit in foreseen.memories] == ["m1"] and 0 < foreseen.memory_tokens < foreseen.system_tokens
    assert foreseen.tokens <= foreseen.window and foreseen.history_tokens > 0
    assert runtime.engine.prospect(None) is not None, "before anything is said, too"
    runtime.use_model("none")
    assert runtime.engine.prospect(conversation.id, question) is None


async def test_what_does_not_fit_is_left_out_and_said(asking: Asking, openai_server: OpenAIServer) -> None:
    runtime = asking("scripted", context_tokens=2_000)
    conversation = runtime.conversations.create()
    for number in range(6):
        await say(runtime.engine, conversation.id, f"{number} " + "a long story about boats " * 60)
    events = await say(runtime.engine, conversation.id, "And then?")
    assert "not fit" in of(events, Notice)[0].text
    sent = openai_server.requests[-1]["messages"]
    assert len(sent) < 13 and sum(len(m["content"]) for m in sent) < 2_000 * 4.5


@pytest.mark.parametrize("name", ["refuse401", "break", "malformed", "cut", "empty", "toolong400"])
async def test_a_server_that_fails_costs_no_word(asking: Asking, name: str) -> None:
    runtime = asking(name)
    conversation = runtime.conversations.create()
    events = await say(runtime.engine, conversation.id, "Keep this.")
    failure = of(events, Failed)[0]
    assert failure.message and failure.hint and "Traceback" not in failure.message
    kept = [m for m in runtime.conversations.thread(conversation.id) if m.role == "user"]
    assert [m.content for m in kept] == ["Keep this."]
    assert runtime.ledger.list()[0].status == "failed"
    runtime.use_model("none")
    assert finished(await say(runtime.engine, conversation.id, "Still there?"))


async def test_a_silent_server_is_given_up(asking: Asking) -> None:
    runtime = asking("stall", timeout_seconds=1)
    conversation = runtime.conversations.create()
    events = await say(runtime.engine, conversation.id, "Hello?")
    assert "silent" in of(events, Failed)[0].message
    assert runtime.conversations.thread(conversation.id)[-1].status == "failed"


async def test_cancel_closes_the_connection_and_keeps_the_part(asking: Asking, openai_server: OpenAIServer) -> None:
    runtime = asking("slow")
    conversation = runtime.conversations.create()
    turn = runtime.engine.answer(conversation.id, "Talk for ever.")
    answer = ""
    async for event in turn:
        if isinstance(event, TextDelta):
            answer += event.text
            turn.cancel()
        last = event
    assert isinstance(last, Finished) and last.message.status == "stopped" and last.message.content == answer.strip()
    await until_noticed(openai_server)


async def until_noticed(server: OpenAIServer) -> None:
    import asyncio

    async with asyncio.timeout(20):
        while not server.disconnects:
            await asyncio.sleep(0.02)


async def test_a_model_on_this_machine_answers(runtime: Runtime, tiny_model: Path) -> None:
    runtime.use_model(f"local:{tiny_model}")
    conversation = runtime.conversations.create()
    events = await collect(runtime.engine.answer(conversation.id, "Hi"))
    assert finished(events).message.content and not runtime.ledger.list()[0].remote
    assert of(events, Usage)[0].context_tokens == 512


async def test_a_temporary_chat_with_a_server_leaves_nothing(asking: Asking) -> None:
    runtime = asking("scripted")
    engine = runtime.temporary_engine()
    conversation = engine.conversations.create()
    assert finished(await say(engine, conversation.id, "Nobody keeps this."))
    assert not runtime.ledger.list() and not runtime.conversations.list()
