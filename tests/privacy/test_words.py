"""Where words and secrets do not go: logs, temporary chats, errors; and what is kept of private matters."""

import asyncio
import logging
import os
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import pytest

from assistant.cli.run import run
from assistant.logfile import DEBUG, logging_to, traced
from assistant.nights import preview_night, sleep_beside
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import MemorySettings, NapSettings, OpenAISettings, RetrievalSettings, Settings
from memory.clock import FixedClock
from memory.database import Database
from memory.sensitive import Matter, matters_of
from memory.store import MemoryStore
from memory.types import NewMemory, Sensitivity
from memory.vectors.hashing import HashEmbedder
from tests.deletion.search import found_in
from tests.real.fixtures import _openai_server, openai_server, tiny_model
from tests.real.openai_server import OpenAIServer

__all__ = ["_openai_server", "openai_server", "tiny_model"]

SECRET = "xylophonist"
KEY = "sk-proj-Zq81724xylophonist"


def opened(home: Path, clock: FixedClock, **settings: object) -> Runtime:
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    return Runtime.open(
        paths=paths, settings=Settings(**settings), clock=clock, load_embedder=lambda: HashEmbedder(32)
    )  # fmt: skip


def say(runtime: Runtime, *texts: str) -> str:
    """A conversation, each text answered; its id."""
    where = runtime.engine.conversations.create().id

    async def all_of_it() -> None:
        for text in texts:
            async for _ in runtime.engine.answer(where, text):
                pass

    asyncio.run(all_of_it())
    return where


# -- logs


def fail(words: str) -> None:
    try:
        raise KeyError(words)
    except KeyError as error:
        raise ValueError(f"cannot read {words!r}") from error


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_log_holds_no_words_unless_debugging_is_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    monkeypatch.setenv(DEBUG, debug)
    with logging_to(tmp_path / "log"):
        logging.getLogger("langchain.x").warning("the prompt was %s", SECRET)
        warnings.warn(f"a text of {SECRET}", stacklevel=1)
        try:
            fail(SECRET)
        except ValueError:
            logging.getLogger("assistant.engine").exception("a turn failed")
        try:
            raise OSError(28, "No space left on device")
        except OSError:
            logging.getLogger("assistant.engine").exception("not stored")
    told = (tmp_path / "log").read_text()
    assert (SECRET in told) is bool(debug)
    for part in ("a turn failed", "ValueError", "KeyError", "No space left", "test_words.py"):
        assert part in told


def test_an_error_of_the_database_carries_no_parameters(database: Database, memories: MemoryStore) -> None:
    from sqlalchemy import text

    with pytest.raises(Exception) as caught, database.write() as session:
        session.execute(text("INSERT INTO meta (key, value) VALUES (:key, NULL)"), {"key": SECRET})
    assert SECRET not in str(caught.value) and SECRET not in traced(caught.value)


# -- temporary chats


def test_a_temporary_chat_leaves_no_byte(home: Path, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    lines = f"Remember that I am a {SECRET}.\nWhat am I?\n/export md\n/quit\n"
    ended = subprocess.run(
        [sys.executable, "-m", "assistant", "--plain", "--temporary"], input=lines, capture_output=True, text=True,
        env=os.environ | {"TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=home.parent / "tmp", timeout=170,
    )  # fmt: skip
    assert ended.returncode == 0 and "nothing is remembered" in ended.stdout + ended.stderr
    told = [path for path in (tmp_path / "tmp").iterdir() if path.suffix == ".md"]
    assert len(told) == 1 and SECRET in told[0].read_text(), "what was exported on purpose is there, and nothing else"
    told[0].unlink()
    assert found_in(tmp_path, SECRET) == []


# -- secrets


@pytest.mark.parametrize("name", ["scripted", "refuse401", "error500", "nowhere"])
def test_a_key_is_nowhere(
    home: Path, clock: FixedClock, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], name: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    settings = {"model": f"openai:{name}", "openai": OpenAISettings(base_url=openai_server.url)}
    home.mkdir()
    with closing(opened(home, clock, **settings)) as runtime, logging_to(runtime.paths.log):
        say(runtime, "Where do I live?")
    assert run(["config", "set", "openai.base_url", openai_server.url]) == 0
    for command in (["config", "show"], ["doctor"], ["ledger"], ["export", "-o", str(home / "out")], ["backup"]):
        run(command)
    captured = capsys.readouterr()
    assert any(KEY in value for header in openai_server.headers for value in header.values()), "it was sent"
    assert KEY not in captured.out + captured.err and found_in(home, KEY) == []


# -- the ledger


def test_every_call_is_in_the_ledger(home: Path, clock: FixedClock, openai_server: OpenAIServer) -> None:
    settings = {
        "model": "openai:scripted", "openai": OpenAISettings(base_url=openai_server.url), "context_tokens": 900,
        "nap": NapSettings(writer="model", at=0.3), "retrieval": RetrievalSettings(rewrite="always"),
    }  # fmt: skip
    home.mkdir()
    with closing(opened(home, clock, **settings)) as runtime:
        where = say(runtime, *(f"I live in Lyon, in house number {n}, and my sister Ana is a baker." for n in range(8)))
        runtime.engine.nap(where, early=True)
        runtime.retriever.search("Where is my sister?", 5)
        preview_night(runtime, lambda event: None)
        sleep_beside(runtime, lambda event: None)
        calls = runtime.ledger.list(1_000)
    assert len(calls) == len(openai_server.requests) > 20
    told = {call.purpose.partition(":")[0].partition(" ")[0] for call in calls}
    assert len(told) >= 4, told


# -- private matters


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("I'm allergic to peanuts.", Matter.HEALTH), ("He was diagnosed with cancer.", Matter.HEALTH),
        ("I'm gay.", Matter.SEXUALITY), ("She came out to her parents.", Matter.SEXUALITY),
        ("I go to church on Sundays.", Matter.RELIGION), ("You are Jewish.", Matter.RELIGION),
        ("I voted for the Greens.", Matter.POLITICS), ("I'm a union member.", Matter.POLITICS),
        ("I earn $50k a year.", Matter.MONEY), ("We are in debt.", Matter.MONEY),
        ("My PIN is 4711.", Matter.IDENTIFIERS), ("Card 4111 1111 1111 1111", Matter.IDENTIFIERS),
        ("My IBAN is DE89 3704 0044 0532 0130 00.", Matter.IDENTIFIERS),
    ],
)  # fmt: skip
def test_what_is_private(text: str, matter: Matter) -> None:
    assert matter in matters_of(text)


@pytest.mark.parametrize(
    "text",
    ["I like tea.", "I live in Lyon.", "I pin photos to the wall.", "I make 20 cakes.", "Call 4111 1111 1111 1112.",
     "The meeting is bi-weekly.", "My sister is a nurse."],
)  # fmt: skip
def test_what_is_not(text: str) -> None:
    assert matters_of(text) == ()


@pytest.mark.parametrize(("allowed", "kept"), [("ask", False), ("never", False), ("keep", True)])
def test_a_night_keeps_what_is_private_only_where_it_may(
    home: Path, clock: FixedClock, allowed: str, kept: bool
) -> None:
    home.mkdir()
    with closing(opened(home, clock, memory=MemorySettings(sensitive=allowed))) as runtime:
        say(runtime, "I am allergic to quinces.", "I live in Lyon.", "Remember that my blood type is A.")
        sleep_beside(runtime, lambda event: None)
        texts = {memory.text: memory.sensitivity for memory in runtime.memories.list()}
    assert any("Lyon" in text for text in texts)
    assert any("quinces" in text for text in texts) is kept
    asked = [mark for text, mark in texts.items() if "blood type" in text]
    assert asked == [Sensitivity.SENSITIVE], "the user said remember"


def test_whoever_writes_it_the_words_mark_it(memories: MemoryStore, capsys: pytest.CaptureFixture[str]) -> None:
    memories.add(NewMemory(text="You have asthma."))
    memories.add(NewMemory(text="You like tea."))
    assert [m.sensitivity for m in memories.list()] == [Sensitivity.NORMAL, Sensitivity.SENSITIVE]
    assert memories.edit("m2", text="You vote for the Greens.").sensitivity is Sensitivity.SENSITIVE
    run(["memory", "list"])
    assert capsys.readouterr().out.count("private") == 2
    run(["memory", "show", "m1"])
    assert "health" in capsys.readouterr().out
