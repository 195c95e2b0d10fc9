"""The values that cross package borders: frozen, typed, free of SQL.

Every row has a ULID; what people read and type is a short id: `c4` a conversation, `t120` a message (a turn),
`m41` a memory.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from memory.errors import InvalidInput

Role = Literal["user", "assistant", "system"]
MessageStatus = Literal["complete", "stopped", "failed"]
Actor = str
"""Who changed a memory: "you", "assistant", "import", "sleep:RUN", or another program: "mcp:NAME", "langgraph"."""

OwnerType = Literal["message", "memory"]

_SHORT_ID = re.compile(r"([ctm])(\d{1,12})", re.IGNORECASE)


class Kind(StrEnum):
    """What a memory says."""

    FACT = "fact"
    PREFERENCE = "preference"
    CONSTRAINT = "constraint"
    PLAN = "plan"
    EVENT = "event"
    RELATIONSHIP = "relationship"
    INSTRUCTION = "instruction"
    REJECTION = "rejection"
    INSIGHT = "insight"


class Trust(StrEnum):
    """Where a memory comes from; weaker sources never overrule stronger ones."""

    USER = "user"
    IMPORTED = "imported"
    INFERRED = "inferred"
    DREAM = "dream"


class Status(StrEnum):
    """Whether a memory counts. Only active ones are recalled."""

    ACTIVE = "active"
    SUPERSEDED = "superseded"
    RETIRED = "retired"
    QUARANTINED = "quarantined"


class Sensitivity(StrEnum):
    """How private a memory is."""

    NORMAL = "normal"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """One thread of messages; `head_message_id` is the leaf that is shown."""

    id: str
    number: int
    title: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    origin: str = "chat"
    external_id: str | None = None
    head_message_id: str | None = None
    draft: str = ""
    messages: int = 0

    @property
    def short_id(self) -> str:
        return f"c{self.number}"


@dataclass(frozen=True, kw_only=True)
class Message:
    """One turn of somebody in a conversation. Never rewritten once stored."""

    id: str
    number: int
    conversation_id: str
    parent_id: str | None
    role: Role
    author: str
    content: str
    status: MessageStatus
    said_at: datetime
    zone: str
    model: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    external_id: str | None = None

    @property
    def short_id(self) -> str:
        return f"t{self.number}"


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """What an importer or the engine hands to the store."""

    role: Role
    content: str
    said_at: datetime | None = None
    author: str = ""
    status: MessageStatus = "complete"
    zone: str = ""
    model: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """The evidence for a memory: a verbatim quote, `content[start:end]`, of a user's message."""

    message_id: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class NewMemory:
    """A memory before it has a number."""

    text: str
    kind: Kind = Kind.FACT
    subject: str = "user"
    slot: str | None = None
    value: str | None = None
    said_at: datetime | None = None
    zone: str = ""
    event_from: datetime | None = None
    event_to: datetime | None = None
    granularity: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    confidence: float = 1.0
    trust: Trust = Trust.USER
    sensitivity: Sensitivity = Sensitivity.NORMAL
    pinned: bool = False
    muted: bool = False
    tags: str = ""
    """Words of the user's own, with a space between them: memory.tags."""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Memory(NewMemory):
    """A memory as stored. `revision` is the number of its latest revision: the base of optimistic changes."""

    id: str
    number: int
    status: Status = Status.ACTIVE
    superseded_by: str | None = None
    created_at: datetime
    updated_at: datetime
    revision: int = 0

    @property
    def short_id(self) -> str:
        return f"m{self.number}"


ChangeKind = Literal["change", "undo", "redo"]


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One memory before and after one change; None = it did not exist."""

    number: int
    memory_id: str
    memory_number: int
    before: Memory | None
    after: Memory | None
    actor: Actor
    reason: str
    run_id: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """What one act changed, in one transaction: the unit of undo."""

    number: int
    kind: ChangeKind
    actor: Actor
    reason: str
    run_id: str | None
    at: datetime
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a purge removed: counts and hashes, never the content."""

    what: str
    """What was purged, as a person calls it: `m41`, `everything about Stan`."""
    fingerprints: tuple[str, ...]
    """The hashes of every wording, which keep it from coming back."""
    removed: dict[str, int]
    also_said_in: tuple[str, ...] = ()
    """Short ids of messages and memories that are left and say the same, in these or other words."""
    left_in: tuple[str, ...] = ()
    """Files that may still hold it: backups, and what the user exported."""


@dataclass(frozen=True, kw_only=True)
class ChannelScore:
    """How one retrieval channel saw a hit: its rank there (1 = best) and that channel's own score."""

    channel: str
    rank: int
    score: float


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Something that was found, with the reasons. `score` is in 0..1, comparable within one answer."""

    type: OwnerType
    id: str
    """Short id: `m3` or `t120`."""
    text: str
    said_at: datetime
    score: float
    channels: tuple[ChannelScore, ...]
    reasons: tuple[str, ...]
    memory: Memory | None = None
    message: Message | None = None
    conversation: str = ""
    """Short id of the message's conversation, or of the conversation that the memory's first source is in."""
    conversation_title: str = ""
    external_id: str | None = None
    sources: tuple[str, ...] = ()
    """External ids (short ids where a message has none) of the messages that a memory cites."""
    span: tuple[int, int] | None = None
    """The passage of `text` that matched best."""
    replies_to: str = ""
    """The question that a short message answers."""
    overtaken: bool = False
    """Whether all that the message states has been overtaken by what was said later, or taken back."""


RecallState = Literal["cited", "given", "found"]


@dataclass(frozen=True, kw_only=True)
class RecallRecord:
    """What became of one hit in one answer: cited by it, given to the model, or only found."""

    rank: int
    state: RecallState
    hit_id: str
    score: float
    channels: tuple[ChannelScore, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelCall:
    """One row of the ledger: a call of a language model, and what left the machine with it."""

    at: datetime
    purpose: str
    model: str
    remote: bool
    prompt_tokens: int | None
    completion_tokens: int | None
    milliseconds: int
    status: Literal["ok", "stopped", "failed"]
    sent: tuple[str, ...] = ()
    """Short ids of the memories and messages in the prompt, beside the conversation itself."""
    conversation: str = ""
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """A message that a full-text search found: `text` is its surroundings, `marks` the matches within it."""

    message: Message
    conversation: Conversation
    text: str
    marks: tuple[tuple[int, int], ...] = field(default=())


def parse_short_id(text: str, expected: str = "ctm") -> tuple[str, int]:
    """`m41`, `[m41]` or, where one letter is expected, `41` as (letter, number). Raises InvalidInput."""
    bare = text.strip().strip("[]")
    if len(expected) == 1 and bare.isdecimal() and bare.isascii() and len(bare) <= 12:
        return expected, int(bare)
    match = _SHORT_ID.fullmatch(bare)
    if match is None or match[1].lower() not in expected:
        names = {"c": "a conversation (c4)", "t": "a message (t120)", "m": "a memory (m41)"}
        wanted = " or ".join(names[letter] for letter in expected)
        hint = "`reverie` lists them under ctrl+r." if expected == "c" else "`reverie memory list` shows the numbers."
        raise InvalidInput(f"{text!r} does not name {wanted}.", hint)
    return match[1].lower(), int(match[2])
