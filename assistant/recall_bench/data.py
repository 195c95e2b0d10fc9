"""Data with questions and their evidence: LoCoMo's json, a folder of BEAM chats, or messages and queries as JSONL.

Licences of those data forbid shipping them; they are read from where the user keeps them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from memory.clock import parse_instant
from memory.errors import InvalidInput, ReverieError

Row = dict[str, Any]

_LOCOMO_CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
_TURN = re.compile(r"D:?(\d+):(\d+)")
_MARK = re.compile(r"\s*->->\s*[\d,N/A]*\s*$")  # of the authors' plan, at the end of what users say
_START = datetime(2024, 1, 1, tzinfo=UTC)
NEVER_TOLD = frozenset({"adversarial", "abstention"})
"""Categories of questions that nothing answers."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message."""

    conversation: str
    id: str
    role: str
    author: str
    content: str
    at: datetime

    @property
    def labelled(self) -> str:
        """With day and speaker, as the baselines are given it."""
        return f"[{self.at:%Y-%m-%d}] {self.author or self.role}: {self.content}"


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question, the ids of the messages that answer it, and where a value changed those of the old and the new."""

    id: str
    text: str
    now: datetime
    category: str
    evidence: frozenset[str]
    old: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    answer: str = ""
    """The right one in the data's own words; empty where they give none."""

    @property
    def answerable(self) -> bool:
        return self.category not in NEVER_TOLD


@dataclass(frozen=True, kw_only=True)
class Person:
    """The messages of one home, and what is asked of it."""

    name: str
    messages: tuple[Said, ...]
    queries: tuple[Query, ...]


def read_data(path: Path) -> list[Person]:
    """The people of a data set. Raises InvalidInput for what is none."""
    if not path.exists():
        raise InvalidInput(f"{path} is not there.", "Give LoCoMo's json, a folder of BEAM chats, or of JSONL.")
    try:
        people = [p for p in _people(path) if p.messages and p.queries]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, ReverieError) as error:
        raise InvalidInput(
            f"{path} is not data that can be measured on ({type(error).__name__}: {str(error)[:120]}).",
            "It is LoCoMo's json, a folder of BEAM chats, or a folder with messages.jsonl and queries.jsonl.",
        ) from error
    if not people:
        raise InvalidInput(
            f"There is no question with evidence in {path}.",
            "It is LoCoMo's json, a folder of BEAM chats, or a folder with messages.jsonl and queries.jsonl.",
        )
    return people


def _people(path: Path) -> Iterator[Person]:
    if path.is_file():
        for row in json.loads(path.read_text(encoding="utf-8")):
            yield _locomo(row)
        return
    folders = [path, *sorted((p for p in path.iterdir() if p.is_dir()), key=_by_number)]
    for folder in folders:
        if (folder / "messages.jsonl").exists():
            yield _jsonl(folder)
        elif (folder / "probing_questions").is_dir():
            yield _beam(folder)


def _by_number(path: Path) -> tuple[int, str]:
    return (int(path.name) if path.name.isdecimal() else 0, path.name)


# -- JSONL


def _jsonl(folder: Path) -> Person:
    messages = tuple(
        Said(conversation=str(r["conversation"]), id=str(r["id"]), role=r["role"], author=r.get("author") or "",
             content=r["content"], at=parse_instant(r["created_at"]))
        for r in _lines(folder / "messages.jsonl")
    )  # fmt: skip
    last = max(m.at for m in messages) + timedelta(days=1)
    queries = tuple(
        Query(id=str(r["id"]), text=r["query"], now=parse_instant(r["now"]) if r.get("now") else last,
              category=r.get("category") or "all", evidence=frozenset(map(str, r.get("evidence") or ())),
              old=frozenset(map(str, r.get("old") or ())), new=frozenset(map(str, r.get("new") or ())),
              answer=str(r.get("answer") or ""))
        for r in _lines(folder / "queries.jsonl")
        if r.get("evidence") or r.get("category") in NEVER_TOLD
    )  # fmt: skip
    return Person(name=folder.name, messages=messages, queries=queries)


def _lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


# -- LoCoMo


def _locomo(row: Row) -> Person:
    talk, messages = row["conversation"], []
    last = _START
    sessions = (k for k, v in talk.items() if re.fullmatch(r"session_\d+", k) and isinstance(v, list))
    for session in sorted(sessions, key=lambda k: int(k.split("_")[1])):
        start = _when(talk[f"{session}_date_time"], "%I:%M %p on %d %B, %Y") or last + timedelta(days=1)
        for turn, said in enumerate(talk[session]):
            last = start + timedelta(seconds=30 * turn)
            photo = f" [shares a photo: {said['blip_caption']}]" if said.get("blip_caption") else ""
            messages.append(Said(
                conversation=session, id=_turn_ids(said["dia_id"])[0], author=said["speaker"], at=last,
                role="user" if said["speaker"] == talk["speaker_a"] else "assistant",
                content=(said.get("text", "") + photo).strip(),
            ))  # fmt: skip
    known, now = {m.id for m in messages}, last + timedelta(days=1)
    queries = []
    for number, asked in enumerate(row["qa"]):
        evidence = frozenset(i for e in asked.get("evidence", ()) for i in _turn_ids(str(e))) & known
        if evidence:
            category = _LOCOMO_CATEGORIES[asked["category"]]
            queries.append(Query(
                id=f"{number}", text=asked["question"], now=now, category=category, evidence=evidence,
                answer=str(asked.get("answer", "")),
            ))  # fmt: skip
    return Person(name=row["sample_id"], messages=tuple(messages), queries=tuple(queries))


def _turn_ids(text: str) -> list[str]:
    return [f"D{int(a)}:{int(b)}" for a, b in _TURN.findall(text)]


def _when(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
    except ValueError:
        return None


# -- BEAM


def _beam(folder: Path) -> Person:
    # The authors shortened some chats and kept both; the questions are of the shorter ones.
    shorter = folder / "chat_trunecated.json"
    chat = json.loads((shorter if shorter.exists() else folder / "chat.json").read_text(encoding="utf-8"))
    messages, start, step = [], _START, 0
    for batch in chat:
        for said in (said for turn in batch["turns"] for said in turn):
            anchor = _when(said.get("time_anchor") or "", "%B-%d-%Y")
            if anchor and anchor != start:
                start, step = anchor, 0
            step += 1
            messages.append(Said(
                conversation=f"batch-{batch['batch_number']}", id=str(said["id"]), role=said["role"],
                author=said["role"], content=_MARK.sub("", said["content"]), at=start + timedelta(seconds=30 * step),
            ))  # fmt: skip
    probes = json.loads((folder / "probing_questions" / "probing_questions.json").read_text(encoding="utf-8"))
    known, now = {m.id for m in messages}, start + timedelta(days=1)
    queries = []
    for category, asked in probes.items():
        for number, one in enumerate(asked):
            ids = one.get("source_chat_ids", [])
            evidence = _numbers(ids) & known
            if evidence or category in NEVER_TOLD:
                of = ids if isinstance(ids, dict) and category == "knowledge_update" else {}
                queries.append(Query(
                    id=f"{category}/{number}", text=one["question"], now=now, category=category, evidence=evidence,
                    old=_numbers(of.get("original_info", [])), new=_numbers(of.get("updated_info", [])),
                    answer=str(one.get("answer") or one.get("ideal_answer") or one.get("ideal_response") or ""),
                ))  # fmt: skip
    return Person(name=folder.name, messages=tuple(messages), queries=tuple(queries))


def _numbers(value: Any) -> frozenset[str]:
    if isinstance(value, dict):
        return frozenset().union(*map(_numbers, value.values()))
    if isinstance(value, list):
        return frozenset().union(*map(_numbers, value))
    return frozenset({str(value)}) if isinstance(value, int) else frozenset()
