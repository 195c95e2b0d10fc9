"""What an import or export did: frozen reports, and the tally they are made from."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from memory.text import counted, one_line

ImportFormat = Literal[
    "auto", "chatgpt", "claude", "jsonl", "markdown",
    "mem0", "letta", "chatgpt-memory", "claude-memory", "basic-memory", "obsidian", "list",
]  # fmt: skip
"""Chats, and what other programs remember."""


MOST_TOLD = 20
"""New memories of other programs that a report shows."""
MOST_SKIPS = 1_000
"""Skips that a report names one by one; beyond, they are only counted."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Something that was not imported. Reasons are few and fixed, so that they can be counted."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import has come: bytes of the (unpacked) files read, and messages seen."""

    done: int
    total: int
    messages: int


Report = Callable[[ImportProgress], None]


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import found and did. messages_found = imported + known + skipped."""

    format: str
    files: int
    conversations_found: int = 0
    conversations_new: int = 0
    conversations_updated: int = 0
    messages_found: int = 0
    messages_imported: int = 0
    messages_known: int = 0
    messages_skipped: int = 0
    memories_found: int = 0
    memories_imported: int = 0
    memories_known: int = 0
    memories_skipped: int = 0
    renumbered: int = 0
    """Conversations, messages and memories of an own export whose number was taken here."""
    files_ignored: int = 0
    skipped: tuple[Skip, ...] = ()
    told: tuple[str, ...] = ()
    """The first of the new memories that other programs wrote, each on a line."""
    reasons: tuple[tuple[str, int], ...] = ()
    """How often each reason of a skip occurred, the most frequent first; complete where `skipped` is cut."""

    @property
    def changed(self) -> bool:
        """Whether anything new is in the home."""
        return bool(self.messages_imported or self.memories_imported or self.conversations_new)

    def to_json(self) -> dict[str, Any]:
        """The report for `--json`."""
        return {
            "format": self.format,
            "files": self.files,
            "files_ignored": self.files_ignored,
            "conversations": {
                "found": self.conversations_found,
                "new": self.conversations_new,
                "updated": self.conversations_updated,
            },
            "messages": {
                "found": self.messages_found,
                "imported": self.messages_imported,
                "known": self.messages_known,
                "skipped": self.messages_skipped,
            },
            "memories": {
                "found": self.memories_found,
                "imported": self.memories_imported,
                "known": self.memories_known,
                "skipped": self.memories_skipped,
            },
            "told": list(self.told),
            "renumbered": self.renumbered,
            "reasons": dict(self.reasons),
            "skipped": [{"where": skip.where, "reason": skip.reason} for skip in self.skipped],
        }

    def summary(self) -> str:
        """The report as a few lines for a person."""
        lines = [f"Took it for {DESCRIPTIONS.get(self.format, self.format)}: {counted(self.files, 'file')} read."]
        if self.messages_found or not self.memories_found:
            lines.append(
                f"Messages: {self.messages_found:,} found, {self.messages_imported:,} imported, "
                f"{self.messages_known:,} already there, {self.messages_skipped:,} skipped."
            )
            lines.append(
                f"Conversations: {self.conversations_found:,} found, {self.conversations_new:,} new, "
                f"{self.conversations_updated:,} updated."
            )
        if self.memories_found:
            lines.append(
                f"Memories: {self.memories_found:,} found, {self.memories_imported:,} imported, "
                f"{self.memories_known:,} already there, {self.memories_skipped:,} skipped."
            )
        lines += [f"  {text}" for text in self.told]
        if len(self.told) == MOST_TOLD < self.memories_imported:
            lines.append(f"  and {self.memories_imported - MOST_TOLD:,} more")
        if self.renumbered:
            lines.append(f"{self.renumbered:,} got a new number, since theirs was taken here.")
        if self.reasons:
            lines.append("Skipped: " + "; ".join(f"{reason} ({count:,})" for reason, count in self.reasons) + ".")
        return "\n".join(lines)


DESCRIPTIONS = {
    "chatgpt": "a ChatGPT export",
    "claude": "a Claude export",
    "jsonl": "messages as JSONL",
    "markdown": "Markdown",
    "mem0": "memories of mem0",
    "letta": "an agent of Letta, or what it archived",
    "chatgpt-memory": "memories of ChatGPT",
    "claude-memory": "memories of Claude",
    "basic-memory": "notes of basic-memory",
    "obsidian": "an Obsidian vault",
    "list": "a list of memories",
    "reverie": "an export of Reverie",
}


@dataclass(frozen=True, kw_only=True)
class ExportReport:
    """What was written, and where."""

    format: str
    folder: Path
    files: int
    conversations: int
    messages: int
    memories: int

    def to_json(self) -> dict[str, Any]:
        """The report for `--json`."""
        return {
            "format": self.format,
            "folder": str(self.folder),
            "files": self.files,
            "conversations": self.conversations,
            "messages": self.messages,
            "memories": self.memories,
        }

    def summary(self) -> str:
        """The report as a line for a person."""
        if self.format == "basic-memory":
            return (
                f"Exported {counted(self.memories, 'memory', 'memories')} to {self.folder} "
                f"({counted(self.files, 'note')}). Chats are not in it: --format jsonl or markdown writes everything."
            )
        return (
            f"Exported {counted(self.conversations, 'conversation')}, {counted(self.messages, 'message')} and "
            f"{counted(self.memories, 'memory', 'memories')} to {self.folder} ({counted(self.files, 'file')})."
        )


@dataclass(kw_only=True)
class Tally:
    """Counts while an import runs."""

    format: str
    counts: Counter[str] = field(default_factory=Counter)
    found: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    updated: set[str] = field(default_factory=set)
    skips: list[Skip] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def skip(self, where: str, reason: str, *, what: str = "messages") -> None:
        """Note one skipped message (or memory; or, with what="", something that is neither)."""
        self.reasons[reason] += 1
        if what:
            self.counts[f"{what}_skipped"] += 1
            self.counts[f"{what}_found"] += 1
        if len(self.skips) < MOST_SKIPS:
            self.skips.append(Skip(one_line(where, 200), reason))

    def count(self, what: str, outcome: str) -> None:
        """Note one message or memory that was imported or is known."""
        self.counts[f"{what}_found"] += 1
        self.counts[f"{what}_{outcome}"] += 1

    def tell(self, text: str) -> None:
        """Note a new memory of another program, in its words."""
        if len(self.told) < MOST_TOLD:
            self.told.append(text)

    def report(self) -> ImportReport:
        """The counts so far, frozen."""
        return ImportReport(
            format=self.format,
            files=self.counts["files"],
            conversations_found=len(self.found),
            conversations_new=len(self.created),
            conversations_updated=len(self.updated - self.created),
            skipped=tuple(self.skips),
            told=tuple(self.told),
            reasons=tuple(self.reasons.most_common()),
            **{name: self.counts[name] for name in _COUNTED},
        )


_COUNTED = (
    "messages_found",
    "messages_imported",
    "messages_known",
    "messages_skipped",
    "memories_found",
    "memories_imported",
    "memories_known",
    "memories_skipped",
    "renumbered",
    "files_ignored",
)
