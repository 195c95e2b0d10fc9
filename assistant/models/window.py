"""How many tokens a model reads and writes together."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.models.spec import ModelSpec
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

DEFAULT_WINDOW = 8192
MOST = 10_000_000
"""Whatever is claimed: as much as the setting may say."""


def window_tokens(spec: ModelSpec, settings: Settings, model: "BaseChatModel | None") -> int:
    """The window of `spec`, cheaply: from the setting, else what LangChain or the server told of the model when it was
    built, else what a local model's own configuration says, else 8192. `model` is None while it is not built yet."""
    if settings.context_tokens is not None:
        return settings.context_tokens
    profile = getattr(model, "profile", None) or {}
    known = profile.get("max_input_tokens") if isinstance(profile, dict) else None
    if not isinstance(known, int):
        known = getattr(model, "num_ctx", None)  # Ollama's
    if not isinstance(known, int) and spec.provider == "local":
        known = _window_on_disk(spec.name)
    return min(known, MOST) if isinstance(known, int) and known > 0 else DEFAULT_WINDOW


def _window_on_disk(source: str) -> int | None:
    """`max_position_embeddings` from the config.json of the shipped model, of a folder, or of a hub model that was
    downloaded before."""
    from sleep.weights.lm import source_of

    file = Path(source_of(source)) / "config.json"
    try:
        if not file.is_file():
            file = Path(_cached_config(source))
        config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return window_in(config) if isinstance(config, dict) else None


def window_in(config: dict[str, object]) -> int | None:
    """The window that a transformers configuration states; multimodal models keep it one level down."""
    inner = config.get("text_config")
    for part in (config, inner if isinstance(inner, dict) else {}):
        for key in ("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length"):
            value = part.get(key)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return None


def _cached_config(source: str) -> str:
    """Where the hub's cache keeps a model's config.json; empty where it does not. Nothing is downloaded."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(source, "config.json")
    except HFValidationError:
        return ""
    return found if isinstance(found, str) else ""
