"""The status line: who answers, what is remembered, what the turn cost. What is not known is a dash, never a nought."""

import time
from dataclasses import dataclass, replace

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from assistant.events import Usage
from memory.text import one_line
from tui.screens.marks import wants_ascii

UNKNOWN = "—"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the line shows."""

    model: str = "none"
    memory: str = "loading…"
    """"on", "off", "loading…", or what is wrong."""
    memories: int | None = None
    usage: Usage | None = None
    activity: str = ""
    """"answering 3 s", while something goes on."""
    temporary: bool = False


class StatusLine(Static):
    """One line at the foot of the chat."""

    figures: reactive[Figures] = reactive(Figures())

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)

    def set(self, **changes: object) -> None:
        """Change some of the figures."""
        self.figures = replace(self.figures, **changes)  # type: ignore[arg-type]

    def answering(self, since: float | None) -> None:
        """How long an answer has been written `since` a moment of the monotonic clock; None: none is."""
        activity = f"answering {time.monotonic() - since:.0f} s" if since is not None else ""
        if self.figures.activity != activity:
            self.set(activity=activity)

    def render(self) -> Content:
        return status_content(self.figures, self.size.width, ascii_only=wants_ascii(self))


def status_content(figures: Figures, width: int, *, ascii_only: bool = False) -> Content:
    """The line for a width: short labels below 60 columns, and fewer parts where not all of them fit."""
    narrow = width < 60
    dot = " - " if ascii_only else " · "
    parts = _parts(figures, narrow=narrow, ascii_only=ascii_only)
    help_part = Content.styled("F1" if narrow else "F1 help", "$foreground-muted")
    while len(parts) > 1 and sum(len(p) + len(dot) for p in parts) + len(help_part) > width:
        parts.pop()
    line = Content(dot).join(parts)
    gap = max(1, width - line.cell_length - help_part.cell_length)
    return line + Content(" " * gap) + help_part


def _parts(figures: Figures, *, narrow: bool, ascii_only: bool) -> list[Content]:
    """The parts of the line, the most important first."""
    usage = figures.usage
    unknown = "-" if ascii_only else UNKNOWN
    up, down = ("in ", "out ") if ascii_only else ("↑", "↓")
    about = "~" if usage and usage.estimated else ""
    model = "no model" if figures.model == "none" else one_line(figures.model, 16 if narrow else 32)
    count = "" if figures.memories is None else f" ({figures.memories:,})"
    parts = []
    if figures.temporary:
        parts.append(Content.styled("temp" if narrow else "temporary", "bold $text-warning"))
    parts.append(Content.styled(model, "$text-primary"))
    if figures.activity:
        parts.append(Content.styled(figures.activity, "$text-accent"))
    memory = f"mem {figures.memory}" if narrow else f"memory {figures.memory}"
    parts.append(Content(memory + (count if figures.memory == "on" else "")))
    if usage is None:
        parts.append(Content(unknown if narrow else f"context {unknown}"))
        return parts
    seconds = f"{usage.seconds:.1f} s"
    if not usage.prompt_tokens and not usage.completion_tokens:  # no model was asked
        return [*parts, Content(seconds)] if usage.seconds >= 0.1 else parts
    window = short_count(usage.context_tokens) if usage.context_tokens else unknown
    context = f"{short_count(usage.prompt_tokens)}/{window}"
    tokens = f"{about}{up}{short_count(usage.prompt_tokens)} {down}{short_count(usage.completion_tokens)}"
    if not narrow:
        context = f"context {context}"
    return [*parts, Content(context), Content(tokens), Content(seconds)]


def short_count(number: int) -> str:
    """`412`, `12.3k`, `128k`, `1.2M`."""
    if number < 1_000:
        return str(number)
    value, unit = (number / 1_000, "k") if number < 1_000_000 else (number / 1_000_000, "M")
    return f"{value:.0f}{unit}" if value >= 100 or value == int(value) else f"{value:.1f}{unit}"
