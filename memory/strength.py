"""How present a memory is: it fades with the time since the user last said it, by what kind of thing it is.

Only its rank follows, and only a little; nothing is hidden or deleted. What the program recalls by itself does not
count as use: memories would otherwise keep each other alive. Exponential forgetting (Ebbinghaus 1885) as in
MemoryBank (Zhong et al. 2024), with a half-life for each kind in place of a count of recalls.
"""

from collections.abc import Iterable
from datetime import datetime

from memory.types import Kind, Memory

DAYS = {
    Kind.PLAN: 90,
    Kind.EVENT: 240,
    Kind.INSIGHT: 365,
    Kind.FACT: 900,
    Kind.PREFERENCE: 900,
    Kind.REJECTION: 900,
    Kind.RELATIONSHIP: 1800,
}
"""Half-lives. What is not here (constraints, instructions) does not fade."""
LEAST_FACTOR = 0.985
"""What a score is multiplied by at the least: less than a rank in both channels, so that it decides between equals."""


def strength(memory: Memory, last_said: Iterable[datetime], now: datetime) -> float:
    """1 for what was just said, half of that after each half-life; always 1 for what is pinned or does not fade.

    `last_said` are the times of the messages that say it.
    """
    days = DAYS.get(memory.kind)
    if memory.pinned or days is None:
        return 1.0
    said = max(last_said, default=memory.said_at or memory.created_at)
    if memory.kind is Kind.PLAN and memory.event_to is not None:
        said = max(said, memory.event_to)  # a plan is as present as ever until its day has passed
    age = max(0.0, (now - said).total_seconds() / 86_400)
    return float(2 ** (-age / days))


def factor(strength: float) -> float:
    """What the score of a memory of this strength is multiplied by."""
    return LEAST_FACTOR + (1.0 - LEAST_FACTOR) * strength
