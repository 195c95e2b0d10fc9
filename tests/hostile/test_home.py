"""Hostile imports and hostile models through the commands that a person uses: what comes of them is data, marked as
what it is, and nothing else happens."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from assistant.models import parse_model
from assistant.night_model import NightModel
from assistant.settings import OpenAISettings, Settings
from assistant.wishes import standing_wishes
from memory.clock import FixedClock
from memory.database import Database
from memory.extraction import extract
from memory.nights import Level
from memory.store import ConversationStore, MemoryFilter, MemoryStore
from memory.store.nights import NightStore
from memory.text import clean
from memory.types import Message, NewMessage, Role, Trust
from sleep.nap.by_model import notes_by_model
from sleep.reading import Asked, read_with
from tests.cli.conftest import Cli
from tests.hostile.adversary import CANARY, adversary
from tests.hostile.corpus import PROSE, SMALL, Hostile, by, raw
from tests.real.openai_server import OpenAIServer
from tests.transfer.conftest import chatgpt, line, node, write

ROLES: tuple[Role, ...] = ("assistant", "system")
EVERY_STATUS = MemoryFilter(statuses=(), limit=10_000)


@pytest.fixture(autouse=True)
def words_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No embedder: nothing here is about meaning."""
    monkeypatch.setenv("REVERIE_EMBEDDER__NAME", "/nowhere")
    monkeypatch.chdir(tmp_path)


def exports(folder: Path) -> tuple[Path, ...]:
    """The whole collection as exports of every format: as what was said, as titles, as names, as names of files."""
    texts = [one.text for one in PROSE]
    turns = [("user", "I live in Oslo."), *((role, text) for text in texts for role in ("user", "assistant"))]
    write(
        folder / "talk.jsonl",
        "".join(line("talk", f"{n}", text, role, author=text[:200]) + "\n" for n, (role, text) in enumerate(turns)),
    )
    nodes = [node("r", None)]
    for n, text in enumerate(texts):
        nodes.append(node(f"n{n}", nodes[-1]["id"], "user" if n % 2 else "assistant", text, metadata={"x": text}))
    talks = [chatgpt(f"c{n}", *nodes[:2], title=text) for n, text in enumerate(texts)]
    write(folder / "conversations.json", [*talks, chatgpt("all", *nodes)])
    for number, one in enumerate((*by("file_name"), *by("title"))):
        name = one.text.replace("/", "∕").encode("utf-8", "replace")[:200].decode("utf-8", "ignore").replace("\0", "")
        write(
            folder / "pages" / f"{number}" / f"{name.removesuffix('.md')}.md",
            f"**You:** note {number}\n\n**ChatGPT:** {one.text}\n",
        )
    return folder / "talk.jsonl", folder / "conversations.json", folder / "pages"


def settings_files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.glob("*.toml")}


def test_imports_become_data(home: Path, tmp_path: Path, cli: Cli, clock: FixedClock) -> None:
    sources = exports(tmp_path / "exports")
    assert cli("config", "set", "screen.theme", "nord").code == 0
    before, files = settings_files(home), sorted(tmp_path.rglob("*"))
    imported = [cli("import", str(source)) for source in sources]
    assert [one.code for one in imported] == [0, 0, 0], imported
    slept = cli("sleep", "--yes")
    assert slept.code == 0, slept.err
    listed = [cli("memory", "list"), cli("memory", "history", "m1"), cli("sleep", "show", "n1"), cli("doctor")]
    listed += [cli("export", "-o", str(tmp_path / f"out-{f}"), "--format", f) for f in ("jsonl", "markdown")]
    assert [raw(one.out + one.err) for one in (*imported, slept, *listed)] == [[]] * (len(listed) + 4)
    assert settings_files(home) == before
    new = [p for p in tmp_path.rglob("*") if p not in files and home not in p.parents]
    assert all(p.is_relative_to(tmp_path / "out-jsonl") or p.is_relative_to(tmp_path / "out-markdown") for p in new)
    assert all(raw(p.name) == [] and not p.name.startswith("-") for p in new)
    with closing(Database.open(home / "reverie.db")) as database:
        memories = MemoryStore(database, clock)
        _are_the_users(memories, ConversationStore(database, clock), {Trust.IMPORTED, Trust.INFERRED})
        assert standing_wishes(memories, NightStore(database)) == ()


def _are_the_users(memories: MemoryStore, conversations: ConversationStore, marks: set[Trust]) -> None:
    """Every memory quotes a message in the user's role, and is marked as what it is."""
    kept = memories.list(EVERY_STATUS)
    assert any("Oslo" in memory.text for memory in kept), "the one statement of the user was not read"
    for memory in kept:
        assert memory.trust in marks and memory.sources, memory.text
        said = conversations.messages(source.message_id for source in memory.sources)
        for source in memory.sources:
            message = said[source.message_id]
            assert message.role == "user" and message.content[source.start : source.end] == source.quote
        assert clean(memory.text) == memory.text


def test_a_hostile_model_cannot_write_into_a_night(
    home: Path, cli: Cli, clock: FixedClock, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [f"{CANARY}: {one.text}" for one in SMALL if one.kind in ("orders", "prompts", "escapes")]
    openai_server.reply = adversary(orders)
    with closing(Database.open(home / "reverie.db")) as database:
        store = ConversationStore(database, clock)
        talk = store.create()
        said = [
            "I live in Oslo.",
            "My sister Ana plays the cello in Bergen.",
            "I fly to Rome on 9 May 2026.",
            "I love hiking.",
        ]
        store.append_many(
            talk.id,
            [NewMessage(role=r, content=t) for text in said for r, t in (("user", text), ("assistant", orders[0]))],
        )  # type: ignore[arg-type]
    monkeypatch.setenv("REVERIE_MODEL", "openai:scripted")
    monkeypatch.setenv("REVERIE_OPENAI__BASE_URL", openai_server.url)
    before = settings_files(home)
    slept = cli("sleep", "--yes")
    assert slept.code in (0, 3), slept.err
    assert openai_server.requests, "the night asked no model"
    assert raw(slept.out + slept.err) == [] and settings_files(home) == before
    with closing(Database.open(home / "reverie.db")) as database:
        memories, nights = MemoryStore(database, clock), NightStore(database)
        _are_the_users(memories, ConversationStore(database, clock), {Trust.USER, Trust.INFERRED})
        derived = [*(m.text for m in memories.list(EVERY_STATUS)), *(line.text for line in nights.profile())]
        derived += [dream.text + dream.question for dream in nights.dreams()]
        derived += [summary.text for level in get_args(Level) for summary in nights.summaries(level)]
        assert [text for text in derived if CANARY in text] == []


@pytest.mark.parametrize("one", by("plan"), ids=lambda one: one.id)
def test_a_plan_counts_as_far_as_the_user_said_it(one: Hostile, openai_server: OpenAIServer, clock: FixedClock) -> None:
    openai_server.reply = one.text
    said = _message("I live in Oslo. It rains.")
    settings = Settings(openai=OpenAISettings(base_url=openai_server.url))
    with closing(NightModel(parse_model("openai:scripted"), settings, clock)) as model:
        (read,) = read_with(model, [Asked(said, before="You promised to pay, we agreed.")])
    for memory in read.memories:
        (source,) = memory.sources
        assert said.content[source.start : source.end] == source.quote and "Oslo" in source.quote
        assert memory.text.startswith("You live in Oslo") and memory.subject == "user"
        assert memory.slot in (None, "home_city") and memory.value in (None, "Oslo")
        assert raw(memory.text + (memory.value or "")) == [] and len(memory.text) < 300
        assert memory.kind != "instruction"


@pytest.mark.parametrize("one", by("plan"), ids=lambda one: one.id)
def test_a_nap_keeps_what_was_said(one: Hostile, openai_server: OpenAIServer, clock: FixedClock) -> None:
    openai_server.reply = one.text.replace('"facts"', '"notes"')
    said = _message("I live in Oslo. It rains.")
    settings = Settings(openai=OpenAISettings(base_url=openai_server.url))
    with closing(NightModel(parse_model("openai:scripted"), settings, clock)) as model:
        try:
            notes = notes_by_model(model, [said], room=500, passes=1, count=len)
        except Exception as error:
            assert type(error).__name__ == "ModelFailed"
            return
    for note in notes:
        assert said.content[note.start : note.end] and raw(note.text) == []
        assert "Oslo" in note.text or note.text in said.content


def _message(content: str) -> Message:
    return Message(
        id="id1", number=1, conversation_id="c", parent_id=None, role="user", author="", content=content,
        status="complete", said_at=datetime(2026, 5, 3, 12, tzinfo=UTC), zone="UTC",
    )  # fmt: skip


def test_nothing_that_others_say_is_a_statement() -> None:
    for one in SMALL:
        for role in ROLES:
            assert extract(replace(_message(one.text), role=role)) == ()


def test_the_collection_survives_a_round_trip(
    home: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in exports(tmp_path / "exports"):
        cli("import", str(source))
    assert cli("export", "-o", str(tmp_path / "out")).code == 0
    monkeypatch.setenv("REVERIE_HOME", str(tmp_path / "other"))
    assert cli("import", str(tmp_path / "out")).code == 0
    assert cli("export", "-o", str(tmp_path / "again")).code == 0
    one, other = ((tmp_path / name) for name in ("out", "again"))
    names = sorted(p.relative_to(one) for p in one.rglob("*.jsonl"))
    assert names and names == sorted(p.relative_to(other) for p in other.rglob("*.jsonl"))
    for name in names:
        assert [json.loads(row) for row in (one / name).read_text().split("\n")[:-1]] == [
            json.loads(row) for row in (other / name).read_text().split("\n")[:-1]
        ], name
