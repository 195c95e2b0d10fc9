import pytest

from assistant.models import ModelSpec, is_remote
from assistant.models.address import is_loopback, shown
from assistant.models.privacy import keep_from_proxies
from assistant.settings import AnthropicSettings, OllamaSettings, OpenAISettings, Settings


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:11434",
        "127.0.0.1:11434",
        "localhost:1234",
        "http://LOCALHOST./v1",
        "http://[::1]:8000/v1",
        "http://[::ffff:127.0.0.1]/",
        "http://127.8.8.8",
        "http://0.0.0.0:11434",
        "unix:/run/model.sock",
        "http://me:pw@127.0.0.1/",
    ],
)
def test_this_machine(url):
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.1.5:11434",
        "http://10.0.0.1/v1",
        "http://[fe80::1]/",
        "http://mybox.local:8000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/",
        "https://api.openai.com/v1",
        "http://[broken",
        "http://127.0.0.1:port",
        "",
    ],
)
def test_another_machine(url):
    assert not is_loopback(url)


def test_remote_is_what_leaves_this_machine():
    here = Settings(openai=OpenAISettings(base_url="http://127.0.0.1:8000/v1"))
    lan = Settings(ollama=OllamaSettings(base_url="http://192.168.0.9:11434"))
    proxy = Settings(anthropic=AnthropicSettings(base_url="http://localhost:4000"))
    assert not is_remote(ModelSpec("none"), Settings())
    assert not is_remote(ModelSpec("local", "org/model"), Settings())
    assert not is_remote(ModelSpec("ollama", "llama3.2"), Settings())
    assert is_remote(ModelSpec("ollama", "llama3.2"), lan)
    assert is_remote(ModelSpec("openai", "gpt"), Settings())
    assert not is_remote(ModelSpec("openai", "gpt"), here)
    assert is_remote(ModelSpec("anthropic", "claude"), here)
    assert not is_remote(ModelSpec("anthropic", "claude"), proxy)


@pytest.mark.parametrize("name", ["gpt-oss:120b-cloud", "glm:cloud"])
def test_ollamas_cloud_models_leave_this_machine(name):
    assert is_remote(ModelSpec("ollama", name), Settings())


def test_a_shown_address_has_no_password():
    assert shown("http://me:secret@127.0.0.1:1/v1/?key=secret") == "http://127.0.0.1:1/v1"


def test_a_proxy_never_stands_between_us_and_this_machine(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intra.example")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    keep_from_proxies("http://127.0.0.1:11434")
    keep_from_proxies("http://example.com")
    import httpx

    with httpx.Client() as client:
        direct = client._transport_for_url(httpx.URL("http://127.0.0.1:11434/api/chat"))
        intra = client._transport_for_url(httpx.URL("http://intra.example/"))
        away = client._transport_for_url(httpx.URL("http://example.com/"))
    assert direct is intra is client._transport
    assert away is not client._transport
