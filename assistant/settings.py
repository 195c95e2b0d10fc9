"""Settings: one typed schema, read from `settings.toml` and the environment (`REVERIE_MODEL`, `REVERIE_OPENAI__BASE_URL`).

The docstring under each field is its documentation: `reverie config show`, the settings screen and docs/settings.md
are made from it. Secrets are never settings: a setting names the environment variable that holds the key.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class OpenAISettings(Section):
    base_url: str = ""
    """Address of an OpenAI-compatible server, for example http://127.0.0.1:1234/v1 (LM Studio) or http://127.0.0.1:8000/v1 (vLLM). Empty: OpenAI itself."""
    api_key_env: str = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key. Servers on this machine mostly need none."""


class AnthropicSettings(Section):
    base_url: str = ""
    """Address of a server that speaks Anthropic's protocol. Empty: Anthropic itself."""
    api_key_env: str = "ANTHROPIC_API_KEY"
    """Name of the environment variable that holds the key."""


class OllamaSettings(Section):
    base_url: str = "http://127.0.0.1:11434"
    """Address of the Ollama server."""


class LocalSettings(Section):
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where a `local:` model runs; auto takes the best there is and says why."""
    max_new_tokens: int = Field(default=1024, ge=1, le=32768)
    """The longest answer of a `local:` model, in tokens."""


class MemorySettings(Section):
    enabled: bool = True
    """Whether answers use what you said in earlier conversations. Messages are stored either way."""
    give: int = Field(default=8, ge=0, le=50)
    """How many memories and messages an answer is given at the most."""
    budget_tokens: int = Field(default=1200, ge=0, le=100_000)
    """How much of the model's window they may fill, in tokens."""


class EmbedderSettings(Section):
    name: str = "all-MiniLM-L6-v2"
    """The sentence-transformers model that turns text into vectors: the embedded default, a hub name, or a folder. After a change `reverie doctor --re-embed` (or the chat, which asks) makes new vectors."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where the embedder runs."""


class IndexSettings(Section):
    backend: str = "chroma"
    """chroma (a folder beside the database), exact (no index; every vector is compared), or http://host:port of a Chroma server."""


class ScreenSettings(Section):
    theme: str = "textual-dark"
    """Colour theme; ansi-dark and ansi-light use the terminal's own colours."""
    sidebar: bool = True
    """Show the sidebar where the terminal has 100 columns or more."""
    timestamps: bool = False
    """Show the time of each message."""
    animations: bool = True
    """Smooth scrolling and blinking. TEXTUAL_ANIMATIONS=none switches it off, too."""
    ascii: bool = False
    """Only ASCII in the program's own marks."""
    keys: dict[str, str] = Field(default_factory=dict)
    """Other keys by binding id, for example {"chat.new" = "ctrl+t"}; `reverie config keys` lists the ids."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        env_prefix="REVERIE_",
        env_nested_delimiter="__",
    )

    model: str = "none"
    """Who answers: none, ollama:NAME, openai:NAME, anthropic:NAME, or local:PATH_OR_HUB_ID. none needs no network and answers from memory alone."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """Sampling temperature; empty leaves it to the model."""
    context_tokens: int | None = Field(default=None, ge=512, le=10_000_000)
    """The model's window in tokens; empty asks the model, or assumes 8192."""
    instructions: str = ""
    """What you want every answer to heed, in your own words."""
    timeout_seconds: float = Field(default=120, gt=0, le=3600)
    """How long a model may stay silent before the turn is given up."""

    openai: OpenAISettings = OpenAISettings()
    anthropic: AnthropicSettings = AnthropicSettings()
    ollama: OllamaSettings = OllamaSettings()
    local: LocalSettings = LocalSettings()
    memory: MemorySettings = MemorySettings()
    embedder: EmbedderSettings = EmbedderSettings()
    index: IndexSettings = IndexSettings()
    screen: ScreenSettings = ScreenSettings()
