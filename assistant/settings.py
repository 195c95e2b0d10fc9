"""Settings: one typed schema, read by settings_file from `settings.toml` and the environment (`REVERIE_MODEL` ...).

The docstring under each field is its documentation: `reverie config show`, the settings screen and docs/settings.md
are made from it. Secrets are never settings: a setting names the environment variable that holds the key.
"""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class OpenAISettings(Section):
    base_url: str = ""
    """Address of an OpenAI-compatible server, for example http://127.0.0.1:1234/v1 (LM Studio) or
    http://127.0.0.1:8000/v1 (vLLM). Empty: OpenAI itself."""
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
    keep_alive: str = Field(default="", pattern=r"^(-?\d{1,9}(ns|us|ms|s|m|h)?)?$")
    """How long Ollama keeps a model in memory after an answer: 30m, 2h; -1 for ever, 0 not at all. Empty: as Ollama
    has it, five minutes."""


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
    sensitive: Literal["ask", "keep", "never"] = "ask"
    """What a night does with statements about health, sexuality, religion, politics, money and identifiers: ask (they
    become memories where you tick them in a review), keep (like all else), or never. "Remember ..." always does."""


class EmbedderSettings(Section):
    name: str = "all-MiniLM-L6-v2"
    """The sentence-transformers model that turns text into vectors: the embedded default, a hub name, or a folder.
    After a change `reverie doctor --re-embed` makes new vectors."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where the embedder runs."""


class DatabaseSettings(Section):
    url: str = ""
    """A PostgreSQL database that holds the rows of this home instead of its file, so that several machines can share
    it: postgresql://user@host/name. A password belongs into ~/.pgpass. Empty: the file."""

    @field_validator("url")
    @classmethod
    def _is_known(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and parts.scheme != "postgresql":
            raise ValueError("it is postgresql://user@host/name")
        if parts.password:
            raise ValueError("it has a password in it, which belongs into ~/.pgpass or PGPASSWORD")
        return url


class IndexSettings(Section):
    backend: str = "auto"
    """auto (exact up to 20,000 passages, Chroma above), chroma (a folder beside the database), exact (no index; every
    vector is compared), or http://host:port of a Chroma server."""

    @field_validator("backend")
    @classmethod
    def _is_known(cls, backend: str) -> str:
        if backend not in ("auto", "chroma", "exact") and not backend.startswith(("http://", "https://")):
            raise ValueError("it is auto, chroma, exact, or http://host:port")
        return backend


class RetrievalSettings(Section):
    rewrite: Literal["off", "recall", "always"] = "off"
    """Whether the model puts a question into other words, or takes it apart, before it is searched for: off, in
    `reverie recall`, or always. It is one more call of the model for every question."""
    reranker: str = ""
    """A sentence-transformers cross-encoder that has a say in the order of the first hits: a folder or a hub name.
    Empty: none. It reads every one of twenty hits, which takes about a second on a laptop."""


class NapSettings(Section):
    enabled: bool = True
    """Whether notes are made of the beginning of a chat before it leaves the model's window."""
    at: float = Field(default=0.8, gt=0, le=1)
    """How full the window is by then, as a share of the room for the conversation."""
    passes: int = Field(default=2, ge=1, le=8)
    """The first writes the notes; each further one asks what they do not tell, and repairs them."""
    share: float = Field(default=0.2, gt=0, le=0.5)
    """How much of the room for the conversation the notes may fill."""
    writer: Literal["rules", "model"] = "rules"
    """Who writes the notes: rules, in the words that were said; or the model that chats, checked against these. Where
    it fails, or somebody waits for it, rules write them."""
    cartridge: bool = False
    """Whether a `local:` model that chats is given what left its window as keys and values, too, trained between turns
    in a process of its own: minutes of all of one processor for each nap, and the model once more in memory."""
    cartridge_passes: int = Field(default=2, ge=1, le=8)
    """How often a cartridge is trained on questions that the model asks itself."""


class NeighboursSettings(Section):
    sensitive: bool = False
    """Whether other programs (over MCP, or with LangChain) are given sensitive memories, too, and what they were said
    in. Muted ones they never are."""


class SleepSettings(Section):
    model: str = ""
    """The model that helps a night to read, provider:name; empty: the one that chats; none: rules alone."""
    at: str = Field(default="03:30", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    """When a scheduled night begins, on the machine's clock. `reverie sleep schedule install` takes a change over."""
    hours: float = Field(default=20, ge=0, le=10_000)
    """A scheduled night does not begin earlier than this many hours after the last one."""
    messages: int = Field(default=1, ge=0, le=1_000_000)
    """A scheduled night waits for this many new messages, unless a date that you told of has passed."""
    on_power: bool = True
    """A scheduled night waits for mains power, where the system tells."""


class WeightsSettings(Section):
    base: str = "pocket"
    """The small model that `reverie sleep --weights` teaches: pocket (it ships with Reverie), a folder, or a hub id."""
    consent: bool = False
    """Whether a night may train without asking; otherwise every question is shown first."""
    sensitive: bool = False
    """Whether sensitive memories may be learned, too."""
    facts: int = Field(default=40, ge=1, le=1000)
    """How many memories a night learns at the most."""
    gradient: bool = False
    """Whether of the dreams those with the largest gradients are learned; otherwise any."""
    rewarded: bool = False
    """Whether copies of the model try each dream out, and the dreamer is tuned on those that taught something."""
    preferences: bool = True
    """Whether what you preferred (an answer asked for again, "shorter, please") is learned, too."""
    least_pairs: int = Field(default=12, ge=8, le=10_000)
    """How many preferences there must be before they are learned."""
    compact_every: int = Field(default=8, ge=2, le=100)
    """From so many adapters on they are learned anew as one."""
    rank: int = Field(default=32, ge=1, le=256)
    """Rank of the adapter."""
    steps: int = Field(default=160, ge=1, le=100_000)
    """Training steps a night, for up to ten memories; more get more."""
    batch: int = Field(default=32, ge=2, le=1024)
    """Questions a step."""
    rate: float = Field(default=4e-3, gt=0, le=1)
    """Learning rate. 4e-3 suits pocket; for a model of billions of parameters 1e-4 to 5e-4."""
    min_recall: float = Field(default=0.8, ge=0, le=1)
    """The gate: the least share of the teacher's recall of the new memories."""
    max_forgetting: float = Field(default=0.1, ge=0, le=1)
    """The gate: how far the recall of an earlier night may fall."""
    max_false: float = Field(default=0.05, ge=0, le=1)
    """The gate: how many more questions about what was never told may be answered."""
    min_anchors: float = Field(default=0.9, ge=0, le=1)
    """The gate: the least share of general prompts that are answered as before."""
    max_perplexity: float = Field(default=1.15, ge=1, le=100)
    """The gate: the most that perplexity on other text may grow, as a factor."""


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
    mouse: bool = True
    """Take the mouse. Off, the terminal itself selects text; every act has a key."""
    keys: dict[str, str] = Field(default_factory=dict)
    """Other keys by binding id, for example {"chat.new" = "ctrl+t"}; docs/keys.md lists the ids. The file keys.toml
    beside the settings does the same, a line a key."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        env_prefix="REVERIE_",
        env_nested_delimiter="__",
    )

    model: str = "none"
    """Who answers: none, ollama:NAME, openai:NAME, anthropic:NAME, or local:PATH_OR_HUB_ID. none needs no network and
    answers from memory alone."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """Sampling temperature; unset leaves it to the model."""
    context_tokens: int | None = Field(default=None, ge=512, le=10_000_000)
    """The model's window in tokens; unset asks the model, or assumes 8192."""
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
    database: DatabaseSettings = DatabaseSettings()
    index: IndexSettings = IndexSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    nap: NapSettings = NapSettings()
    neighbours: NeighboursSettings = NeighboursSettings()
    sleep: SleepSettings = SleepSettings()
    weights: WeightsSettings = WeightsSettings()
    screen: ScreenSettings = ScreenSettings()
