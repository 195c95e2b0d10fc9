"""What a night reads out of a public talk: `python -m benchmarks.sleep_extraction --data FOLDER [--show]`.

FOLDER has HaluMem (`halumem_user0.jsonl`): a user, an assistant, and for each session the memory points that people
would keep. The talk is imported into a fresh home and a real night without a
model follows. Points of the source "interference" are
traps (the assistant says something untrue of the user): to match only one of them is a mistake.

The rule: a statement matches a memory point where both are from the same session, and it has, in its text or its
quotes, at least 60 % of the point's telling words; 30 % are enough where the cosine of the two texts is 0.6 or more.
Telling words are those without stop words, the user's name and the words that points are framed with ("updated",
"preference", ...), by their first five letters. The user's name is "you" in both texts that are embedded.

Precision is the share of statements that match a true point, recall the share of true points that are matched. Many
points are only said by the assistant, or by nobody: "said by the user" counts the points of which a session's messages
of the user hold 60 % of the telling words. The baseline of the same run keeps each sentence of the user.

An old value counts as extracted where a memory of an earlier session matches it by the same rule, and as ended where
none of these is active after the night. A memory is invented where a quote of it is not verbatim in a user's message.
"""

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.runtime import Runtime
from benchmarks.public import Row, converted, rows_of, share, sleep_once, told
from benchmarks.report import machine, table
from memory.extraction.clauses import whole_abbreviations
from memory.extraction.voice import second_person
from memory.fulltext import words_of
from memory.store import MemoryFilter
from memory.types import Kind, Memory, Message, Status
from memory.vectors.embedder import load_embedder

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

MOST_WORDS = 0.6
SOME_WORDS = 0.3
CLOSE = 0.6
_FRAME = frozenset(
    """updated update changed change evolved include includes preference preferences status career_status expressed user
    recently now new""".split()
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


@dataclass(frozen=True, slots=True)
class Told:
    """A statement: a memory, a sentence or a memory point, and the sessions that it is from."""

    sessions: frozenset[int]
    text: str
    words: frozenset[str]
    memory: Memory | None = None
    point: Row | None = None

    @property
    def when(self) -> str:
        """The sessions, as people read them."""
        return ", ".join(map(str, sorted(self.sessions)))


def stems(text: str) -> frozenset[str]:
    """The telling words of a text by their beginnings."""
    return frozenset(word[:5] for word in words_of(text) if word not in _FRAME)


class Gold:
    """The memory points of one person, whom they name and who is "you" here."""

    def __init__(self, rows: Sequence[Row]) -> None:
        openings = [row["memory_content"].replace("'s", "").split()[:2] for row in rows]
        first = Counter(opening[0] for opening in openings).most_common(1)[0][0]
        second = Counter(opening[1] for opening in openings if opening[0] == first).most_common(1)[0][0]
        last = rf"(?: {re.escape(second)})?" if second[:1].isupper() else ""
        self._name = re.compile(rf"\b{re.escape(first)}{last}(['’]s)?(?!\w)")
        told = [self.point(row["session"], row["memory_content"], row) for row in rows]
        self.true = [p for p in told if p.point and p.point["memory_source"] != "interference"]
        self.traps = [p for p in told if p.point and p.point["memory_source"] == "interference"]

    def point(self, session: int, text: str, row: Row | None = None) -> Told:
        """A memory point, or the old value of one."""
        turned = self._name.sub(lambda m: "your" if m[1] else "you", text)
        return Told(frozenset({session}), turned, stems(self._name.sub(" ", text)), point=row)


def kept(runtime: Runtime, messages: dict[str, Message]) -> list[Told]:
    """The memories after the night, whatever their status, but for those that are part of another now."""
    every = {m.id: m for m in runtime.memories.list(MemoryFilter(statuses=tuple(Status), limit=100_000))}
    return [
        Told(
            frozenset(session_of(messages[s.message_id]) for s in memory.sources if s.message_id in messages),
            memory.text,
            stems(" ".join((memory.text, *(s.quote for s in memory.sources)))),
            memory,
        )
        for memory in every.values()
        if memory.kind is not Kind.INSIGHT and not _merged(memory, every.get(memory.superseded_by or ""))
    ]


def _merged(memory: Memory, other: Memory | None) -> bool:
    """Whether another memory took over all quotes of this one."""
    return other is not None and set(memory.sources) <= set(other.sources)


def sentences(messages: Sequence[Message]) -> Iterator[Told]:
    """Each sentence of the user: what keeping everything would keep."""
    for message in messages:
        for match in _SENTENCE.finditer(whole_abbreviations(message.content)):
            if text := match[0].replace("\1", ".").strip():
                yield Told(frozenset({session_of(message)}), second_person(text), stems(text))


def session_of(message: Message) -> int:
    """The number of a message's session: its id in the data is `session:turn`."""
    return int((message.external_id or "-1:").split(":")[0])


class Judge:
    """The rule, with the vectors of all texts computed once."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._vectors: dict[str, Matrix] = {}

    def learn(self, texts: Sequence[str]) -> None:
        """Embed what will be compared."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors |= dict(zip(missing, self._runtime.vectors.embed(missing), strict=True))

    def matches(self, statement: Told, point: Told) -> bool:
        """Whether a statement says what a memory point says; whose session it is, is not looked at."""
        shared = len(statement.words & point.words) / max(1, len(point.words))
        if shared >= MOST_WORDS:
            return True
        return shared >= SOME_WORDS and float(self._vectors[statement.text] @ self._vectors[point.text]) >= CLOSE


@dataclass(frozen=True, slots=True)
class Found:
    """What matched, one way of keeping."""

    kept: int
    right: int
    """Statements that match a true point."""
    traps: int
    """Statements that match a trap and no true point."""
    reached: frozenset[int]
    """Indexes of the true points that are matched."""


def found(judge: Judge, statements: Sequence[Told], gold: Gold) -> Found:
    """Count the matches within each session."""
    right = trapped = 0
    reached: set[int] = set()
    for statement in statements:
        hits = [n for n, p in enumerate(gold.true) if p.sessions & statement.sessions and judge.matches(statement, p)]
        reached |= set(hits)
        right += bool(hits)
        trapped += not hits and any(p.sessions & statement.sessions and judge.matches(statement, p) for p in gold.traps)
    return Found(len(statements), right, trapped, frozenset(reached))


def sayable(true: Sequence[Told], messages: Sequence[Message]) -> frozenset[int]:
    """The points that the user's own messages of their session carry, by words."""
    said: dict[int, frozenset[str]] = {}
    for message in messages:
        session = session_of(message)
        said[session] = said.get(session, frozenset()) | stems(message.content)
    heard = (len(p.words & said.get(min(p.sessions), frozenset())) / max(1, len(p.words)) for p in true)
    return frozenset(n for n, part in enumerate(heard) if part >= MOST_WORDS)


@dataclass(frozen=True, slots=True)
class Updates:
    """What became of the values that memory points say are out of date."""

    old: int
    extracted: int
    ended: int
    left: tuple[tuple[str, str], ...]
    """Old values that still count, each with the memory that says it."""


def updates(judge: Judge, memories: Sequence[Told], gold: Gold) -> Updates:
    """Look each old value up among the memories of earlier sessions."""
    old = [(min(p.sessions), text) for p in gold.true if p.point for text in p.point["original_memories"]]
    values = [gold.point(session, text) for session, text in old]
    judge.learn([value.text for value in values])
    extracted = ended = 0
    left = []
    for value in values:
        known = [m for m in memories if min(m.sessions) < min(value.sessions) and judge.matches(m, value)]
        active = [m for m in known if m.memory and m.memory.status is Status.ACTIVE]
        extracted += bool(known)
        ended += bool(known) and not active
        left += [(value.text, m.text) for m in active]
    return Updates(len(old), extracted, ended, tuple(left))


def invented(memories: Sequence[Told], messages: dict[str, Message]) -> list[Memory]:
    """Memories with a quote that no message of the user has at its place, or with none."""

    def stands(memory: Memory) -> bool:
        return bool(memory.sources) and all(
            (m := messages.get(s.message_id)) is not None and m.content[s.start : s.end] == s.quote
            for s in memory.sources
        )

    return [m.memory for m in memories if m.memory is not None and not stands(m.memory)]


# -- the tables

HEADER = (
    "kept", "statements", "precision", "only a trap", "recall", "recall of what the user said", "F1",
)  # fmt: skip


def row(name: str, result: Found, true: int, said: frozenset[int]) -> list[object]:
    """One way of keeping."""
    precision, recall = result.right / max(1, result.kept), len(result.reached) / true
    own = len(result.reached & said)
    return [
        name,
        result.kept,
        f"{precision:.1%} ({result.right})",
        result.traps,
        f"{recall:.1%} ({len(result.reached)} of {true})",
        f"{share(own, len(said))} ({own} of {len(said)})",
        f"{2 * precision * recall / max(1e-9, precision + recall):.3f}",
    ]


def report(runtime: Runtime, gold: Gold, *, show: bool) -> None:
    """Sleep, judge, print."""
    talk = [m for c in runtime.conversations.list(limit=100_000) for m in runtime.conversations.thread(c.id)]
    own = {m.id: m for m in talk if m.role == "user"}
    started = time.perf_counter()
    sleep_once(runtime)
    seconds = time.perf_counter() - started
    memories, plain = kept(runtime, own), list(sentences(list(own.values())))
    judge = Judge(runtime)
    judge.learn([one.text for one in (*gold.true, *gold.traps, *memories, *plain)])
    said = sayable(gold.true, list(own.values()))
    night = found(judge, memories, gold)
    both = {"a night": night, "each sentence of the user": found(judge, plain, gold)}
    print(
        f"{len(own)} messages of the user, {len(gold.true)} memory points, {len(gold.traps)} traps, {seconds:.1f} s\n"
    )
    print(table(HEADER, [row(name, result, len(gold.true), said) for name, result in both.items()]))
    old, bad = updates(judge, memories, gold), invented(memories, own)
    cells = [old.old, old.extracted, f"{old.ended} ({share(old.ended, old.extracted)})", len(bad)]
    print("\n" + table(("old values", "of these extracted", "of these ended", "invented memories"), [cells]))
    if show:
        _show(judge, memories, gold.true, said - night.reached, old)


def _show(judge: Judge, memories: Sequence[Told], true: Sequence[Told], missed: frozenset[int], old: Updates) -> None:
    """What there is to learn from: memories that no point asks for, points that were missed, values left standing."""
    print("\nMemories that match no memory point:\n")
    for one in memories:
        if not any(one.sessions & p.sessions and judge.matches(one, p) for p in true):
            print(f"- {one.when}: {one.text}")
    print("\nMemory points that the user said and the night missed:\n")
    for number in sorted(missed):
        print(f"- {true[number].when}: {true[number].text}")
    print("\nOld values that still count:\n")
    for value, memory in old.left:
        print(f"- {value} / {memory}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="list what was missed")
    options = parser.parse_args()
    print(f"{machine()}\n", flush=True)
    embedder = load_embedder()
    with tempfile.TemporaryDirectory() as folder:
        for person in converted(options.data / "halumem_user0.jsonl", Path(folder) / "talks"):
            with told(person, Path(folder) / "homes" / person.name, embedder) as runtime:
                report(runtime, Gold(rows_of(person / "gold.jsonl")), show=options.show)


if __name__ == "__main__":
    main()
