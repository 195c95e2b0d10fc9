"""Markdown: a chat that was saved as text, or a note.

A chat is told by its speakers, as headings ("## User") or in bold ("**You:** ..."), of whom at least one must be the
user and one the assistant. Anything else is a note: one message of the user.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from memory.store.importing import SourceConversation
from memory.text import clean, one_line
from memory.transfer.front_matter import dated, front_matter, when
from memory.transfer.incoming import Item, Opened, digest, identifier, message
from memory.transfer.report import Skip

MAX_FILE_BYTES = 64 * 1024**2
TOO_LARGE = "a Markdown file larger than 64 MB"
SYSTEM = "a system message"
PREAMBLE = "text before the first speaker"

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*")
_BOLD = re.compile(r"(?:\*\*|__)([^*_\n]{1,60}?)(:?)(?:\*\*|__)[ \t]*(:?)[ \t]*(.*)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_RULE = re.compile(r"(?:\n\s*(?:-{3,}|\*{3,}|_{3,})\s*)+\Z")
_MODEL = r"chatgpt|gpt|claude|gemini|copilot|llama|mistral|qwen|deepseek"
_SPEAKER = re.compile(
    r"[^\w]*(?:(?P<user>user|you|me|human|prompt)"
    rf"|(?P<assistant>assistant|ai|bot|model|response|reverie|(?:{_MODEL})[\w. -]{{0,20}}?)"
    r"|(?P<system>system))"
    r"(?:\s+(?:said|says|wrote|replied))?\s*:?\s*(?:[(\[—–|·,@-].{0,80}|\d{4}-.{0,60})?",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?")

Speaker = Literal["user", "assistant", "system"]


@dataclass
class _Turn:
    speaker: Speaker
    said_at: datetime | None
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return _RULE.sub("", "\n" + "\n".join(self.lines).strip()).strip()


@dataclass(frozen=True)
class _Page:
    """A file without its front matter."""

    title: str
    body: str
    said_at: datetime


def read_markdown(opened: Opened) -> Iterator[Item]:
    """The turns of a chat, or one message for a note."""
    data = opened.stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        yield Skip(opened.part.name, TOO_LARGE)
        return
    page = _page(opened, clean(data.decode("utf-8")))
    source = SourceConversation(key=identifier(opened.part.base_name), title=page.title, created_at=page.said_at)
    preamble, turns = _turns(page.body, opened.zone)
    if not turns:
        yield from _messages(opened, source, page, [_Turn("user", None, [page.body])])
        return
    if any(line.strip() and not _HEADING.fullmatch(line) for line in preamble):
        yield Skip(opened.part.name, PREAMBLE)
    yield from _messages(opened, source, page, turns)


def _messages(opened: Opened, source: SourceConversation, page: _Page, turns: list[_Turn]) -> Iterator[Item]:
    seen: Counter[str] = Counter()
    said_at = page.said_at
    for number, turn in enumerate(turns, 1):
        where = f"{opened.part.name} message {number}"
        if turn.speaker == "system":
            yield Skip(where, SYSTEM)
            continue
        said_at = turn.said_at or said_at
        name = digest(turn.speaker, turn.text)
        seen[name] += 1
        yield message(
            source,
            role=turn.speaker,
            content=turn.text,
            external_id=name if seen[name] == 1 else f"{name}-{seen[name]}",
            said_at=said_at,
            where=where,
        )


# -- who speaks


def _turns(body: str, zone: str) -> tuple[list[str], list[_Turn]]:
    """(lines before the first speaker, turns); no turns for what is not a chat."""
    for style in (_by_heading, _by_bold):
        preamble: list[str] = []
        turns: list[_Turn] = []
        fence = ""
        for line in body.split("\n"):
            fence = _fence_after(fence, line)
            found = None if fence else style(line)
            if found is not None:
                turns.append(_Turn(found[0], _time_in(line, zone), [found[1]] if found[1] else []))
            else:
                (turns[-1].lines if turns else preamble).append(line)
        if {"user", "assistant"} <= {turn.speaker for turn in turns}:
            return preamble, turns
    return [], []


def _by_heading(line: str) -> tuple[Speaker, str] | None:
    match = _HEADING.fullmatch(line)
    speaker = _speaker(match[1].replace("*", "")) if match else None
    return (speaker, "") if speaker else None


def _by_bold(line: str) -> tuple[Speaker, str] | None:
    match = _BOLD.fullmatch(line)
    if match is None or not (match[2] or match[3] or not match[4] or _TIME.search(match[4])):
        return None
    speaker = _speaker(match[1])
    rest = match[4] if match[2] or match[3] else ""
    return (speaker, rest) if speaker else None


def _speaker(label: str) -> Speaker | None:
    match = _SPEAKER.fullmatch(label)
    if match is None:
        return None
    return "user" if match["user"] else "assistant" if match["assistant"] else "system"


def _fence_after(fence: str, line: str) -> str:
    """The code fence that is open after `line`, or "": what looks like a speaker inside of code is code."""
    match = _FENCE.match(line)
    if match is None:
        return fence
    if not fence:
        return match[1]
    closes = match[1].startswith(fence) and not line.strip(" `~")
    return "" if closes else fence


# -- title and time


def _page(opened: Opened, text: str) -> _Page:
    fields, body = front_matter(text)
    title = fields.get("title")
    return _Page(
        title=one_line(title, 120) if isinstance(title, str) and title.strip() else _title(opened, body),
        body=body,
        said_at=dated(fields, opened.zone) or opened.otherwise,
    )


def _title(opened: Opened, body: str) -> str:
    """The first heading that is not a speaker, else the file's name."""
    fence = ""
    for line in body.split("\n"):
        fence = _fence_after(fence, line)
        match = None if fence else _HEADING.fullmatch(line)
        if match and match[1] and _speaker(match[1].replace("*", "")) is None:
            return one_line(match[1], 120)
    return opened.part.base_name.removesuffix(opened.part.suffix)


def _time_in(line: str, zone: str) -> datetime | None:
    match = _TIME.search(line)
    return when(match[0], zone) if match else None
