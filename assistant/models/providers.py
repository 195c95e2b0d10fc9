"""Builds the LangChain chat model that a name and the settings ask for. Nothing is sent until it is called."""

import importlib.util
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import MissingExtra, ModelError
from assistant.models.address import OPENAI_URL, base_url, is_loopback, is_remote, shown, split
from assistant.models.privacy import keep_from_proxies, switch_off_telemetry
from assistant.models.served import ollama_window, openai_window
from assistant.models.spec import ModelSpec, Provider
from assistant.models.window import DEFAULT_WINDOW, window_tokens
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CONNECT_SECONDS = 10.0
RETRIES = 1
"""The user waits and can ask again: one retry rides out a hiccup, more would hide an outage."""

_PACKAGES: dict[Provider, str] = {
    "ollama": "langchain_ollama",
    "openai": "langchain_openai",
    "anthropic": "langchain_anthropic",
}
_NO_KEY = "none-needed"
_ONE_CONNECTION_EACH = {"Connection": "close"}
"""No idle connection outlives its request: kept ones belong to an event loop that may be gone by the next request."""


AdaptersOf = Callable[[str], tuple[Path, ...]]
"""The adapters in force for a base model, the lowest first."""


def build_chat_model(spec: ModelSpec, settings: Settings, adapters: AdaptersOf = lambda base: ()) -> "BaseChatModel":
    """The model, ready to be called; it takes about a second, for the provider's package is imported.

    Raises MissingExtra where that package is not installed, and ModelError where a key is missing, an address is
    none, or the model is `none`, which is no language model.
    """
    switch_off_telemetry()
    if spec.provider == "none":
        raise ModelError("No language model is chosen.", "Choose one with `reverie config set model PROVIDER:NAME`.")
    if spec.provider == "local":
        from assistant.models.local import LocalChatModel

        return LocalChatModel(
            source=spec.name,
            device=settings.local.device,
            max_new_tokens=settings.local.max_new_tokens,
            temperature=settings.temperature,
            adapters=partial(adapters, spec.name),
        )
    _need_package(spec.provider)
    url = _checked_url(spec, settings)
    keep_from_proxies(url)
    options: dict[str, Any] = {"base_url": url}
    if settings.temperature is not None:
        options["temperature"] = settings.temperature
    if spec.provider == "ollama":
        return _ollama(spec, settings, options)
    options["api_key"] = _key(spec, settings, url)
    if spec.provider == "openai":
        return _openai(spec, settings, options)
    return _anthropic(spec, settings, options)


def _ollama(spec: ModelSpec, settings: Settings, options: dict[str, Any]) -> "BaseChatModel":
    import httpx

    # Ollama cuts a prompt longer than its own small default without a word: it is told the window we fill.
    window = settings.context_tokens
    if window is None and is_loopback(options["base_url"]):
        window = ollama_window(options["base_url"], spec.name, DEFAULT_WINDOW)
    options["num_ctx"] = window or window_tokens(spec, settings, None)
    if settings.ollama.keep_alive:
        options["keep_alive"] = _seconds_or_text(settings.ollama.keep_alive)
    timeout = httpx.Timeout(settings.timeout_seconds, connect=CONNECT_SECONDS)
    options["client_kwargs"] = {"timeout": timeout, "headers": _ONE_CONNECTION_EACH}
    return _init(spec, options)


def _seconds_or_text(given: str) -> int | str:
    """Ollama takes a bare number only as a number."""
    return int(given) if given.lstrip("-").isdecimal() else given


def _openai(spec: ModelSpec, settings: Settings, options: dict[str, Any]) -> "BaseChatModel":
    from langchain_openai import ChatOpenAI
    from openai import Timeout

    options |= {
        "default_headers": _ONE_CONNECTION_EACH,
        "timeout": Timeout(settings.timeout_seconds, connect=CONNECT_SECONDS),
        "max_retries": RETRIES,
        "stream_usage": True,
    }
    if "stream_chunk_timeout" in ChatOpenAI.model_fields:
        options["stream_chunk_timeout"] = settings.timeout_seconds
    if is_loopback(options["base_url"]):
        options["openai_proxy"] = ""
    if options["base_url"].rstrip("/") == OPENAI_URL:
        return _init(spec, options)
    if settings.context_tokens is None and is_loopback(options["base_url"]):
        window = openai_window(options["base_url"], spec.name, options["api_key"])
        options |= {"profile": {"max_input_tokens": window}} if window else {}
    from assistant.models.openai_compatible import OpenAICompatible

    return OpenAICompatible(model=spec.name, use_responses_api=False, **options)


def _anthropic(spec: ModelSpec, settings: Settings, options: dict[str, Any]) -> "BaseChatModel":
    options |= {
        "default_headers": _ONE_CONNECTION_EACH,
        "timeout": settings.timeout_seconds,
        "max_retries": RETRIES,
    }
    if is_loopback(options["base_url"]):
        options["anthropic_proxy"] = None
    return _init(spec, options)


def _init(spec: ModelSpec, options: dict[str, Any]) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    model: BaseChatModel = init_chat_model(spec.name, model_provider=spec.provider, **options)
    return model


def _need_package(provider: Provider) -> None:
    package = _PACKAGES[provider]
    if importlib.util.find_spec(package) is None:
        raise MissingExtra(
            f"{provider} models need the package {package.replace('_', '-')}.",
            f"Install it: pip install 'reverie[{provider}]'",
        )


def _checked_url(spec: ModelSpec, settings: Settings) -> str:
    url = base_url(spec, settings)
    parts = split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError(
            f"The setting {spec.provider}.base_url is no address.", "Write it like http://127.0.0.1:8000/v1."
        )
    return url


def _key(spec: ModelSpec, settings: Settings, url: str) -> str:
    """The key, from the environment variable that the settings name; a server on this machine may need none."""
    section = settings.openai if spec.provider == "openai" else settings.anthropic
    key = os.environ.get(section.api_key_env, "").strip()
    if key:
        return key
    if is_remote(spec, settings):
        raise ModelError(
            f"{shown(url)} needs a key, and the environment variable {section.api_key_env} is not set.",
            f"Set it before you start the program: export {section.api_key_env}=...",
        )
    return _NO_KEY
