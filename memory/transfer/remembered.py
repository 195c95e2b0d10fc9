"""What mem0, Letta, ChatGPT and Claude remember, as their JSON has it, or as a list that a person saved.

mem0: what `get_all` returns, `{"results": [{"id", "memory", "created_at", ...}]}`, or the bare list. Letta: an agent
file (.af) of either layout, of which the blocks are read, or the list of passages of the archive. ChatGPT:
`{"memories": [{"content", "updated_at", ...}]}`. Claude: `memories.json` of its export,
`[{"conversations_memory", "project_memories"}]`. A list has one memory on a line, with or without a mark and a
`[date] -` before it, which is how both print it when asked.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from memory.text import clean, one_line
from memory.transfer.front_matter import when
from memory.transfer.incoming import Opened
from memory.transfer.json_items import BrokenJson, json_items
from memory.transfer.prose import blocks, plain
from memory.transfer.report import Skip
from memory.transfer.statements import Said, as_tags, statements_of
from memory.transfer.times import first_instant

NOT_A_MEMORY = "not a memory"
ABOUT_THE_AGENT = "about the agent, not about you"
_OF_THE_AGENT = frozenset({"persona", "system", "about_me", "instructions"})
_TEXTS = ("memory", "content", "text", "data")
_MARK = re.compile(r"\s*(?:[-*+•]|\d{1,4}[.)])\s+")
DATED_LINE = re.compile(r"\s*(?:[-*+•]\s+|\d{1,4}[.)]\s+)?\[([^\[\]\n]{1,40})\]\s*[-–—:]\s*(.+)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_MOST_LIST_BYTES = 16 * 1024**2


def read_mem0(opened: Opened) -> Iterator[Said]:
    """Memories, and the relations of a graph."""
    value = _root(opened)
    yield from _entries(opened, value.get("results") if isinstance(value, dict) else value)
    for number, edge in enumerate(_list(value, "relations"), 1):
        ends = [edge.get("source"), edge.get("relationship") or edge.get("relation")]
        ends.append(edge.get("destination") or edge.get("target"))
        text = " ".join(str(end).replace("_", " ") for end in ends if end)
        yield from statements_of(text, f"{opened.part.name} relation {number}")


def read_letta(opened: Opened) -> Iterator[Said]:
    """The blocks of an agent but for those that say who the agent is, or the passages of an archive."""
    value = _root(opened)
    if isinstance(value, str):  # some agent files are JSON within JSON
        value = _loaded(value)
    if isinstance(value, list):
        yield from _entries(opened, value)
        return
    for number, block in enumerate([*_list(value, "blocks"), *_list(value, "core_memory")], 1):
        label, text = str(block.get("label", "")), block.get("value")
        where = f"{opened.part.name} block {one_line(label, 40) or number}"
        if label.lower() in _OF_THE_AGENT:
            yield Skip(where, ABOUT_THE_AGENT)
        elif isinstance(text, str):
            yield from _lines(text, where, None, tags=as_tags([] if label == "human" else [label]))
    for number, passage in enumerate(_list(value, "archival_memory"), 1):
        yield from _entry(passage, f"{opened.part.name} passage {number}")


def read_chatgpt_memory(opened: Opened) -> Iterator[Said]:
    """Saved memories as JSON, or as a list."""
    yield from _json_or_list(opened, lambda value: _entries(opened, _list(value, "memories") or value))


def read_claude_memory(opened: Opened) -> Iterator[Said]:
    """What Claude wrote about its user, and about each project, as JSON; or a list."""
    yield from _json_or_list(opened, lambda value: _claude(opened, value))


def read_list(opened: Opened) -> Iterator[Said]:
    """A memory on each line. Code fences around them are passed over, headings are not memories."""
    text = clean(opened.stream.read(_MOST_LIST_BYTES).decode("utf-8"))
    yield from _lines(text, opened.part.name, opened.zone)


def is_dated_list(head: str) -> bool:
    """Whether most lines have the `[date] - memory` that Claude's import and others ask for."""
    lines = [line for line in head.split("\n") if line.strip() and not _FENCE.match(line)]
    return len(lines) > 1 and 2 * sum(DATED_LINE.fullmatch(line) is not None for line in lines) > len(lines)


def _json_or_list(opened: Opened, read: Callable[[Any], Iterator[Said]]) -> Iterator[Said]:
    is_json = opened.stream.peek(64).lstrip()[:1] in (b"{", b"[")
    head = opened.stream.peek(4096)[:4096].decode("utf-8", "replace")
    yield from read(_root(opened)) if is_json and not is_dated_list(head) else read_list(opened)


def _claude(opened: Opened, value: Any) -> Iterator[Said]:
    for account in value if isinstance(value, list) else [value]:
        if not isinstance(account, dict):
            yield Skip(opened.part.name, NOT_A_MEMORY)
            continue
        projects = account.get("project_memories")
        texts = {"": account.get("conversations_memory")} | (projects if isinstance(projects, dict) else {})
        for name, text in texts.items():
            where = f"{opened.part.name} {'project ' + one_line(str(name), 40) if name else 'memory'}"
            if isinstance(text, str) and text.strip():
                yield from _paragraphs(text, where, opened.otherwise, as_tags(["project"] if name else []))


def _paragraphs(text: str, where: str, said_at: datetime, tags: tuple[str, ...]) -> Iterator[Said]:
    """Paragraphs and list items; a paragraph in bold alone is a heading, which is told with what is below it."""
    heading = ""
    for block in blocks(clean(text)):
        words = plain(block.raw)
        if re.fullmatch(r"(\*\*|__).{1,80}\1:?", block.raw.strip()):
            heading = words.rstrip(":")
        elif block.sort in ("paragraph", "item"):
            above = heading or block.heading
            yield from statements_of(f"{above}: {words}" if above else words, where, said_at=said_at, tags=tags)


def _lines(text: str, where: str, zone: str | None, tags: tuple[str, ...] = ()) -> Iterator[Said]:
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare or _FENCE.match(line) or bare.startswith("#"):
            continue
        dated = DATED_LINE.fullmatch(line)
        words = dated[2] if dated else _MARK.sub("", line, count=1)
        said_at = when(dated[1].strip(), zone or "UTC") if dated else None
        yield from statements_of(words, f"{where} line {number}", said_at=said_at, tags=tags)


def _entries(opened: Opened, entries: Any) -> Iterator[Said]:
    for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
        yield from _entry(entry, f"{opened.part.name} memory {number}")


def _entry(entry: Any, where: str) -> Iterator[Said]:
    text = next((entry[n] for n in _TEXTS if isinstance(entry.get(n), str)), None) if isinstance(entry, dict) else entry
    if not isinstance(text, str):
        yield Skip(where, NOT_A_MEMORY)
        return
    fields = entry if isinstance(entry, dict) else {}
    named = [*_names(fields, "categories"), *_names(fields, "tags"), *_names(fields, "labels")]
    said_at = first_instant(
        *(fields.get(name) for name in ("created_at", "created_timestamp", "timestamp", "updated_at"))
    )
    yield from statements_of(text, where, said_at=said_at, tags=as_tags(named))


def _names(fields: dict[str, Any], key: str) -> list[Any]:
    value = fields.get(key)
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _list(value: Any, key: str) -> list[dict[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _root(opened: Opened) -> Any:
    return next(json_items(opened.stream, ""), None)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenJson("not valid JSON from here on") from error
