"""langchain-ollama against a server on loopback that speaks Ollama's protocol."""

import asyncio

import pytest

from assistant.errors import ModelError
from assistant.models import UsagePiece, build_chat_model, parse_model, window_tokens
from assistant.settings import OllamaSettings, Settings
from tests.models.helpers import pieces_of, settings_for, text_of, thought_of, tidied, usage_of
from tests.real.serving import free_port


async def test_the_answer_streams_with_its_usage(ollama_server):
    pieces = await pieces_of("ollama:llama3.2", settings_for(ollama=ollama_server.url))
    assert text_of(pieces) == "Hello from Ollama."
    assert len(pieces) == 4
    assert usage_of(pieces) == UsagePiece(prompt_tokens=11, completion_tokens=3)


async def test_ollama_is_told_the_window_that_we_fill(ollama_server):
    await pieces_of("ollama:llama3.2", settings_for(ollama=ollama_server.url, temperature=0.0))
    await pieces_of("ollama:llama3.2", settings_for(ollama=ollama_server.url, context_tokens=2000))
    assert [request["options"]["num_ctx"] for request in ollama_server.requests] == [8192, 2000]
    assert ollama_server.requests[0]["options"]["temperature"] == 0


@pytest.mark.parametrize(
    ("shown", "window"),
    [
        ({"model_info": {"general.architecture": "phi", "phi.context_length": 2048}}, 2048),
        ({"model_info": {"llama.context_length": 131072}}, 8192),
        ({"parameters": 'num_ctx                        32768\nstop    "x"'}, 32768),
        ({"model_info": {"llama.context_length": "long"}, "parameters": None}, 8192),
        ({"model_info": []}, 8192),
    ],
)
async def test_the_window_is_the_one_that_ollama_has_for_the_model(ollama_server, shown, window):
    ollama_server.shown = shown
    settings = settings_for(ollama=ollama_server.url)
    await pieces_of("ollama:llama3.2", settings)
    assert ollama_server.requests[0]["options"]["num_ctx"] == window
    spec = parse_model("ollama:llama3.2")
    assert window_tokens(spec, settings, build_chat_model(spec, settings)) == window


@pytest.mark.parametrize(("said", "sent"), [("", None), ("30m", "30m"), ("-1", -1), ("0", 0)])
async def test_how_long_a_model_stays_in_memory(ollama_server, said, sent):
    ollama = OllamaSettings(base_url=ollama_server.url, keep_alive=said)
    await pieces_of("ollama:llama3.2", Settings(ollama=ollama))
    assert ollama_server.requests[0].get("keep_alive") == sent


async def test_thoughts_in_tags(ollama_server):
    ollama_server.reply = "<think>Let me think.</think>\n\nYes."
    pieces = await pieces_of("ollama:qwen3:4b", settings_for(ollama=ollama_server.url))
    assert (thought_of(pieces), text_of(pieces)) == ("Let me think.", "Yes.")


@pytest.mark.parametrize(
    ("model", "message", "hint"),
    [
        ("missing", "Ollama has no model missing.", "`ollama pull missing`"),
        ("break", "broke off", "Ask again"),
        ("cut", "broke off", "Ask again"),
        ("malformed", "could not be understood", "server"),
        ("nomemory", "not enough memory", "smaller model"),
    ],
)
async def test_what_goes_wrong_is_one_clear_line(ollama_server, model, message, hint):
    with pytest.raises(ModelError) as caught:
        await pieces_of(f"ollama:{model}", settings_for(ollama=ollama_server.url))
    assert message in caught.value.message
    assert hint in caught.value.hint


async def test_ollama_is_not_running():
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(ModelError) as caught:
        await pieces_of("ollama:llama3.2", settings_for(ollama=url))
    assert caught.value.message == f"Ollama does not answer at {url}."
    assert "ollama serve" in caught.value.hint


async def test_ollama_hangs(ollama_server):
    with pytest.raises(ModelError, match="silent"):
        await pieces_of("ollama:hang", settings_for(ollama=ollama_server.url), silence=0.3)


def test_one_address_serves_one_event_loop_after_another(ollama_server, caplog):
    for _ in range(3):
        assert text_of(asyncio.run(tidied("ollama:x", settings_for(ollama=ollama_server.url))))
    assert not [record for record in caplog.records if record.name == "asyncio"]
