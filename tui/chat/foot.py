"""What stands below an answer, and long texts cut for the screen."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.chat.messages import Answer

FOLD_CHARS = 20_000
"""What is shown of one message; all of it can be copied."""
FOLD_LINES = 400


def fold(text: str) -> str:
    """`text`, cut where it is too long to be shown at once, with the rest counted."""
    cut = text[:FOLD_CHARS]
    lines = cut.split("\n")
    if len(lines) > FOLD_LINES:
        cut = "\n".join(lines[:FOLD_LINES])
    if len(cut) == len(text):
        return text
    return f"{cut}\n\n… and {len(text) - len(cut):,} more characters (y copies all of it)"


def took(seconds: float) -> str:
    """`1.2 s`; nothing for what took no time worth a word."""
    return f"{seconds:.1f} s" if seconds >= 0.1 else ""


def tokens_and_time(entry: "Answer") -> list[str]:
    """`1.2 s` and `412→96 tok`, as far as they are known; `~` where they were estimated."""
    usage, message = entry.usage, entry.message
    if usage is not None:
        about = "~" if usage.estimated else ""
        if not usage.prompt_tokens and not usage.completion_tokens:
            return [took(usage.seconds)] if took(usage.seconds) else []  # no model was asked
        return [f"{usage.seconds:.1f} s", f"{about}{usage.prompt_tokens:,}→{usage.completion_tokens:,} tok"]
    if (
        message
        and message.prompt_tokens is not None
        and message.completion_tokens is not None
        and message.model != "none"
    ):
        return [f"{message.prompt_tokens:,}→{message.completion_tokens:,} tok"]
    return []
