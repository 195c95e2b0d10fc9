"""The screens show hostile text as text: nothing raw, no link, no act, no markup; and a paste is a message."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot

from assistant.paths import Paths
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.store import Create
from memory.text import clean
from memory.types import NewMemory, NewMessage, Role
from tests.hostile.corpus import SMALL, by, raw
from tests.tui.driving import idle, ready
from tests.tui.fakes import USAGE, FakeRuntime
from tests.tui.waiting import wait_until
from tui.app import ReverieApp

SIZE = (100, 40)
ROLES: tuple[Role, ...] = ("user", "assistant")


@pytest.fixture
def fake(home: Path, clock: FixedClock) -> Iterator[FakeRuntime]:
    paths = Paths(data=home, config=home, cache=home / "cache")
    opened = FakeRuntime(paths=paths, settings=Settings(), clock=clock)
    paths.settings.write_text("")
    yield opened
    opened.close()


def harmless(app: App[object]) -> str:
    """What is on the screen now, line by line as it goes to the terminal; no line of it is raw or leads anywhere."""
    strips = app.screen._compositor.render_strips()
    shown = "\n".join("".join(segment.text for segment in strip) for strip in strips)
    assert raw(shown) == []
    assert [s.style.link for strip in strips for s in strip if s.style is not None and s.style.link] == []
    return shown


async def test_answers_and_messages_are_shown_as_text(fake: FakeRuntime) -> None:
    talk = fake.conversations.create("Hostile")
    for one in (one for one in SMALL[::4] if clean(one.text).strip()):
        said = [NewMessage(role=role, content=one.text, author=one.text[:80]) for role in ROLES]
        fake.conversations.append_many(talk.id, said)
    app = ReverieApp(fake, conversation=talk.short_id)  # type: ignore[arg-type]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        for _ in range(8):
            harmless(app)
            app.chat.history.scroll_relative(y=-60, animate=False)
            await pilot.pause()
        assert app.is_running


async def test_an_answer_that_streams_is_shown_as_text(fake: FakeRuntime) -> None:
    app = ReverieApp(fake)  # type: ignore[arg-type]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        for at in range(3):
            pieces = [one.text + "\n\n" for one in SMALL[at::9]]
            fake.engine.play(*pieces, USAGE)
            app.chat.composer.put("go on")
            await pilot.press("enter")
            await idle(pilot, app)
            harmless(app)
        assert app.is_running


async def test_lists_and_pages_show_it_as_text(fake: FakeRuntime) -> None:
    for one in SMALL[::5]:
        if clean(one.text).strip():
            fake.conversations.create(one.text[:200])
            fake.memories.apply([Create(new=NewMemory(text=one.text, subject=one.text[:60]))], actor="you")
    app = ReverieApp(fake)  # type: ignore[arg-type]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        harmless(app)
        for command in ("memory", "resume", "history"):
            app.chat.composer.put(f"/{command}")
            await pilot.press("enter")
            await wait_until(pilot, lambda: app.screen is not app.chat)
            for _ in range(4):
                harmless(app)
                await pilot.press(*["down"] * 3)
            await pilot.press("escape")
            await wait_until(pilot, lambda: app.screen is app.chat)


async def paste(pilot: Pilot[object], app: ReverieApp, text: str) -> None:
    app.chat.composer.post_message(events.Paste(text))
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()


async def test_what_is_pasted_is_never_a_command(fake: FakeRuntime) -> None:
    app, before = ReverieApp(fake), fake.settings.model_dump()  # type: ignore[arg-type]
    pasted = [one.text for one in by("paste") if one.kind in ("commands", "escapes")][::2]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        for number, text in enumerate(pasted, start=1):
            await paste(pilot, app, text)
            await wait_until(pilot, lambda n=number: len(fake.engine.heard) == n)  # type: ignore[misc]
            await idle(pilot, app)
        assert app.is_running and app.screen is app.chat
    assert fake.settings.model_dump() == before and fake.paths.settings.read_text() == ""
    assert fake.memories.list() == () or all("evil" not in m.text for m in fake.memories.list())
    for text, heard in zip(pasted, fake.engine.heard, strict=True):
        assert clean(text).strip().lstrip("/") in heard


async def test_a_paste_beside_what_is_typed(fake: FakeRuntime) -> None:
    app = ReverieApp(fake)  # type: ignore[arg-type]
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        composer = app.chat.composer
        for typed, given, shown in (
            ("", "/model x", "//model x"),
            ("see ", "/model x", "see /model x"),
            ("see:", "a\nb", "see:\n~~~\na\nb\n~~~\n"),
            ("/remember ", "a\nb", "/remember a\nb"),
            ("~~~~", "a\nb", "~~~~\n~~~~~\na\nb\n~~~~~\n"),
        ):
            composer.clear_all()
            composer.insert(typed)
            composer.post_message(events.Paste(given))
            await wait_until(pilot, lambda s=shown: composer.text == s)  # type: ignore[misc]
