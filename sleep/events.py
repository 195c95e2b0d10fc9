"""What a night tells while it runs: frozen values, one a line with `--json`."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Began:
    """A night begins, or an interrupted one goes on."""

    run: str
    model: str
    messages: int
    resumed: bool = False
    dry: bool = False


@dataclass(frozen=True, kw_only=True)
class StageBegan:
    stage: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a stage is."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A change that a stage proposes."""

    stage: str
    kind: str
    target: str
    text: str
    before: str
    """The text as it is now; empty for what is new."""
    reason: str
    confidence: float
    safe: bool


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One sitting of the exam: the share of right answers of each class."""

    when: str
    classes: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Note:
    """One line for the user."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The night is over."""

    run: str
    status: str
    report: dict[str, Any] = field(default_factory=dict)


Event = Began | StageBegan | Progress | Planned | Examined | Note | Ended
