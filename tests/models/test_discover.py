import subprocess
import sys

from assistant.models import Found, discover, parse_model
from tests.models.helpers import settings_for
from tests.real.serving import free_port


def port_of(url):
    return int(url.removesuffix("/v1").rpartition(":")[2])


def test_ollama_and_its_models(ollama_server):
    found = discover(settings_for(ollama=ollama_server.url), timeout=5, servers=())
    assert found == (
        Found("ollama:llama3.2:latest", "llama3.2:latest (Ollama on this machine)", "", False),
        Found("ollama:gpt-oss:120b-cloud", "gpt-oss:120b-cloud (Ollama, in its cloud)", "", True),
    )
    assert parse_model(found[0].spec).name == "llama3.2:latest"


def test_an_openai_compatible_server_on_a_known_port(openai_server):
    servers = (("LM Studio", port_of(openai_server.url)), ("vLLM", free_port()))
    found = discover(settings_for(), timeout=5, servers=servers)
    assert found[0] == Found("openai:tiny", f"tiny (LM Studio at {openai_server.url})", openai_server.url, False)
    assert not any("embedding" in one.spec for one in found)


def test_the_configured_server_is_asked_once(openai_server):
    servers = (("vLLM", port_of(openai_server.url)),)
    found = discover(settings_for(openai=openai_server.url + "/"), timeout=5, servers=servers)
    assert len({one.spec for one in found}) == len(found)


def test_keys_by_name_never_by_value(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-secret")
    found = discover(settings_for(), timeout=1, servers=())
    assert [one.spec for one in found] == ["openai:", "anthropic:"]
    assert all(one.remote for one in found)
    assert "OPENAI_API_KEY" in found[0].label
    assert "secret" not in repr(found)


def test_a_server_that_is_something_else(openai_server, ollama_server):
    """Each asked for what the other speaks, a port that nobody listens on, a server that hangs up: no complaint."""
    ollama_server.models = "not a list"
    settings = settings_for(ollama=ollama_server.url)
    assert discover(settings, timeout=5, servers=(("vLLM", port_of(ollama_server.url)), ("x", free_port()))) == ()


def test_other_machines_are_not_asked():
    """The fixture that watches connections fails the test if one is."""
    settings = settings_for(ollama="http://192.0.2.1:11434", openai="http://192.0.2.1/v1")
    assert discover(settings, timeout=5, servers=()) == ()


def test_importing_the_package_imports_no_provider():
    heavy = ("torch", "transformers", "langchain", "langchain_core", "openai", "anthropic", "ollama", "httpx")
    code = f"import sys, assistant.models; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
