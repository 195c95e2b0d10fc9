"""The name of a model as people write it: `none`, or a provider and a name (`ollama:llama3.2`)."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.errors import SettingsError
from memory.text import one_line

Provider = Literal["none", "ollama", "openai", "anthropic", "local"]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)
FORMS = "none, ollama:NAME, openai:NAME, anthropic:NAME, or local:FOLDER_OR_HUB_ID"
MAX_NAME_CHARS = 1000

_TYPO_CUTOFF, _LONE_TYPO_CUTOFF = 70.0, 85.0
"""How alike (0 to 100) a word must be to a provider's name to be taken for a misspelling of it: before a colon, and
alone, where it may be a model's name (`llama3`)."""

_FAMILIES: tuple[tuple[str, Provider], ...] = (
    (r"gpt-oss", "ollama"),
    (r"gpt-|chatgpt|o\d\b", "openai"),
    (r"claude", "anthropic"),
    (r"[./~\\]|.+/.+", "local"),
)
"""Names that tell who serves them; any other name is most likely one of Ollama's."""


@dataclass(frozen=True)
class ModelSpec:
    """Who answers. `name` is empty for `none` alone."""

    provider: Provider
    name: str = ""

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}" if self.name else self.provider


def parse_model(text: str) -> ModelSpec:
    """Read `none` or `provider:name`; the provider in any case, the name kept exactly.

    Raises SettingsError, which names the nearest valid form.
    """
    text = text.strip()
    if text.lower() == "none":
        return ModelSpec("none")
    if len(text) > MAX_NAME_CHARS or not text.isprintable():
        raise SettingsError(f"{one_line(text, 40)!r} cannot be a model's name.", f"Write {FORMS}.")
    head, colon, name = (part.strip() for part in text.partition(":"))
    for provider in PROVIDERS:
        if colon and name and provider != "none" and head.lower() == provider:
            return ModelSpec(provider, name)
    raise SettingsError(_complaint(text, head, colon), f"Did you mean {_nearest(text)}? Write {FORMS}.")


def _complaint(text: str, head: str, colon: str) -> str:
    if not text:
        return "The model's name is empty."
    shown = one_line(text)
    if head.lower() in PROVIDERS and head.lower() != "none":
        return f"{shown!r} lacks the model's name." if head == text.rstrip(": ") else f"{shown!r} names no model."
    if colon:
        return f"{shown!r} names no model: there is no provider {one_line(head, 40)!r}."
    return f"{shown!r} names no model: the provider is missing."


def _nearest(text: str) -> str:
    """The valid form that `text` was most likely meant to be."""
    parts = [part for part in re.split(r"[:/\s]+", text, maxsplit=1) if part]
    if not parts:
        return "none"
    provider = _misspelt(parts[0], _TYPO_CUTOFF if len(parts) > 1 else _LONE_TYPO_CUTOFF)
    if provider == "none":
        return "none"
    if provider:
        return f"{provider}:{one_line(parts[1])}" if len(parts) > 1 else f"{provider}:NAME"
    for pattern, family in _FAMILIES:
        if re.match(pattern, text, re.IGNORECASE):
            return f"{family}:{one_line(text)}"
    return f"ollama:{one_line(text)}"


def _misspelt(word: str, cutoff: float) -> Provider | None:
    """The provider that `word` spells, exactly or nearly enough."""
    from rapidfuzz import fuzz

    def likeness(provider: Provider) -> float:
        return fuzz.ratio(word.lower(), provider)

    best = max(PROVIDERS, key=likeness)
    return best if likeness(best) >= cutoff else None
