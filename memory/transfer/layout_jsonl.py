"""An export as JSON Lines: one file for the conversations with their messages, one for each other section.

Every line is a record with its `type`; the first line of a file says which file of which layout it is.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from memory.transfer import dump
from memory.transfer.encoding import utf8_stream
from memory.transfer.files import create
from memory.transfer.jsonl import LINE_TOO_LONG, NOT_AN_OBJECT, NOT_JSON
from memory.transfer.records import SECTIONS, VERSION, Record, dumps
from memory.transfer.report import Skip
from memory.transfer.source import Part

CONVERSATIONS = "conversations"
MAX_LINE_BYTES = 64 * 1024**2
"""A message of the greatest length with every character escaped fits in."""

Entry = tuple[str, str, Record]
"""Where it stands, its kind, and the record."""


def write(session: Session, folder: Path) -> int:
    """Write the sections into `folder`. Returns the number of files."""
    with create(folder / f"{CONVERSATIONS}.jsonl") as file:
        _line(file, "reverie", {"reverie_export": {"version": VERSION, "section": CONVERSATIONS}})
        for conversation in dump.conversations(session):
            _line(file, "conversation", conversation)
            for message in dump.messages(session, conversation["id"]):
                _line(file, "message", message)
    for name in SECTIONS:
        with create(folder / f"{name}.jsonl") as file:
            _line(file, "reverie", {"reverie_export": {"version": VERSION, "section": name}})
            for kind, record in dump.section(session, name):
                _line(file, kind, record)
    return 1 + len(SECTIONS)


def _line(file: IO[bytes], kind: str, record: Record) -> None:
    file.write(dumps({"type": kind, **record}).encode() + b"\n")


def section_of(part: Part) -> str | None:
    """The section that a file of an export holds, by its name."""
    name = part.base_name.removesuffix(".jsonl")
    return name if part.suffix == ".jsonl" and name in (CONVERSATIONS, *SECTIONS) else None


def read(part: Part) -> Iterator[Entry | Skip]:
    """The records of a file; a line that is none is named by its number."""
    with part.open() as raw, utf8_stream(raw) as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES):
            number += 1
            where = f"{part.name} line {number}"
            if len(line) >= MAX_LINE_BYTES and not line.endswith(b"\n"):
                yield Skip(where, LINE_TOO_LONG)
                return
            entry = _entry(line, where)
            if isinstance(entry, Skip) or entry[1] != "reverie":
                yield entry


def _entry(line: bytes, where: str) -> Entry | Skip:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Skip(where, NOT_JSON)
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return Skip(where, NOT_AN_OBJECT)
    return where, value.pop("type"), value
