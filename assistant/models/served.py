"""The window that a model server on this machine gives a model, in tokens, by asking the server.

Ollama: `/api/show`, whose `parameters` may set num_ctx and whose `model_info` has the model's own length. vLLM:
`max_model_len` in `/v1/models`. llama.cpp: `meta.n_ctx` there, or `/props`. LM Studio: `/api/v0/models/NAME`.
"""

import re
import time
from typing import Any
from urllib.parse import quote

from assistant.models.asking import ask_json, entries

SECONDS = 2.0
_NUM_CTX = re.compile(r"^\s*num_ctx\s+(\d{1,9})\s*$", re.MULTILINE)


def ollama_window(url: str, name: str, most: int) -> int | None:
    """What the model's own settings say, else its length but no more than `most`, since a window takes memory; None
    where Ollama does not answer."""
    shown = ask_json(f"{url.rstrip('/')}/api/show", time.monotonic() + SECONDS, body={"model": name})
    if not isinstance(shown, dict):
        return None
    parameters = shown.get("parameters")
    chosen = _NUM_CTX.search(parameters) if isinstance(parameters, str) else None
    if chosen is not None and int(chosen[1]):
        return int(chosen[1])
    info = shown.get("model_info")
    lengths = [v for k, v in info.items() if str(k).endswith(".context_length")] if isinstance(info, dict) else []
    length = next(filter(None, map(_positive, lengths)), None)
    return min(length, most) if length else None


def openai_window(url: str, name: str, key: str) -> int | None:
    """What an OpenAI-compatible server has set aside for the model; None where it does not say."""
    deadline, url = time.monotonic() + SECONDS, url.rstrip("/")
    listed = entries(ask_json(f"{url}/models", deadline, key=key), "data")
    named = {str(entry.get("id")): entry for entry in listed}
    entry = named.get(name)
    if entry is None:
        return None
    base, meta = named.get(str(entry.get("parent")), entry), entry.get("meta")  # an adapter has its base's window
    said = _positive(base.get("max_model_len")) or (_positive(meta.get("n_ctx")) if isinstance(meta, dict) else None)
    return said or _from_own_pages(url.removesuffix("/v1"), entry, deadline, key)


def _from_own_pages(root: str, entry: dict[str, Any], deadline: float, key: str) -> int | None:
    """What servers say at addresses of their own."""
    if entry.get("owned_by") == "llamacpp":
        props = ask_json(f"{root}/props", deadline, key=key)
        defaults = props.get("default_generation_settings") if isinstance(props, dict) else None
        return _positive(defaults.get("n_ctx")) if isinstance(defaults, dict) else None
    if entry.get("owned_by") == LM_STUDIO:
        model = ask_json(f"{root}/api/v0/models/{quote(str(entry['id']), safe='/')}", deadline, key=key)
        return _positive(model.get("loaded_context_length")) if isinstance(model, dict) else None
    return None


LM_STUDIO = "organization_owner"
"""Whom LM Studio names as the owner of every model."""


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
