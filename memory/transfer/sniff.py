"""What a file is, told from its first bytes rather than its name."""

import io
import json
from dataclasses import dataclass
from typing import Any

import ijson

from memory.transfer.encoding import utf8_stream
from memory.transfer.front_matter import front_matter
from memory.transfer.remembered import is_dated_list
from memory.transfer.source import READ_ERRORS, Part

HEAD_BYTES = 256 * 1024
MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd", ".txt"})
JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".af"})
MANIFEST = "manifest.json"
OWN_MARK = "reverie_export"
_OF_A_PASSAGE = frozenset({"archive_id", "embedding_config", "agent_id", "organization_id"})
_LINE_KEYS = ("conversation", "role", "content")


@dataclass(frozen=True)
class Shape:
    """The outline of the start of a JSON file: what the root is, and the keys at each depth of objects."""

    root: str
    keys: dict[int, frozenset[str]]

    def at(self, depth: int) -> frozenset[str]:
        return self.keys.get(depth, frozenset())


def head_of(part: Part) -> bytes:
    """The first bytes of a part as UTF-8; empty if it cannot be read."""
    try:
        with part.open() as raw:
            return utf8_stream(io.BytesIO(raw.read(HEAD_BYTES))).read()
    except READ_ERRORS:
        return b""


def sniff(part: Part, *, single: bool) -> str | None:
    """The format of a part: one of ImportFormat, or reverie; None for anything else.

    `single`: the user named this very file, so that its name need not say what it is.
    """
    if not single and part.suffix not in MARKDOWN_SUFFIXES | JSON_SUFFIXES:
        return None
    head = head_of(part)
    if head.lstrip()[:1] in (b"{", b"["):
        found = _json_format(head)
        if found:
            return found
    if part.suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    if part.suffix in MARKDOWN_SUFFIXES and head.strip() and b"\0" not in head:
        return _text_format(head)
    return "letta" if part.suffix == ".af" and head.lstrip()[:2] == b'"{' else None


def _text_format(head: bytes) -> str:
    if head.startswith(b"<!-- reverie:"):
        return "reverie"
    text = head.decode("utf-8", "replace")
    if "permalink" in front_matter(text)[0]:
        return "basic-memory"
    return "list" if is_dated_list(text) else "markdown"


def _json_format(head: bytes) -> str | None:
    shape = json_shape(head)
    if OWN_MARK in shape.at(1):
        return "reverie"
    if "mapping" in shape.at(item_depth(shape)):
        return "chatgpt"
    if "chat_messages" in shape.at(item_depth(shape)):
        return "claude"
    return _memory_format(shape) or ("jsonl" if shape.root == "{" and _has_message_line(head) else None)


def _memory_format(shape: Shape) -> str | None:
    """Whose memories a JSON file holds; its entries are in the root, or below a key of it."""
    root, first, entries = shape.at(1), shape.at(2), shape.at(3)
    if ("agents" in root and "blocks" in root) or ("core_memory" in root and "messages" in root):
        return "letta"
    if "conversations_memory" in (root if shape.root == "{" else first):
        return "claude-memory"
    if "memories" in root and "content" in entries:
        return "chatgpt-memory"
    if ("results" in root and "memory" in entries) or (shape.root == "[" and {"memory", "id"} <= first):
        return "mem0"
    return "letta" if shape.root == "[" and "text" in first and first & _OF_A_PASSAGE else None


def item_prefix(shape: Shape) -> str:
    """ijson's prefix of the conversations in a file of this shape."""
    if shape.root == "[":
        return "item"
    return "conversations.item" if "conversations" in shape.at(1) and "mapping" not in shape.at(1) else ""


def item_depth(shape: Shape) -> int:
    """How deep the objects that are conversations lie: the root is 1."""
    return {"item": 2, "conversations.item": 3, "": 1}[item_prefix(shape)]


def json_shape(head: bytes) -> Shape:
    """The keys of the first three levels of a JSON text that may be cut off anywhere."""
    keys: dict[int, set[str]] = {1: set(), 2: set(), 3: set()}
    root, depth = "", 0
    try:
        # As floats: a number may be longer than any decimal.
        for event, value in ijson.basic_parse(io.BytesIO(head), use_float=True):
            if event in ("start_map", "start_array"):
                root = root or ("{" if event == "start_map" else "[")
                depth += 1
            elif event in ("end_map", "end_array"):
                depth -= 1
            elif event == "map_key" and depth in keys:
                keys[depth].add(value)
    except (ijson.JSONError, ValueError, ArithmeticError):
        pass
    return Shape(root, {level: frozenset(names) for level, names in keys.items()})


def _has_message_line(head: bytes) -> bool:
    return any(_is_message(line) for line in head.split(b"\n")[:50])


def _is_message(line: bytes) -> bool:
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and sum(key in value for key in _LINE_KEYS) >= 2
