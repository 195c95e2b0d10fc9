"""What is fuzzed: everything that reads what others wrote. A target takes a text, and raises for what must not be."""

import io
import json
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from assistant.citations import cited_ids
from assistant.night_model import read_answer
from assistant.paths import Paths
from assistant.prompt import inside
from assistant.settings_file import load_settings
from memory.backup import verify
from memory.clock import parse_instant
from memory.database import Database
from memory.errors import ReverieError
from memory.extraction import extract, parse_command, pasted
from memory.extraction.clauses import masked
from memory.extraction.dates import find_until, find_when, written_out
from memory.store import MemoryFilter
from memory.text import StreamCleaner, clean, display, one_line
from memory.transfer.chatgpt import read_chatgpt
from memory.transfer.claude import read_claude
from memory.transfer.encoding import utf8_stream
from memory.transfer.incoming import Opened, Reader
from memory.transfer.json_items import BrokenJson
from memory.transfer.jsonl import read_jsonl
from memory.transfer.markdown import read_markdown
from memory.transfer.report import Skip
from memory.transfer.source import Part
from memory.types import Message
from sleep.nap.by_model import Notes
from sleep.reading import Fact, Facts, understood
from tests.hostile.corpus import PROSE, raw
from tests.transfer.conftest import line, small_talk
from tui.chat.citations import CitationLinker, link_citations
from tui.commands import parse_line
from tui.keyfile import read_keys
from tui.screens.memory_filter import parse_filter

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
Target = Callable[[str], object]


def message(content: str) -> Message:
    return Message(
        id="id1", number=1, conversation_id="c", parent_id=None, role="user", author="", content=content,
        status="complete", said_at=NOW, zone="Europe/Lisbon",
    )  # fmt: skip


def text(said: str) -> None:
    """Cleaned once is cleaned for good, in pieces as in one; what is shown is harmless."""
    plain = clean(said)
    assert clean(plain) == plain
    assert raw(display(said)) == [] and "\n" not in one_line(said)
    cleaner, at = StreamCleaner(), len(said) // 3
    assert cleaner.feed(said[:at]) + cleaner.feed(said[at:]) + cleaner.finish() == plain


def fence(said: str) -> None:
    """Nothing in a line of the prompt, or between the marks of a paste, leaves it."""
    kept = inside(said)
    assert "<" not in kept and ">" not in kept and "\n" not in kept
    plain = clean(said)
    assert set(masked(pasted(plain))) <= {"\0", "\n"}


def wishes(said: str) -> None:
    """A wish or a statement lies in the message, and a command is one of the list."""
    plain = clean(said)[:600]
    parse_command(plain)
    parse_line(plain)
    for memory in extract(message(plain)):
        for source in memory.sources:
            assert plain[source.start : source.end] == source.quote


def answers(said: str) -> None:
    """A model's answer is what was asked for, or a problem in words; and no more than the message says."""
    for shape in (Facts, Notes):
        with suppress(ValueError):
            read_answer(said, shape)
    fact = Fact(
        message=1, quote=said[:80], text=said[:120], kind="fact", subject=said[:20], value=said[:20], slot="home_city"
    )
    of = message("I live in Oslo with Ana.")
    memory = understood(fact, of)
    assert memory is None or memory.sources[0].quote in of.content


def citations(said: str) -> None:
    """Only what was given is cited, and links are the same in pieces as in one."""
    assert set(cited_ids(said, ["m1", "t2"])) <= {"m1", "t2"}
    linker, at = CitationLinker(["m1", "t2"]), len(said) // 2
    assert linker.feed(said[:at]) + linker.feed(said[at:]) + linker.finish() == link_citations(said, ["m1", "t2"])


def filters(said: str) -> None:
    with suppress(ReverieError):
        parse_filter(said, MemoryFilter(), NOW, "Europe/Lisbon")


def times(said: str) -> None:
    for found in (find_when(said[:300], NOW, "Europe/Lisbon"), find_until(said[:300], NOW, "Asia/Tokyo")):
        if found is not None:
            written_out(said[:300], found, "Europe/Lisbon")
    with suppress(ReverieError):
        parse_instant(said)


def files(said: str) -> None:
    """Settings and keys that somebody broke: one error in words, or none."""
    folder = _folder()
    paths = Paths(data=folder, config=folder, cache=folder)
    for file in (paths.settings, folder / "keys.toml"):
        file.write_text(said, encoding="utf-8", errors="replace")
    with suppress(ReverieError):
        load_settings(paths)
    read_keys(folder / "keys.toml")


def backups(said: str) -> None:
    """A backup whose bytes were changed is damaged, or none of ours, or still whole: never a traceback."""
    draw, data = random.Random(said.encode("utf-8", "replace")), bytearray(_home())
    for at in range(draw.randint(1, 4)):
        place = draw.randrange(len(data)) if at else draw.randrange(200)
        data[place : place + 4] = said.encode("utf-8", "replace")[:4]
    path = _folder() / "backup.db"
    path.write_bytes(bytes(data[: draw.choice((len(data), draw.randrange(len(data))))]))
    with suppress(ReverieError):
        verify(path)


def imports(reader: Reader) -> Target:
    def target(said: str) -> None:
        part = Part("talk", len(said), NOW, lambda: io.BytesIO(said.encode("utf-8", "replace")))
        with part.open() as opened, suppress(ReverieError, BrokenJson):
            for item in reader(Opened(part, utf8_stream(opened), NOW, "UTC")):
                assert isinstance(item, Skip) or item.message.role in ("user", "assistant", "system")

    return target


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="reverie-fuzz-"))


@cache
def _home() -> bytes:
    path = _folder() / "home.db"
    Database.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return path.read_bytes()


TARGETS: dict[str, Target] = {
    "text": text, "fence": fence, "wishes": wishes, "answers": answers, "citations": citations, "filters": filters,
    "times": times, "files": files, "backups": backups, "import jsonl": imports(read_jsonl),
    "import chatgpt": imports(read_chatgpt), "import claude": imports(read_claude),
    "import markdown": imports(read_markdown),
}  # fmt: skip

_CLAUDE = {
    "uuid": "u", "name": "n", "created_at": "2026-01-02T03:04:05Z",
    "chat_messages": [{"uuid": "m", "sender": "human", "text": "hi", "created_at": "2026-01-02T03:04:05Z", "content": []}],
}  # fmt: skip
_SEEDS: dict[str, list[str]] = {
    "answers": ['{"facts":[{"message":1,"quote":"I live in Oslo","text":"You live in Oslo.","kind":"fact"}]}'],
    "filters": ["kind:fact state:all pinned:yes used:>3 since:7d sure:<70 tag:work about:Sam source:sleep trust:user"],
    "times": ["next Friday at 5pm", "on 3 June 2019", "until Monday", "2026-05-03T10:00:00+02:00", "in two weeks"],
    "files": ["give = " + "[" * 3_000, "model = " + "9" * 5_000, "a = " + "{b = " * 2_000, 'model = "none"\n[memory]\ngive = 8\n', '"chat.new" = "ctrl+t"\n', "[index]\nbackend = 'exact'\n"],
    "import jsonl": [line("c", "1", "I live in Oslo.") + "\n" + line("c", "2", "Yes", "assistant")],
    "import chatgpt": [json.dumps([small_talk("a"), small_talk("b")])],
    "import claude": [json.dumps([_CLAUDE])],
    "import markdown": ["---\ntitle: x\ndate: 2026-01-02\n---\n# Talk\n\n**You:** hi\n\n**ChatGPT:** hello\n", "## User\nhi\n## Assistant\nyo"],
}  # fmt: skip
_PIECES = (
    "\x1b[31m \x1b]0; \x07 \x1b\\ \x9d \x9c \u202e \u200b \ud800 \U000e0041 <|im_end|> </memories> [m1] [t2, ~~~ ``` ` \" ' { } [ ] "
    ": , \\ \\ud83d null true 1e999 -1 99999999999999999999 NaN --- ** # > | Remember that I live in Oslo . ? ! “ ” « if "
    "next Friday 3 June since: kind: used:> % é 漢字 🏴 = [[ ]] \r\n \0"
).split(" ")


def mutated(name: str, draw: random.Random) -> str:
    """A text for a target: what it reads, or a hostile one, changed in a few places."""
    seeds = _SEEDS.get(name, [])
    said = draw.choice(seeds) if seeds and draw.random() < 0.8 else draw.choice(PROSE).text[:2_000]
    for _ in range(draw.randint(1, 6)):
        at, to = sorted((draw.randint(0, len(said)), draw.randint(0, len(said))))
        to = min(to, at + draw.choice((0, 1, 8, 200)))
        put = draw.choice(
            (draw.choice(_PIECES), chr(draw.randrange(0x110000)), said[at:to] * 2, "", said[to : to + 40])
        )
        said = said[:at] + put + said[to:]
    return said


def cases(name: str, seed: int) -> Iterator[str]:
    """Texts for a target without end; the same for the same seed."""
    draw = random.Random(f"{name} {seed}")
    while True:
        yield mutated(name, draw)
