"""The values of sleep that are stored: nights, summaries, the profile page, dreams, exam items."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from memory.types import Memory

RunStatus = Literal["running", "applied", "nothing", "refused", "failed", "stopped", "undone"]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One night. Messages with a number above `after_message` and up to `until_message` were new to it."""

    id: str
    number: int
    status: RunStatus
    stage: str
    """The last stage that was done."""
    model: str
    after_message: int
    until_message: int
    started_at: datetime
    ended_at: datetime | None = None
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def short_id(self) -> str:
        return f"n{self.number}"


class Level(StrEnum):
    """What a summary is of."""

    CONVERSATION = "conversation"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What was talked about in one period, each with the ids of what it was made from."""

    id: str
    level: Level
    period: str
    """A conversation's id, or 2026-05-03, 2026-W18, 2026-05."""
    text: str
    sources: tuple[str, ...]
    """Short ids: messages under a conversation's summary, summaries' periods above it."""
    at: datetime


class Section(StrEnum):
    """A part of the page about the user, in their order."""

    SELF = "who you are"
    PEOPLE = "people"
    WORK = "work and projects"
    PREFERENCES = "preferences"
    PLANS = "plans"
    MANNERS = "how to talk to you"


@dataclass(frozen=True, kw_only=True)
class ProfileLine:
    """One line of the page about the user, with the memories that it rests on, dated by when it was said."""

    id: str
    section: Section
    position: int
    text: str
    """Empty: the user took the line away, and it does not come back."""
    memories: tuple[str, ...]
    owner: Literal["sleep", "you"]
    instruction: str = ""
    """When to bring it up; empty: whenever it bears on the question."""
    at: datetime
    number: int = 0

    @property
    def short_id(self) -> str:
        return f"p{self.number}"


@dataclass(frozen=True, kw_only=True)
class Dream:
    """A hypothesis that joins memories and ends in a question. Never evidence, unless the user keeps it."""

    id: str
    motive: str
    """What it is about, as a key: a motive that was dismissed is never dreamt again."""
    text: str
    question: str
    memories: tuple[str, ...]
    status: Literal["new", "kept", "dismissed"]
    kept_as: str | None = None
    at: datetime
    number: int = 0

    @property
    def short_id(self) -> str:
        return f"d{self.number}"


class ItemKind(StrEnum):
    """What an exam question is after."""

    FACT = "fact"
    LATEST = "latest"
    DATE = "date"
    NEVER = "never-said"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class ExamItem:
    """A question drawn from the user's own words."""

    id: str
    kind: ItemKind
    question: str
    subject: str = "user"
    slot: str | None = None
    value: str | None = None
    older: tuple[str, ...] = ()
    """Values that are no longer so."""
    memory: str | None = None
    """The memory that must not have changed."""
    evidence: tuple[str, ...] = ()
    """Ids of the messages that say it."""


class ChangeKind(StrEnum):
    """What a change does, as the report names it."""

    ADD = "add"
    MERGE = "merge"
    SUPERSEDE = "supersede"
    CLOSE = "close"
    TENSE = "tense"
    EXPIRE = "expire"
    SUMMARIZE = "summarize"
    PROFILE = "profile"
    DREAM = "dream"
    ASK = "ask"
    """Nothing is changed: a doubtful conflict, put to the user."""


Payload = Memory | Summary | ProfileLine | Dream
Target = Literal["memory", "summary", "line", "dream"]
Decision = Literal["planned", "applied", "declined", "dropped", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that a night would change: `before` None = new, `after` None = taken away."""

    stage: str
    kind: ChangeKind
    before: Payload | None
    after: Payload | None
    reason: str
    confidence: float = 1.0
    safe: bool = True
    """Whether a review starts with it ticked."""
    decision: Decision = "planned"
    note: str = ""

    @property
    def payload(self) -> Payload:
        """What is changed, as it will be, or as it was where it goes away."""
        payload = self.after if self.after is not None else self.before
        assert payload is not None
        return payload

    @property
    def target(self) -> Target:
        payload = self.payload
        for kind, name in _TARGETS.items():
            if isinstance(payload, kind):
                return name
        raise TypeError(type(payload).__name__)

    @property
    def key(self) -> tuple[Target, str]:
        return self.target, self.payload.id


_TARGETS: dict[type, Target] = {Memory: "memory", Summary: "summary", ProfileLine: "line", Dream: "dream"}
