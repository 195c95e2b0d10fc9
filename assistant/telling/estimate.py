"""About what a night takes, before it begins."""

import math
from dataclasses import dataclass

from memory.news import News

START_SECONDS = 10.0
"""About what a night takes before its first message: loading the embedder, the exam."""
SECONDS_A_CALL = 8.0
"""About what a call of a small local model takes."""
MESSAGES_A_CALL, OTHER_CALLS, TOKENS_A_CALL = 24, 6, 900
SECONDS_A_MESSAGE = 0.04
"""About what a message takes while no earlier night has measured it."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """About what a night takes."""

    messages: int
    calls: int
    tokens: int
    minutes: float


def estimate(found: News, *, with_model: bool) -> Estimate:
    """About what a night with or without a model takes."""
    messages = found.messages + found.waiting
    calls, tokens = _model_work(found) if with_model and found.any else (0, 0)
    seconds = START_SECONDS + messages * (found.pace or SECONDS_A_MESSAGE) if found.any else 0.0
    minutes = round((seconds + (0 if found.pace else calls * SECONDS_A_CALL)) / 60, 1)
    return Estimate(messages=messages, calls=calls, tokens=tokens, minutes=minutes)


def _model_work(found: News) -> tuple[int, int]:
    """About how many calls and tokens a night with a model takes."""
    calls = math.ceil(max((found.messages + found.waiting) / MESSAGES_A_CALL, found.chars / 6_000)) + OTHER_CALLS
    return calls, round(found.chars / 300 + calls * TOKENS_A_CALL / 100) * 100
