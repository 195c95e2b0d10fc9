"""langchain-openai against a real OpenAI-compatible server on loopback."""

import asyncio
import contextlib
import os
import subprocess
import sys

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from assistant.errors import ModelError
from assistant.models import UsagePiece, build_chat_model, parse_model, stream_pieces, window_tokens
from assistant.models.openai_compatible import OpenAICompatible
from tests.models.helpers import pieces_of, settings_for, text_of, thought_of, tidied, usage_of
from tests.real.serving import free_port


async def test_a_real_model_streams(openai_server):
    pieces = await pieces_of("openai:tiny", settings_for(openai=openai_server.url))
    assert len(pieces) > 3
    assert text_of(pieces)
    assert usage_of(pieces).completion_tokens > 0


async def test_the_answer_arrives_whole_with_its_exact_usage(openai_server):
    openai_server.reply = lambda messages: f"You said {messages[-1]['content']!r} [m3]."
    messages = [("system", "Be kind."), ("human", "I live in Lisbon")]
    pieces = await pieces_of("openai:scripted", settings_for(openai=openai_server.url, temperature=0.5), messages)
    assert text_of(pieces) == "You said 'I live in Lisbon' [m3]."
    assert usage_of(pieces) == UsagePiece(prompt_tokens=6, completion_tokens=11)
    sent = openai_server.requests[0]
    assert [m["role"] for m in sent["messages"]] == ["system", "user"]
    assert sent["temperature"] == 0.5


async def test_a_server_on_this_machine_needs_no_key_and_the_model_speaks_for_itself(openai_server):
    pieces = await pieces_of("openai:scripted:as told: [t1]", settings_for(openai=openai_server.url))
    assert text_of(pieces) == "as told: [t1]"
    assert "temperature" not in openai_server.requests[0]


async def test_the_key_comes_from_the_variable_that_the_settings_name(openai_server, monkeypatch):
    monkeypatch.setenv("MY_KEY", "sesame-sesame")
    settings = settings_for(openai=openai_server.url)
    settings = settings.model_copy(update={"openai": settings.openai.model_copy(update={"api_key_env": "MY_KEY"})})
    await pieces_of("openai:scripted", settings)
    assert openai_server.headers[0]["authorization"] == "Bearer sesame-sesame"


async def test_thoughts_come_apart_from_the_answer(openai_server):
    openai_server.reply = "Done."
    pieces = await pieces_of("openai:think", settings_for(openai=openai_server.url))
    assert (thought_of(pieces), text_of(pieces)) == ("Let me think.", "Done.")
    tagged = await pieces_of("openai:scripted:<think>Hm.</think> Well.", settings_for(openai=openai_server.url))
    assert (thought_of(tagged), text_of(tagged)) == ("Hm.", "Well.")


@pytest.mark.parametrize(
    ("model", "message", "hint", "partial"),
    [
        ("break", "broke off", "Ask again", "Hello fr"),
        ("cut", "broke off", "Ask again", "Hello fr"),
        ("malformed", "could not be understood", "address", "Hello from the server."),
        ("misshapen", "could not be understood", "address", "Hello from the server."),
        ("empty", "answered with nothing", "Ask again", ""),
        ("filtered", "withheld", "other words", ""),
        ("refuse401", "refused the key", "openai.api_key_env", ""),
        ("busy429", "too many requests", "Wait", ""),
        ("nocredit429", "no credit", "billing", ""),
        ("toolong400", "longer than", "new conversation", ""),
        ("error500", "failed (500)", "its side", ""),
        ("unknown", "knows no model unknown", "/v1", ""),
    ],
)
async def test_what_goes_wrong_is_one_clear_line(openai_server, model, message, hint, partial):
    with pytest.raises(ModelError) as caught:
        await pieces_of(f"openai:{model}", settings_for(openai=openai_server.url))
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert "sk-" not in str(caught.value)
    assert text_of(caught.value.pieces).startswith(partial)


async def test_a_server_that_is_not_there(openai_server):
    url = f"http://127.0.0.1:{free_port()}/v1"
    with pytest.raises(ModelError) as caught:
        await pieces_of("openai:tiny", settings_for(openai=url))
    assert caught.value.message == f"The model's server does not answer at {url.removesuffix('/v1')}."


@pytest.mark.parametrize("model", ["hang", "stall"])
async def test_silence_ends_by_itself(openai_server, model):
    with pytest.raises(ModelError, match="silent") as caught:
        await pieces_of(f"openai:{model}", settings_for(openai=openai_server.url), silence=0.5)
    assert "timeout_seconds" in caught.value.hint


async def test_the_providers_own_timeout_is_explained_too(openai_server):
    with pytest.raises(ModelError, match="silent"):
        await pieces_of("openai:hang", settings_for(openai=openai_server.url, timeout_seconds=0.3))


async def _until(condition):
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came about")


async def test_closing_the_stream_closes_the_connection(openai_server):
    model = build_chat_model(parse_model("openai:slow"), settings_for(openai=openai_server.url))
    stream = stream_pieces(model, ["Hi"], silence_seconds=20)
    assert (await anext(stream)).text
    await stream.aclose()
    await _until(lambda: openai_server.disconnects == 1)


async def test_cancelling_the_reader_closes_the_connection(openai_server):
    model = build_chat_model(parse_model("openai:slow"), settings_for(openai=openai_server.url))
    began = asyncio.Event()

    async def read():
        async for _ in stream_pieces(model, ["Hi"], silence_seconds=20):
            began.set()

    task = asyncio.create_task(read())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _until(lambda: openai_server.disconnects == 1)


class Deaf(FakeListChatModel):
    """Loses a cancellation that comes with its next piece, as clients of HTTP do now and then, and goes on for ever."""

    responses: list[str] = []

    async def _astream(self, messages, stop=None, run_manager=None, **rest):
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.001)
            yield ChatGenerationChunk(message=AIMessageChunk(content="and so on "))


async def test_a_cancellation_that_the_library_loses_is_not_lost():
    began = asyncio.Event()

    async def read():
        async for _ in stream_pieces(Deaf(), ["Hi"], silence_seconds=20):
            began.set()

    task = asyncio.create_task(read())
    await began.wait()
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=10)
    assert done and task.cancelled()


def test_one_address_serves_one_event_loop_after_another(openai_server, caplog):
    for _ in range(3):
        assert text_of(asyncio.run(tidied("openai:scripted", settings_for(openai=openai_server.url))))
    assert not [record for record in caplog.records if record.name == "asyncio"]


def test_openai_itself_needs_a_key_and_the_message_names_the_variable(monkeypatch):
    spec, settings = parse_model("openai:gpt-4o"), settings_for()
    with pytest.raises(ModelError) as caught:
        build_chat_model(spec, settings)
    assert "OPENAI_API_KEY" in caught.value.message
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-12345678")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example")
    monkeypatch.setenv("OPENAI_API_BASE", "http://elsewhere.example")
    monkeypatch.setenv("LANGSMITH_GATEWAY", "true")
    model = build_chat_model(spec, settings)
    assert not isinstance(model, OpenAICompatible)
    assert str(model.root_async_client.base_url) == "https://api.openai.com/v1/"
    assert window_tokens(spec, settings, model) == 128_000
    assert window_tokens(spec, settings_for(context_tokens=4096), model) == 4096


def test_an_address_that_is_none():
    with pytest.raises(ModelError, match=r"openai\.base_url"):
        build_chat_model(parse_model("openai:x"), settings_for(openai="http://[oops"))


def test_nothing_is_traced_whatever_the_environment_says(openai_server):
    """LangSmith's switches are read once in a process: hence a fresh one, whose LangSmith is our server."""
    code = f"""
import asyncio
from tests.models.helpers import pieces_of, settings_for
asyncio.run(pieces_of("openai:scripted", settings_for(openai={openai_server.url!r})))
from langsmith.utils import tracing_is_enabled
from langchain_core.tracers.langchain import wait_for_all_tracers
wait_for_all_tracers()
print(tracing_is_enabled())
"""
    tracing = {
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGCHAIN_TRACING": "true",
        "LANGSMITH_API_KEY": "lsv2-test",
        "LANGSMITH_GATEWAY": "true",
        "LANGSMITH_ENDPOINT": openai_server.url,
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **tracing}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "False"), done.stderr
    assert len(openai_server.requests) == 1
