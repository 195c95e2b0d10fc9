"""What naps do with what does not fit: messages longer than the window, windows that are wrong, models that change."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SettingsError
from assistant.events import Failed
from assistant.models.spec import ModelSpec
from assistant.models.window import DEFAULT_WINDOW, MOST, window_tokens
from assistant.napping import FEWEST, Napper, Room, due
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import NapSettings, Settings
from assistant.settings_file import load_settings
from memory.clock import FixedClock
from memory.database import Database
from memory.naps import Nap
from memory.purge import purge
from memory.purge_scope import scope_of
from memory.store import ConversationStore
from memory.store.naps import NapStore
from memory.types import Message, NewMessage, Role
from memory.vectors.hashing import HashEmbedder
from tests.assistant.fakes import of, say
from tests.nap.test_long_talk import CODE, QUESTION, reads, told
from tests.nap.test_rules import count, said
from tests.real.openai_server import OpenAIServer

WINDOW = 1_000
LONG = "This is a page that I copied from somewhere. " * 400


@pytest.fixture
def chat(home: Path, clock: FixedClock, openai_server: OpenAIServer) -> Iterator[Runtime]:
    """A model with a small window on a server, and no retrieval that could help."""
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    paths.settings.write_text("")
    settings = Settings.model_validate(
        {
            "model": "openai:scripted", "context_tokens": WINDOW, "memory": {"enabled": False},
            "index": {"backend": "exact"}, "openai": {"base_url": openai_server.url},
        }
    )  # fmt: skip
    openai_server.reply = reads
    runtime = Runtime.open(paths=paths, settings=settings, clock=clock, load_embedder=lambda: HashEmbedder(64))
    yield runtime
    runtime.close()


async def turn(runtime: Runtime, talk: str, text: str) -> str:
    """Say something, and take a nap if it is time, as the chat does; the answer, or what failed."""
    events = await say(runtime.engine, talk, text)
    runtime.engine.nap(talk)
    failed = of(events, Failed)
    return failed[0].message if failed else runtime.conversations.thread(talk)[-1].content


# -- a message longer than the window


@pytest.mark.parametrize("role", ["user", "assistant"])
async def test_a_message_longer_than_the_window_does_not_hide_what_was_said_before(
    chat: Runtime, role: Role
) -> None:  # fmt: skip
    talk = chat.conversations.create("talk").id
    assert await turn(chat, talk, CODE)
    if role == "user":
        assert "too long for the model" in await turn(chat, talk, LONG)
    else:  # one that was imported, or that a model with a larger window wrote
        chat.conversations.append(talk, NewMessage(role="user", content="Write a page."))
        chat.conversations.append(talk, NewMessage(role="assistant", content=LONG))
        chat.engine.nap(talk)
    assert (await turn(chat, talk, QUESTION)).startswith("It is 4711")
    assert (await turn(chat, talk, QUESTION)).startswith("It is 4711")
    assert any(
        message.content == LONG.strip() or message.content == LONG for message in chat.conversations.thread(talk)
    )
    notes = [note.text for nap in chat.engine.naps(chat.conversations.thread(talk)) for note in nap.notes]
    assert notes and sum(map(len, notes)) < len(LONG) / 10


@given(
    st.lists(st.tuples(st.sampled_from(["user", "assistant"]), st.integers(0, 900)), max_size=30), st.integers(-5, 900)
)
def test_any_history_is_parted_behind_an_answer(turns: list[tuple[Role, int]], window: int) -> None:
    history = _history(turns)
    room = Room(window=window, fixed_tokens=50)
    part = due(history, None, room, 0.8, count)
    assert part == tuple(history[: len(part)])
    if not room.for_talk:
        assert part == ()
    too_long = [count(message.content) + 6 > room.for_talk for message in part]
    if part and part[-1].role == "user":
        assert history[len(part)].role == "user" if len(part) < len(history) else too_long[-1]
    assert not part or len(part) >= FEWEST or any(too_long)


def _history(turns: list[tuple[Role, int]]) -> list[Message]:
    messages = said(*("word " * size for _, size in turns))
    return [replace(message, role=role) for message, (role, _) in zip(messages, turns, strict=True)]


# -- windows


@pytest.mark.parametrize(
    ("stated", "window"),
    [
        (None, DEFAULT_WINDOW), (0, DEFAULT_WINDOW), (-4096, DEFAULT_WINDOW), ("4096", DEFAULT_WINDOW),
        (True, DEFAULT_WINDOW), ([], DEFAULT_WINDOW), (10**30, MOST), (2_048, 2_048),
    ],
)  # fmt: skip
def test_whatever_a_model_states_its_window_is_a_sensible_number(tmp_path: Path, stated: object, window: int) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"max_position_embeddings": stated}))
    assert window_tokens(ModelSpec("local", str(tmp_path)), Settings(), None) == window


def test_the_shipped_model_has_its_own_window_and_damage_is_none(tmp_path: Path) -> None:
    assert window_tokens(ModelSpec("local", "pocket"), Settings(), None) == 1_024
    (tmp_path / "config.json").write_bytes(b"{")
    assert window_tokens(ModelSpec("local", str(tmp_path)), Settings(), None) == DEFAULT_WINDOW


@pytest.mark.parametrize("value", ["0", "-8192", "511", "1e9", "100000000000", "'many'"])
def test_a_window_that_cannot_be_is_refused_by_name(home: Path, value: str) -> None:
    paths = Paths(data=home, config=home, cache=home).ready()
    paths.settings.write_text(f"context_tokens = {value}\n")
    with pytest.raises(SettingsError, match="context_tokens"):
        load_settings(paths)


@pytest.mark.parametrize("key", ["at = 0", "at = 1.1", "passes = 0", "share = -1", "cartridge_passes = 0", "size = 1"])
def test_so_is_a_nap_that_cannot_be(home: Path, key: str) -> None:
    paths = Paths(data=home, config=home, cache=home).ready()
    paths.settings.write_text(f"[nap]\n{key}\n")
    with pytest.raises(SettingsError, match=f"nap.{key.split()[0]}"):
        load_settings(paths)


@pytest.mark.parametrize("window", [-1, 0, 40, 10**15])
def test_no_window_breaks_a_nap(
    database: Database, conversations: ConversationStore, clock: FixedClock, window: int
) -> None:
    talk = conversations.create("talk").id
    for n in range(30):
        conversations.append(talk, NewMessage(role="assistant" if n % 2 else "user", content="We met Ana in Porto."))
    napper = Napper(conversations, NapStore(database, clock), NapSettings)
    assert napper.nap(talk, Room(window=window, fixed_tokens=60)) is None
    assert napper.nap(talk, Room(window=window, fixed_tokens=60), early=True) is None


async def test_a_window_smaller_than_the_system_text_is_told_and_loses_nothing(chat: Runtime) -> None:
    talk = chat.conversations.create("talk").id
    await turn(chat, talk, CODE)
    _use(chat, "openai:scripted", context_tokens=512, instructions="Be brief, and never say please. " * 60)
    for _ in range(2):
        assert "too long for the model" in await turn(chat, talk, QUESTION)
        assert chat.engine.nap(talk, early=True) is None
    _use(chat, "openai:scripted", context_tokens=WINDOW, instructions="")
    assert (await turn(chat, talk, QUESTION)).startswith("It is 4711")


# -- another model


def _use(runtime: Runtime, model: str, **changed: object) -> None:
    runtime.settings = runtime.settings.model_copy(update=changed)
    runtime.use_model(model)


async def test_naps_go_on_where_the_model_and_its_window_change(chat: Runtime, tiny_model: Path) -> None:
    talk = chat.conversations.create("talk").id
    await turn(chat, talk, CODE)

    async def chatter(turns: int) -> list[Nap]:
        for n in range(turns):
            await turn(chat, talk, told(n))
        return list(chat.engine.naps(chat.conversations.thread(talk)))

    first = await chatter(16)
    assert first and any("4711" in note.text for note in first[-1].notes)
    _use(chat, "openai:scripted", context_tokens=50_000)
    assert await chatter(3) == first, "much room: no nap is due, and the last one still stands for the beginning"
    _use(chat, f"local:{tiny_model}", context_tokens=800)
    smaller = await chatter(1)
    assert len(smaller) == len(first) + 1 and smaller[-1].messages > first[-1].messages
    assert any("4711" in note.text for note in smaller[-1].notes), "it covers the beginning anew"
    _use(chat, "none")
    assert chat.engine.nap(talk, early=True) is None
    _use(chat, "openai:scripted", context_tokens=WINDOW)
    assert (await turn(chat, talk, QUESTION)).startswith("It is 4711")


# -- purge


async def test_a_purged_message_is_in_no_nap_and_the_next_one_is_made_of_the_rest(chat: Runtime) -> None:
    talk = chat.conversations.create("talk").id
    await turn(chat, talk, CODE)
    for n in range(16):
        await turn(chat, talk, told(n))
    (first,) = [m for m in chat.conversations.thread(talk) if m.content == CODE]
    naps = NapStore(chat.database, chat.clock)
    ends = naps.of_conversation(talk)[-1].upto_id
    purge(chat.database, scope_of(chat.database, [first.short_id]), chat.clock)
    left = naps.of_conversation(talk)
    assert left and not any("4711" in note.text for nap in left for note in nap.notes)
    assert await turn(chat, talk, QUESTION) == "You have not told me."
    purge(chat.database, scope_of(chat.database, [ends]), chat.clock)
    assert ends not in {nap.upto_id for nap in naps.of_conversation(talk)}, (
        "a nap goes with the message that it ends with"
    )
    for n in range(16):
        await turn(chat, talk, told(n))
    again = naps.of_conversation(talk)[-1]
    assert again.messages > 20 and again.notes and not any("4711" in note.text for note in again.notes)
