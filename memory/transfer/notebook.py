"""Notes of basic-memory, and vaults of Obsidian: Markdown with front matter, `[[wikilinks]]`, and observations.

An observation is a list item `- [category] text #tag (context)`, a relation one `- relates_to [[Another note]]`. Other
list items and paragraphs are statements, too. Code, tables and tasks are not. Each is told with the title of its note,
and with the heading that it is below, but for those of notes that this program wrote: these say all in each line.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from memory.notes import FROM
from memory.text import clean, one_line
from memory.transfer.front_matter import dated, front_matter, when
from memory.transfer.incoming import Opened
from memory.transfer.prose import Block, blocks, escaped, plain
from memory.transfer.report import Skip
from memory.transfer.statements import Said, Statement, as_tags, kind_named, statements_of
from memory.types import Kind, Memory, Sensitivity

MAX_FILE_BYTES = 64 * 1024**2
TOO_LARGE = "a Markdown file larger than 64 MB"
NO_STATEMENT = {"code": "code", "table": "a table"}
TASK = "a task"

_CATEGORY = re.compile(r"\[([^\[\]()]+)\]\s+(.+)", re.DOTALL)
_TASK = re.compile(r"\[(?:[xX]|[^\w\]])?\]\s")
_RELATION = re.compile(r"(?:([^\s\[\]]+)|[\"']([^\"'\[\]]+)[\"'])\s+\[\[([^\[\]]+)\]\](?:\s+\((.*)\))?")
_TAG = re.compile(r"(?<![\\\w&/#])#([^\s#\\]+)")
_LAST_TAGS = re.compile(r"(?:\s+#[^\s#\\]+)+\s*\Z")
_OURS = re.compile(r"\s\((?:said ([^\s()]+)|undated)(, sensitive)?(, muted)?\)\Z")
_GENERIC = frozenset({"observations", "relations", "notes"})


def read_notebook(opened: Opened) -> Iterator[Said]:
    """The statements of one note."""
    data = opened.stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        yield Skip(opened.part.name, TOO_LARGE)
        return
    fields, body = front_matter(clean(data.decode("utf-8")))
    note = _Note(opened, fields)
    for number, block in enumerate(blocks(body), 1):
        yield from note.said(block, f"{opened.part.name} block {number}")


class _Note:
    """What a statement needs to know of the note around it."""

    def __init__(self, opened: Opened, fields: dict[str, Any]) -> None:
        title = fields.get("title")
        name = opened.part.base_name.removesuffix(opened.part.suffix)
        self._title = one_line(title, 120) if isinstance(title, str) and title.strip() else name
        subject = fields.get("subject")
        self._subject = subject if isinstance(subject, str) else None
        tags = fields.get("tags")
        self._tags = as_tags(tags if isinstance(tags, list) else str(tags or "").replace(",", " ").split())
        self._at = dated(fields, opened.zone) or when(name, opened.zone) or opened.part.modified

    def said(self, block: Block, where: str) -> Iterator[Said]:
        """The statements of a block, or why there is none."""
        if block.sort in NO_STATEMENT:
            yield Skip(where, NO_STATEMENT[block.sort])
        elif block.sort == "item" and _TASK.match(block.raw):
            yield Skip(where, TASK)
        elif block.sort == "item" and (relation := _RELATION.fullmatch(block.raw.strip())) is not None:
            words = [self._title, (relation[1] or relation[2]).replace("_", " "), plain(f"[[{relation[3]}]]")]
            words += [f"({plain(relation[4])})"] if relation[4] else []
            yield from statements_of(" ".join(words), where, said_at=self._at, tags=self._tags)
        else:
            yield from self._statement(block, where)

    def _statement(self, block: Block, where: str) -> Iterator[Said]:
        raw, at, sensitive, muted = _without_marks(block.raw, self._at)
        category = _CATEGORY.match(raw) if block.sort == "item" else None
        raw = category[2] if category else raw
        kind = kind_named(category[1]) if category else None
        named = [*self._tags, *([category[1]] if category and kind is None else []), *_TAG.findall(raw)]
        words = plain(_LAST_TAGS.sub("", raw))
        if self._subject is not None and words:
            whole = Statement(text=words, where=where, said_at=at, tags=as_tags(named), subject=self._subject)
            yield replace(whole, kind=kind or Kind.FACT, sensitive=sensitive, muted=muted, writer=_writer(named))
            return
        for said in statements_of(self._told(words, block.heading), where, said_at=at, tags=as_tags(named)):
            yield replace(said, kind=kind or Kind.FACT) if isinstance(said, Statement) else said

    def _told(self, words: str, heading: str) -> str:
        """The words with what they are about, where they do not name it themselves."""
        if not words:
            return ""
        about = [self._title] if not when(self._title, "UTC") else []
        about += [heading] if heading.casefold() not in {"", self._title.casefold(), *_GENERIC} else []
        return ": ".join([*(name for name in about if name.casefold() not in words.casefold()), words])


def _writer(names: list[str]) -> str:
    """The program that a note of ours says wrote this; never the user, whom a file could make say anything."""
    found = next((name.removeprefix(FROM) for name in names if name.startswith(FROM)), "")
    return "" if found == "you" else found


def _without_marks(raw: str, otherwise: datetime | None) -> tuple[str, datetime | None, bool, bool]:
    """An observation without the context that `observation` writes, when it was said, and whether that context calls it
    sensitive and muted."""
    found = _OURS.search(raw)
    if found is None:
        return raw, otherwise, False, False
    return raw[: found.start()], when(found[1], "UTC"), bool(found[2]), bool(found[3])


def observation(memory: Memory) -> str:
    """A memory as an observation, which `read_notebook` reads back: text, kind, tags, day, and how private it is."""
    said = f"said {memory.said_at.isoformat()}" if memory.said_at else "undated"
    marks = ", sensitive" * (memory.sensitivity is Sensitivity.SENSITIVE) + ", muted" * memory.muted
    tags = "".join(f" #{tag}" for tag in memory.tags.split())
    return f"- [{memory.kind}] {escaped(memory.text)}{tags} ({said}{marks})"
