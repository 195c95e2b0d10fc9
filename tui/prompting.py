"""What would be sent, in words: the same on the screen and line by line."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from assistant.prospect import Prospect
from memory.text import one_line
from memory.types import Message

NO_MODEL = "No language model answers, so nothing is sent: /model chooses one."


def tokens_lines(prospect: Prospect | None, messages: Sequence[Message]) -> list[str]:
    """How full the window is, and what this chat has cost so far."""
    asked = [m for m in messages if m.prompt_tokens is not None and m.completion_tokens is not None]
    read, written = sum(m.prompt_tokens or 0 for m in asked), sum(m.completion_tokens or 0 for m in asked)
    answers = f"{len(asked):,} answer" + ("s" if len(asked) != 1 else "")
    spent = f"This chat so far: {read:,} tokens read, {written:,} written, in {answers}." if read or written else ""
    if prospect is None:
        return [line for line in (NO_MODEL, spent) if line]
    left_out = f" {prospect.left_out:,} earlier ones do not fit." if prospect.left_out else ""
    memories = f" ({prospect.memory_tokens:,} for {len(prospect.memories)} memories)" if prospect.memories else ""
    cartridge = f"Cartridges {prospect.cartridge_tokens:,}, system text" if prospect.cartridge_tokens else "System text"
    lines = [
        f"The next prompt: about {prospect.tokens:,} of {prospect.window:,} tokens "
        f"({prospect.tokens / prospect.window:.0%}), to {_whom(prospect)}.",
        f"{cartridge} {prospect.system_tokens:,}{memories}, "
        f"{len(prospect.history):,} messages {prospect.history_tokens:,}, "
        f"what you say {prospect.question_tokens:,}.{left_out}",
        spent,
    ]
    return [line for line in lines if line]


def context_text(prospect: Prospect) -> str:
    """The prompt as it would be sent, part by part."""
    parts = [f"--- system, about {prospect.system_tokens:,} tokens", prospect.system.rstrip()]
    if prospect.cartridge_tokens:
        parts.insert(0, f"--- cartridges of what was said before, {prospect.cartridge_tokens:,} tokens, no text")
    if prospect.left_out:
        parts.append(f"--- {prospect.left_out:,} earlier messages do not fit, and are not sent")
    for message in prospect.history:
        parts += [f"--- {'you' if message.role == 'user' else 'assistant'}, {message.short_id}", message.content]
    question = prospect.question or "(what you say next; /context and a question shows the memories for it)"
    return "\n".join([*parts, "--- you, next", question])


def context_remarks(prospect: Prospect) -> tuple[str, ...]:
    """What is worth knowing beside it."""
    return (_whom(prospect), f"about {prospect.tokens:,} of {prospect.window:,} tokens")


def _whom(prospect: Prospect) -> str:
    return f"{one_line(prospect.model, 60)}{' (leaves this machine)' if prospect.remote else ''}"


def transcript(messages: Sequence[Message], zone: str) -> str:
    """A whole chat as plain text: who, when, and the words as they are stored."""
    parts = []
    for message in messages:
        who = "You" if message.role == "user" else "Reverie"
        stopped = "" if message.status == "complete" else f", {message.status}"
        when: datetime = message.said_at.astimezone(ZoneInfo(zone))
        parts.append(f"{who}, {when:%Y-%m-%d %H:%M}, {message.short_id}{stopped}\n{message.content.rstrip()}\n")
    return "\n".join(parts)
