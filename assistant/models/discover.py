"""What could answer on this machine: servers on loopback, and keys in the environment (by name, never by value).

Nothing is asked of another machine, and nothing but the list of models of this one.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Any

from assistant.models.address import is_loopback, is_remote, runs_in_ollama_cloud, shown
from assistant.models.asking import ask_json, entries
from assistant.models.served import LM_STUDIO
from assistant.models.spec import ModelSpec, Provider
from assistant.settings import AnthropicSettings, OpenAISettings, Settings
from memory.text import one_line

SERVERS: tuple[tuple[str, int], ...] = (("LM Studio", 1234), ("vLLM", 8000), ("llama.cpp", 8080))
"""OpenAI-compatible servers and the ports they take unless told otherwise."""

MAX_MODELS = 50
_OWNERS = {"vllm": "vLLM", "llamacpp": "llama.cpp", LM_STUDIO: "LM Studio"}
_EMBEDDING_FAMILIES = ("bert", "nomic-bert", "jina-bert-v2", "xlm-roberta")


@dataclass(frozen=True)
class Found:
    """Something that can answer.

    `spec` is what the setting `model` takes; it ends with a colon where a key was found and the user must name a
    model. `base_url` is what the provider's setting base_url must be, empty where it can stay as it is.
    """

    spec: str
    label: str
    base_url: str
    remote: bool


def discover(
    settings: Settings, timeout: float = 2.0, *, servers: tuple[tuple[str, int], ...] = SERVERS
) -> tuple[Found, ...]:
    """Look once, all places at the same time; Ollama's models first, then other servers', then keys.

    Blocks for about `timeout` seconds at the most: call it in a thread. Never raises.
    """
    import httpx  # noqa: F401  # it takes longer than the answers: the clock starts when it is there

    deadline = time.monotonic() + timeout
    asked: list[Callable[[], list[Found]]] = []
    if is_loopback(settings.ollama.base_url):
        asked.append(partial(_ollama, settings, deadline))
    known = {f"http://127.0.0.1:{port}/v1": name for name, port in servers}
    configured = settings.openai.base_url.rstrip("/")
    if configured and is_loopback(configured):
        known.setdefault(configured, "your server")
    asked += [partial(_openai, name, url, deadline) for url, name in known.items()]
    pool = ThreadPoolExecutor(max_workers=max(1, len(asked)), thread_name_prefix="discover")
    jobs = [pool.submit(ask) for ask in asked]
    done, _ = wait(jobs, timeout=max(0.0, deadline - time.monotonic()) + 0.05)
    pool.shutdown(wait=False, cancel_futures=True)
    servers_found = [found for job in jobs if job in done for found in job.result()]
    return (*servers_found, *_keys(settings))


def _ollama(settings: Settings, deadline: float) -> list[Found]:
    url = settings.ollama.base_url.rstrip("/")
    found = []
    for entry in entries(ask_json(f"{url}/api/tags", deadline), "models"):
        details = entry.get("details")
        family = details.get("family") if isinstance(details, dict) else ""
        name = _name(entry.get("name"))
        if not name or family in _EMBEDDING_FAMILIES:
            continue
        away = bool(entry.get("remote_host")) or runs_in_ollama_cloud(name)
        label = f"{name} (Ollama, in its cloud)" if away else f"{name} (Ollama on this machine)"
        found.append(Found(f"ollama:{name}", label, "", away))
    return found[:MAX_MODELS]


def _openai(server: str, url: str, deadline: float) -> list[Found]:
    found = []
    for entry in entries(ask_json(f"{url}/models", deadline), "data"):
        name = _name(entry.get("id"))
        if name and "embed" not in name.lower():
            label = f"{name} ({_kind(entry, server)} at {shown(url)}{_adapted(entry)})"
            found.append(Found(f"openai:{name}", label, url, False))
    return found[:MAX_MODELS]


def _kind(entry: dict[str, Any], server: str) -> str:
    """The server by what it says of itself; ports are anybody's."""
    return _OWNERS.get(str(entry.get("owned_by")), server)


def _adapted(entry: dict[str, Any]) -> str:
    """vLLM lists the LoRA adapters that it was started with as models of their own, with the base as parent."""
    base = _name(entry.get("parent"))
    return f", an adapter of {base}" if base else ""


def _keys(settings: Settings) -> list[Found]:
    found = []
    places: tuple[tuple[Provider, str, OpenAISettings | AnthropicSettings], ...] = (
        ("openai", "OpenAI", settings.openai),
        ("anthropic", "Anthropic", settings.anthropic),
    )
    for provider, label, section in places:
        spec = ModelSpec(provider)
        if os.environ.get(section.api_key_env, "").strip() and is_remote(spec, settings):
            where = f" at {shown(section.base_url)}" if section.base_url else ""
            found.append(Found(f"{provider}:", f"{label}{where} (key in {section.api_key_env})", "", True))
    return found


def _name(value: object) -> str:
    """A model's name as a server gave it; empty for one that could not be typed."""
    return value if isinstance(value, str) and value and value == one_line(value, 200) else ""
