"""What the servers on this machine tell of themselves: who they are, what they have, how long a prompt may be."""

from contextlib import ExitStack

import pytest

from assistant.models import build_chat_model, discover, parse_model, window_tokens
from tests.models.helpers import settings_for
from tests.models.test_discover import port_of
from tests.real.local_servers import LLAMA_CPP, LM_STUDIO, VLLM, pages_serving


def test_all_four_are_found_at_once_whoever_has_which_port(ollama_server):
    with ExitStack() as stack:
        urls = [stack.enter_context(pages_serving(pages)) for pages in (LM_STUDIO, VLLM, LLAMA_CPP)]
        servers = tuple(zip(("x", "y", "z"), map(port_of, urls), strict=True))
        found = discover(settings_for(ollama=ollama_server.url), timeout=5, servers=servers)
    assert [(one.spec, one.label.partition(" (")[2].partition(" ")[0]) for one in found if not one.remote] == [
        ("ollama:llama3.2:latest", "Ollama"),
        ("openai:qwen3-4b", "LM"),
        ("openai:Qwen/Qwen3-4B", "vLLM"),
        ("openai:reverie", "vLLM"),
        ("openai:gemma.gguf", "llama.cpp"),
    ]
    (adapter,) = [one for one in found if one.spec == "openai:reverie"]
    assert adapter.label.endswith("an adapter of Qwen/Qwen3-4B)") and adapter.base_url == urls[1]


@pytest.mark.parametrize(
    ("pages", "name", "window"),
    [
        (LM_STUDIO, "qwen3-4b", 16384),
        (VLLM, "Qwen/Qwen3-4B", 40960),
        (VLLM, "reverie", 40960),
        (LLAMA_CPP, "gemma.gguf", 4096),
        (LLAMA_CPP, "another", 8192),
        ({"/v1/models": ["nonsense"]}, "another", 8192),
    ],
)
def test_the_window_is_what_the_server_set_aside(pages, name, window):
    with pages_serving(pages) as url:
        spec, settings = parse_model(f"openai:{name}"), settings_for(openai=url)
        assert window_tokens(spec, settings, build_chat_model(spec, settings)) == window
        chosen = settings_for(openai=url, context_tokens=2000)
        assert window_tokens(spec, chosen, build_chat_model(spec, chosen)) == 2000
