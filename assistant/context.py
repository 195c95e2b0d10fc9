"""What fits: memories and history, cut to the model's window, with what was left out said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.errors import ModelError
from memory.types import Hit, Message

CountTokens = Callable[[str], int]

ANSWER_SHARE = 0.25
"""The part of the window that is kept free for the answer ..."""
MOST_FOR_ANSWER = 2_048
"""... and the most of it, in tokens."""
TOKENS_PER_MESSAGE = 6
"""What a chat format adds around each message."""


def estimate_tokens(text: str) -> int:
    """Tokens of a text for a model whose tokenizer is not at hand: about 4 ASCII characters each, 1.3 others.

    On the careful side: an estimate that is too low would overflow the window.
    """
    plain = sum(1 for c in text if c < "\x80")
    return round(plain / 3.6 + (len(text) - plain) / 1.3) + 1


@dataclass(frozen=True, kw_only=True)
class FittedContext:
    """The history that is sent, and how much of it is not."""

    history: tuple[Message, ...]
    left_out: int
    tokens: int


def choose_given(hits: Sequence[Hit], *, most: int, budget: int, count: CountTokens) -> tuple[Hit, ...]:
    """The best hits that fit into `budget` tokens, `most` of them at the most, in their order of rank."""
    chosen: list[Hit] = []
    used = 0
    for hit in hits:
        cost = count(hit.text) + (count(hit.replies_to) if hit.replies_to else 0) + 20
        if len(chosen) >= most:
            break
        if used + cost <= budget:
            chosen.append(hit)
            used += cost
    return tuple(chosen)


def fit_history(history: Sequence[Message], *, fixed_tokens: int, window: int, count: CountTokens) -> FittedContext:
    """The latest messages that fit beside `fixed_tokens` (instructions, memories, the question) in the window.

    Raises ModelError where not even those fit.
    """
    room = window - min(MOST_FOR_ANSWER, int(window * ANSWER_SHARE)) - fixed_tokens
    if room < 0:
        raise ModelError(
            f"The message is too long for the model: about {fixed_tokens:,} tokens with its context, "
            f"the window has {window:,}.",
            "Shorten it, or choose a model with a larger window (context_tokens).",
        )
    kept: list[Message] = []
    for message in reversed(history):
        room -= count(message.content) + TOKENS_PER_MESSAGE
        if room < 0:
            break
        kept.append(message)
    kept.reverse()
    tokens = fixed_tokens + sum(count(m.content) + TOKENS_PER_MESSAGE for m in kept)
    return FittedContext(history=tuple(kept), left_out=len(history) - len(kept), tokens=tokens)
