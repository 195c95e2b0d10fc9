"""An export as Markdown: a file for each conversation, one for the memories, one for each other section.

What a person reads is decoration. Each record stands in a comment of its own line, and a text body follows it with
exactly the number of bytes that the comment names, so any words survive, whatever they look like as Markdown.
"""

import json
import re
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from memory.text import MAX_MESSAGE_CHARS, one_line
from memory.transfer import dump
from memory.transfer.encoding import utf8_stream
from memory.transfer.files import create
from memory.transfer.layout_jsonl import CONVERSATIONS, MAX_LINE_BYTES, Entry
from memory.transfer.records import SECTIONS, VERSION, Record, dumps
from memory.transfer.report import Skip
from memory.transfer.source import Part

EDITED = "edited or damaged: its length is not what it says"
_BODIES = {"message": "content", "memory": "text"}
_MAX_BODY = 4 * MAX_MESSAGE_CHARS
_COMMENT = re.compile(rb"<!-- reverie:([a-z]{1,20}) (\{.*\}) -->\n?")
_NAME = re.compile(r"c\d{6,10}(?:-[a-z0-9-]{1,48})?")
_TITLES = {
    "memories": "What I remember",
    "history": "What was changed",
    "recall": "What answers were made from",
    "feedback": "What does not bear on which question",
    "ledger": "Calls of language models",
    "tombstones": "What was purged",
    "nights": "Nights, and what they made",
}


def write(session: Session, folder: Path) -> int:
    """Write the sections into `folder`. Returns the number of files."""
    talks = folder / CONVERSATIONS
    talks.mkdir(mode=0o700)
    files = len(SECTIONS)
    for conversation in dump.conversations(session):
        files += 1
        with create(talks / f"{_file_name(conversation)}.md") as file:
            _head(file, CONVERSATIONS, str(conversation["title"]) or "Untitled")
            _comment(file, "conversation", conversation)
            for message in dump.messages(session, conversation["id"]):
                _record(file, "message", message)
    for name in SECTIONS:
        with create(folder / f"{name}.md") as file:
            _head(file, name, _TITLES[name])
            for kind, record in dump.section(session, name):
                _record(file, kind, record)
    return files


def _file_name(conversation: Record) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", str(conversation["title"]).lower())[:40].strip("-")
    return f"c{conversation['number']:06d}" + (f"-{slug}" if slug else "")


def _head(file: IO[bytes], section: str, title: str) -> None:
    _comment(file, "file", {"version": VERSION, "section": section})
    file.write(f"# {one_line(title)}\n\n".encode())


def _record(file: IO[bytes], kind: str, record: Record) -> None:
    file.write(f"{_heading(kind, record)}\n\n".encode())
    _comment(file, kind, record)


def _comment(file: IO[bytes], kind: str, record: Record) -> None:
    body: bytes | None = None
    if kind in _BODIES:
        body = record[_BODIES[kind]].encode()
        record = {name: value for name, value in record.items() if name != _BODIES[kind]} | {"bytes": len(body)}
    # A ">" would let a text end the comment.
    file.write(f"<!-- reverie:{kind} ".encode() + dumps(record).replace(">", "\\u003e").encode() + b" -->\n")
    file.write(body + b"\n\n" if body is not None else b"\n")


def _heading(kind: str, record: Record) -> str:
    """A line for people. It never begins as a record does, whatever its words."""
    if kind == "message":
        name = one_line(record["author"], 80) or {"user": "You", "assistant": "Reverie"}.get(record["role"], "System")
        return f"## {name} · {_moment(record['said_at'])} · t{record['number']}"
    if kind == "memory":
        return f"## m{record['number']} · {record['kind']} · {record['status']}"
    if kind == "change":
        touched = ", ".join(f"m{revision['memory_number']}" for revision in record["revisions"])
        return f"- {_moment(record['at'])} {one_line(record['actor'])}: {one_line(record['reason'])} {touched}"
    if kind == "recall":
        letter = "m" if record["hit_type"] == "memory" else "t"
        return f"- {record['message_id']} {record['state']} {letter}{record['hit_number']}"
    if kind == "feedback":
        letter = "m" if record["hit_type"] == "memory" else "t"
        return f"- {record['question_id']} not {letter}{record['hit_number']}"
    if kind == "call":
        return f"- {_moment(record['at'])} {one_line(record['purpose'])} {one_line(record['model'])} {record['status']}"
    if kind == "tombstone":
        return f"- {_moment(record['at'])} {record['fingerprint'][:12]}"
    return _night_heading(kind, record)


def _night_heading(kind: str, record: Record) -> str:
    if kind == "night":
        return f"- {_moment(record['started_at'])} n{record['number']} {record['status']}"
    if kind == "waiting":
        return f"- t{record['message']} waits: {one_line(record['reason'])}"
    return f"- {kind}: {one_line(record['question'] if kind == 'exam' else record['text'], 300)}"


def _moment(text: str) -> str:
    return text[:16].replace("T", " ")


# -- reading


def section_of(part: Part) -> str | None:
    """The section that a file of an export holds, by its name."""
    name = part.base_name.removesuffix(".md")
    if part.suffix != ".md":
        return None
    return name if name in SECTIONS else CONVERSATIONS if _NAME.fullmatch(name) else None


def read(part: Part) -> Iterator[Entry | Skip]:
    """The records of a file, up to the first whose body is not as long as it says."""
    with part.open() as raw, utf8_stream(raw) as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES):
            match = _COMMENT.fullmatch(line)
            if match is None or match[1] == b"file":
                continue
            number += 1
            entry = _entry(stream, match[1].decode(), match[2], f"{part.name} record {number}")
            yield entry
            if isinstance(entry, Skip):
                return


def _entry(stream: BufferedReader, kind: str, text: bytes, where: str) -> Entry | Skip:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return Skip(where, EDITED)
    if kind in _BODIES:
        size = record.pop("bytes", None)
        if not isinstance(size, int) or not 0 <= size <= _MAX_BODY:
            return Skip(where, EDITED)
        body = stream.read(size)
        if len(body) != size or stream.read(2) != b"\n\n":
            return Skip(where, EDITED)
        record[_BODIES[kind]] = body.decode("utf-8", "replace")
    return where, kind, record
