"""Explanations that need no server: what they keep to themselves, and what they do not claim."""

import httpx
import pytest

from assistant.errors import MissingExtra, ModelError
from assistant.models import ModelSpec, build_chat_model, explain, parse_model, providers
from assistant.settings import Settings

SPEC = ModelSpec("openai", "gpt")


@pytest.mark.parametrize(
    "text",
    [
        "Bad: Authorization: Bearer abcdefgh12345678",
        "Bad: {'x-api-key': 'abcdefgh12345678'}",
        "Incorrect API key: abcdefgh12345678",
        "Bad sk-abcdefgh12345678 key",
        "Bad http://user:abcdefgh12345678@host/",
        "Bad abcdefgh12345678",
    ],
)
def test_no_key_is_ever_shown(text, monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "abcdefgh12345678")
    assert "12345678" not in str(explain(RuntimeError(text), SPEC))


def test_an_unknown_error_is_its_first_line_and_harmless():
    explained = explain(RuntimeError("\n\x1b[31mIt broke\x1b[0m\nTraceback: many lines"), SPEC)
    assert explained.message == "openai:gpt: It broke"


def test_an_error_of_ours_is_not_blamed_on_the_server():
    with pytest.raises(KeyError) as caught:
        {}["missing"]
    assert "understood" not in explain(caught.value, SPEC).message


def test_a_model_error_is_left_as_it_is():
    error = ModelError("Said already.")
    assert explain(error, SPEC) is error


def test_what_hides_in_the_cause_is_found():
    request = httpx.Request("POST", "http://user:pw@127.0.0.1:9/api/chat")
    outer = RuntimeError("wrapped")
    outer.__cause__ = httpx.ConnectError("refused", request=request)
    assert explain(outer, ModelSpec("ollama", "x")).message == "Ollama does not answer at http://127.0.0.1:9."


@pytest.mark.parametrize("error", [httpx.ConnectTimeout("t"), ConnectionRefusedError(), ConnectionError("no")])
def test_no_connection(error):
    assert "does not answer" in explain(error, SPEC).message


@pytest.mark.parametrize("error", [httpx.ReadTimeout("t"), TimeoutError()])
def test_silence(error):
    assert "silent" in explain(error, SPEC).message


def test_a_missing_package_names_the_install_command(monkeypatch):
    monkeypatch.setitem(providers._PACKAGES, "ollama", "langchain_not_installed")
    with pytest.raises(MissingExtra) as caught:
        build_chat_model(parse_model("ollama:llama3.2"), Settings())
    assert "pip install 'reverie[ollama]'" in caught.value.hint


def test_none_is_no_language_model():
    with pytest.raises(ModelError, match="No language model"):
        build_chat_model(ModelSpec("none"), Settings())
