"""langchain-anthropic against a server on loopback that speaks Anthropic's protocol."""

import asyncio

import pytest

from assistant.errors import ModelError
from assistant.models import UsagePiece, build_chat_model, parse_model, window_tokens
from tests.models.helpers import pieces_of, settings_for, text_of, thought_of, tidied, usage_of


async def test_thoughts_answer_and_usage(anthropic_server):
    messages = [("system", "Be kind."), ("human", "Hi")]
    pieces = await pieces_of("anthropic:claude-x", settings_for(anthropic=anthropic_server.url), messages)
    assert thought_of(pieces) == "Let me think."
    assert text_of(pieces) == "Hello from Anthropic."
    assert usage_of(pieces) == UsagePiece(prompt_tokens=9, completion_tokens=3)
    assert anthropic_server.requests[0]["system"] == "Be kind."


@pytest.mark.parametrize(
    ("model", "message", "hint"),
    [
        ("refuse401", "refused the key", "anthropic.api_key_env"),
        ("missing", "knows no model missing", "name"),
        ("overloaded529", "failed (529)", "its side"),
        ("toolong400", "longer than", "new conversation"),
        ("break", "broke off", "Ask again"),
        ("refusal", "withheld", "other words"),
    ],
)
async def test_what_goes_wrong_is_one_clear_line(anthropic_server, model, message, hint):
    with pytest.raises(ModelError) as caught:
        await pieces_of(f"anthropic:{model}", settings_for(anthropic=anthropic_server.url))
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_one_address_serves_one_event_loop_after_another(anthropic_server, caplog):
    for _ in range(3):
        assert text_of(asyncio.run(tidied("anthropic:x", settings_for(anthropic=anthropic_server.url))))
    assert not [record for record in caplog.records if record.name == "asyncio"]


def test_anthropic_itself_needs_a_key_and_is_asked_at_its_own_address(monkeypatch):
    spec, settings = parse_model("anthropic:claude-sonnet-4-5"), settings_for()
    with pytest.raises(ModelError, match="ANTHROPIC_API_KEY"):
        build_chat_model(spec, settings)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-12345678")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://elsewhere.example")
    monkeypatch.setenv("LANGSMITH_GATEWAY", "true")
    model = build_chat_model(spec, settings)
    assert str(model._async_client.base_url).rstrip("/") == "https://api.anthropic.com"
    assert window_tokens(spec, settings, model) >= 200_000
