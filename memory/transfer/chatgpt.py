"""ChatGPT exports: a list of conversations, or one a file, each a tree of messages.

The tree (`mapping`) is walked from `current_node` to the root and read backwards: that is the branch that was shown.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from memory.store.importing import SourceConversation
from memory.text import one_line
from memory.transfer.incoming import EMPTY, Item, Opened, digest, fill_times, identifier, message
from memory.transfer.json_items import json_items
from memory.transfer.report import Skip
from memory.transfer.sniff import HEAD_BYTES, item_prefix, json_shape
from memory.transfer.times import first_instant, instant

NOT_A_CONVERSATION = "not a conversation"
OTHER_BRANCH = "on a branch that was not shown"
TOOL = "a tool's output"
TOOL_CALL = "a call of a tool"
NOBODY = "neither the user nor the assistant said it"
SYSTEM = "a system message"
HIDDEN = "hidden in ChatGPT, too"
REASONING = "the model's reasoning"
NO_TEXT = "no text in it"

_HIDDEN_TYPES = frozenset({"user_editable_context", "model_editable_context", "app_pairing_content"})
_REASONING_TYPES = frozenset({"thoughts", "reasoning_recap"})
_PART_NAMES = {
    "image_asset_pointer": "image",
    "audio_asset_pointer": "audio",
    "real_time_user_audio_video_asset_pointer": "audio",
    "video_container_asset_pointer": "video",
}

Node = Mapping[str, Any]


def read_chatgpt(opened: Opened) -> Iterator[Item]:
    """The messages of one file, and what was left out with its reason. Raises BrokenJson."""
    prefix = item_prefix(json_shape(opened.stream.peek(HEAD_BYTES)))
    for number, value in enumerate(json_items(opened.stream, prefix), 1):
        where = f"{opened.part.name} conversation {number}"
        if isinstance(value, dict) and isinstance(value.get("mapping"), dict):
            yield from _conversation(value, where, opened.otherwise)
        else:
            yield Skip(where, NOT_A_CONVERSATION)


def _conversation(value: dict[str, Any], where: str, otherwise: datetime) -> Iterator[Item]:
    mapping: dict[str, Node] = {k: node for k, node in value["mapping"].items() if isinstance(node, dict)}
    path = _shown_path(mapping, value.get("current_node"))
    created = instant(value.get("create_time"))
    title = value.get("title") if isinstance(value.get("title"), str) else ""
    source = SourceConversation(key=_key(value, path), title=title or "", created_at=created)
    said = [(name, mapping[name]["message"]) for name in path if isinstance(mapping[name].get("message"), dict)]
    own = [first_instant(m.get("create_time"), m.get("update_time")) for _, m in said]
    late = instant(value.get("update_time")) or otherwise
    for (name, raw), moment in zip(said, fill_times(own, created, late), strict=True):
        yield _message(source, raw, name, moment, f"{where} ({one_line(source.title, 40)}) message {name}")
    shown = set(path)
    for name, node in mapping.items():
        if name not in shown and isinstance(node.get("message"), dict):
            yield Skip(f"{where} message {name}", OTHER_BRANCH)


def _key(value: dict[str, Any], path: list[str]) -> str:
    for name in ("conversation_id", "id"):
        if isinstance(value.get(name), str) and value[name].strip():
            return identifier(value[name])
    return "made-" + digest(str(value.get("title")), str(value.get("create_time")), *path[:3])


def _shown_path(mapping: dict[str, Node], current: Any) -> list[str]:
    """Node ids from the root to the current one. A file may name none, or a missing one, or hold a circle."""
    node = current if isinstance(current, str) and current in mapping else _latest_leaf(mapping)
    path: list[str] = []
    seen: set[str] = set()
    while isinstance(node, str) and node in mapping and node not in seen:
        seen.add(node)
        path.append(node)
        node = mapping[node].get("parent")
    return path[::-1]


def _latest_leaf(mapping: dict[str, Node]) -> str | None:
    parents = {node["parent"] for node in mapping.values() if isinstance(node.get("parent"), str)}
    leaves = [name for name in mapping if name not in parents]
    return max(leaves, key=lambda name: _seconds(mapping[name]), default=None)


def _seconds(node: Node) -> float:
    raw = node.get("message")
    moment = instant(raw.get("create_time")) if isinstance(raw, dict) else None
    return moment.timestamp() if moment else 0.0


def _message(source: SourceConversation, raw: dict[str, Any], node: str, moment: datetime, where: str) -> Item:
    author = _mapping(raw.get("author"))
    metadata = _mapping(raw.get("metadata"))
    content = _mapping(raw.get("content"))
    role = author.get("role")
    reason = _why_not(raw, role, metadata, str(content.get("content_type")))
    if reason:
        return Skip(where, reason)
    text = _text(content, metadata)
    if not text.strip():
        return Skip(where, NO_TEXT if _has_parts(content) else EMPTY)
    given, model = raw.get("id"), metadata.get("model_slug")
    return message(
        source,
        role="user" if role == "user" else "assistant",
        content=text,
        external_id=given if isinstance(given, str) and given.strip() else node,
        said_at=moment,
        where=where,
        author=author["name"] if isinstance(author.get("name"), str) else "",
        model=model if role == "assistant" and isinstance(model, str) else "",
    )


def _why_not(raw: dict[str, Any], role: Any, metadata: Node, content_type: str) -> str | None:
    if role in ("tool", "function"):
        return TOOL
    if role == "system":
        return SYSTEM
    if role not in ("user", "assistant"):
        return NOBODY
    if metadata.get("is_visually_hidden_from_conversation") is True or content_type in _HIDDEN_TYPES:
        return HIDDEN
    if content_type in _REASONING_TYPES:
        return REASONING
    if role == "assistant" and raw.get("recipient") not in (None, "all"):
        return TOOL_CALL
    return None


def _text(content: Node, metadata: Node) -> str:
    parts = content.get("parts")
    if isinstance(parts, list):
        pieces = [_part(part) for part in parts]
    else:
        pieces = [content[name] for name in ("text", "result") if isinstance(content.get(name), str)][:1]
    pieces += [f"[file: {name}]" for name in _attachments(metadata)]
    return "\n".join(piece for piece in pieces if piece.strip())


def _part(part: Any) -> str:
    """A part of a message as text: what is no text is named, so that its place in the talk stays clear."""
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    kind = str(part.get("content_type"))
    text = part.get("text")
    if isinstance(text, str):  # audio_transcription and the like
        return text
    return f"[{_PART_NAMES.get(kind, one_line(kind, 40))}]"


def _attachments(metadata: Node) -> Iterator[str]:
    """Names of attached files; images are among the parts already."""
    files = metadata.get("attachments")
    for file in files if isinstance(files, list) else ():
        name = file.get("name") if isinstance(file, dict) else None
        kind = file.get("mime_type", file.get("mimeType", "")) if isinstance(file, dict) else ""
        if isinstance(name, str) and not str(kind).startswith("image/"):
            yield one_line(name, 120)


def _has_parts(content: Node) -> bool:
    parts = content.get("parts")
    return isinstance(parts, list) and any(isinstance(part, dict) for part in parts)


def _mapping(value: Any) -> Node:
    return value if isinstance(value, dict) else {}
