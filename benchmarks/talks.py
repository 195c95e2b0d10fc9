"""Scripted conversations with the assistant without a model, and how well it answers in them.

A script is a text file: `== 2026-02-01` sets the day, `> I live in Ghent. #ghent` is said and gets a label,
`? Where is my home? #ghent` is a question that this statement answers (the first citation must be of one of the
labels), `! What is my shoe size?` is one that nothing answers. Labels are there for the judge alone.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from assistant.events import Accepted, Event, Finished, MemoryWritten, Retrieved
from assistant.recollect import ABSTAIN
from assistant.runtime import Runtime
from memory.clock import FixedClock

_LINE = re.compile(r"(?P<mark>[>?!]|==)\s+(?P<text>.*?)(?:\s+(?P<labels>#\S+))?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script: `>` is said, `?` asked, `!` asked in vain, `==` the day."""

    mark: str
    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a question."""

    question: str
    expected: tuple[str, ...]
    """Labels of the statements that answer it; none where it cannot be answered."""
    cited: tuple[str, ...]
    """Labels of what the answer cites, in its order."""
    answer: str

    @property
    def right(self) -> bool:
        """The right source first, or rightly nothing in the right words."""
        if not self.expected:
            return not self.cited and self.answer == ABSTAIN
        return bool(self.cited) and self.cited[0] in self.expected

    @property
    def false(self) -> bool:
        """Something told that does not answer: worse than saying nothing."""
        return bool(self.cited) and not self.right


def read_script(path: Path) -> tuple[Line, ...]:
    """The lines of a script. Raises ValueError for one that is none."""
    lines = []
    for row in path.read_text(encoding="utf-8").splitlines():
        if not row.strip() or row.startswith("# "):
            continue
        match = _LINE.fullmatch(row.strip())
        if match is None:
            raise ValueError(f"{path.name}: {row!r} is no line of a script")
        labels = tuple(part.lstrip("#") for part in (match["labels"] or "").split(",") if part)
        lines.append(Line(match["mark"], match["text"], labels))
    return tuple(lines)


async def play(runtime: Runtime, clock: FixedClock, script: Sequence[Line]) -> list[Verdict]:
    """Say and ask everything through the engine, in one conversation, and judge the answers."""
    conversation = runtime.conversations.create()
    said: dict[str, str] = {}
    verdicts = []
    for line in script:
        if line.mark == "==":
            clock.instant = datetime.fromisoformat(f"{line.text}T18:00:00+00:00")
            continue
        clock.instant += timedelta(minutes=1)
        events = [event async for event in _turn(runtime, conversation.id, line.text)]
        if line.mark == ">":
            _label(events, line, said)
            runtime.vectors.work()
        else:
            verdicts.append(_judge(events, line, said))
    return verdicts


async def _turn(runtime: Runtime, conversation: str, text: str) -> AsyncIterator[Event]:
    async for event in runtime.engine.answer(conversation, text):
        yield event


def _label(events: Sequence[Event], line: Line, said: dict[str, str]) -> None:
    """Remember which ids stand for a statement: its message, and a memory made of it at once."""
    label = line.labels[0] if line.labels else ""
    for event in events:
        if isinstance(event, Accepted):
            said[event.message.short_id] = label
        elif isinstance(event, MemoryWritten):
            said.update((f"m{revision.memory_number}", label) for revision in event.change.revisions)


def _judge(events: Sequence[Event], line: Line, said: dict[str, str]) -> Verdict:
    answer = next(event.message.content for event in events if isinstance(event, Finished))
    given = next(event.given for event in events if isinstance(event, Retrieved))
    return Verdict(line.text, line.labels, tuple(said.get(i, i) for i in given), answer)
