"""The tree of messages, finding in a chat, editing, asking without a memory, and what the chat tells of nights."""

import re
import sys
from datetime import timedelta

import pytest

from memory.store.nights import NightStore
from memory.types import NewMemory, NewMessage, Source
from tests.tui.driving import entries, idle, ready, say, type_line
from tests.tui.fakes import USAGE, fill_conversation
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.editor import edit_text
from tui.chat.find import FindBar, FindInput
from tui.chat.messages import Answer, Remark, Said
from tui.keyfile import KEYS_FILE, read_keys
from tui.screens.memory_form import MemoryForm, Statement
from tui.screens.why import WhyScreen

SIZE = (100, 30)


async def test_an_edited_message_stands_beside_the_old_one(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await say(pilot, app, "first wording")
        await say(pilot, app, "and more")
        await pilot.press("alt+up", "alt+up", "alt+up", "alt+up", "e")
        await wait_until(
            pilot, lambda: app.chat.editing.message is not None and app.chat.composer.text == "first wording"
        )
        app.chat.composer.put("second wording")
        await pilot.press("enter")
        await wait_until(pilot, lambda: [e.text for e in entries(app, Said)] == ["second wording"])
        await idle(pilot, app)
        await wait_until(pilot, lambda: entries(app, Said)[0].place() == "‹ 2/2 ›")
        entries(app, Said)[0].widget.focus()
        await pilot.press("left")
        await wait_until(pilot, lambda: [e.text for e in entries(app, Said)] == ["first wording", "and more"])
        await wait_until(pilot, lambda: entries(app, Said)[0].widget is not None)
        entries(app, Said)[0].widget.focus()
        await pilot.press("right")
        await wait_until(pilot, lambda: [e.text for e in entries(app, Said)] == ["second wording"])


async def test_escape_leaves_a_message_as_it_is(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await say(pilot, app, "hello")
        await type_line(pilot, "/edit")
        await wait_until(pilot, lambda: app.chat.editing.message is not None)
        await pilot.press("escape")
        assert app.chat.editing.message is None and app.chat.composer.text == ""
        await say(pilot, app, "again")
        assert [e.text for e in entries(app, Said)] == ["hello", "again"]


async def test_going_on_from_an_earlier_answer(runtime):
    conversation = fill_conversation(runtime.conversations, 3)
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        entries(app, Answer)[0].widget.focus()
        await pilot.press("b")
        await wait_until(pilot, lambda: len(entries(app, Said)) == 1)
        await say(pilot, app, "another way")
        await wait_until(pilot, lambda: entries(app, Said)[-1].place() == "‹ 2/2 ›")
    assert [m.content for m in runtime.conversations.thread(conversation)][2] == "another way"


async def test_a_tree_in_a_temporary_chat(runtime):
    app = ReverieApp(runtime, temporary=True)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await say(pilot, app, "hello")
        await type_line(pilot, "/retry")
        await wait_until(pilot, lambda: entries(app, Answer) and entries(app, Answer)[-1].place() == "‹ 2/2 ›")
        entries(app, Answer)[-1].widget.focus()
        await pilot.press("left")
        await wait_until(pilot, lambda: entries(app, Answer)[-1].place() == "‹ 1/2 ›")
    assert runtime.conversations.list() == ()


async def test_find_goes_from_hit_to_hit_however_far_back(runtime):
    conversation = fill_conversation(runtime.conversations, 120)
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press("ctrl+f", *"er 7?")
        bar = app.chat.query_one(FindBar)
        await wait_until(pilot, lambda: "1 of 1" in str(bar.query_one("Static").content))
        await wait_until(pilot, lambda: any("number 7?" in e.text for e in entries(app, Said) if e.widget))
        app.chat.query_one(FindInput).value = "Answer number 11"
        await wait_until(pilot, lambda: "11 of 11" in str(bar.query_one("Static").content))
        await pilot.press("enter")
        await wait_until(pilot, lambda: "10 of 11" in str(bar.query_one("Static").content))
        await pilot.press("down", "down")
        await wait_until(pilot, lambda: "1 of 11" in str(bar.query_one("Static").content))
        app.chat.query_one(FindInput).value = "xyzzy"
        await wait_until(pilot, lambda: "nothing holds" in str(bar.query_one("Static").content))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.chat.composer.has_focus and not bar.has_class("-open"))


async def test_an_answer_is_asked_for_again_without_a_memory_and_its_source(runtime):
    talk = runtime.conversations.create("old")
    said = runtime.conversations.append(talk.id, NewMessage(role="user", content="I like green tea."))
    source = Source(message_id=said.id, quote="I like green tea", start=0, end=16)
    runtime.memories.add(NewMemory(text="You like green tea.", sources=(source,)))
    runtime.engine.play("Green tea [m1].", USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await say(pilot, app, "what about green tea?")
        await pilot.press("alt+up", "w")
        await wait_until(pilot, lambda: isinstance(app.screen, WhyScreen) and app.screen._rows)
        await pilot.press("n")
        await wait_until(pilot, lambda: app.screen is app.chat and runtime.engine.without)
        await idle(pilot, app)
        assert runtime.engine.without == {"m1", said.short_id}
        assert "You said" in entries(app, Answer)[-1].text


async def test_a_new_memory_is_edited_from_its_notice(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await say(pilot, app, "remember that tea is good")
        remark = next(e for e in entries(app, Remark) if e.change is not None)
        remark.widget.focus()
        await pilot.press("e")
        await wait_until(pilot, lambda: isinstance(app.screen, MemoryForm))
        app.screen.query_one(Statement).text = "coffee is good"
        await pilot.press("enter")
        await wait_until(pilot, lambda: runtime.memories.get("m1").text == "coffee is good")
        await wait_until(pilot, lambda: any("now says" in e.text for e in entries(app, Remark)))


async def test_what_a_night_did_is_told_once_at_the_next_start(runtime):
    store = NightStore(runtime.database)
    run = store.begin(model="none", after=0, until=0, at=runtime.clock.now() - timedelta(hours=5))
    store.update(run, status="applied", report={"messages": 2, "changes": {"extract": {"add": 2}}})
    for told in (True, False):
        app = ReverieApp(runtime)
        async with app.run_test(size=SIZE) as pilot:
            await ready(pilot, app)
            await pilot.pause(0.05)
            away = app.chat.query_one("#away")
            if told:
                await wait_until(pilot, lambda line=away: line.display)
                assert "n1, 2 messages read; 2 added" in str(away.content)
                await pilot.press("escape")
            assert not away.display


def test_the_editor_gives_back_what_was_written(tmp_path):
    script = "import sys,pathlib; p=pathlib.Path(sys.argv[1]); p.write_text(p.read_text()+' and more')"
    assert edit_text("hello", [sys.executable, "-c", script]) == "hello and more"
    assert edit_text("hello", [sys.executable, "-c", "raise SystemExit(3)"]) is None


async def test_a_terminal_that_cannot_be_lent_keeps_the_text(runtime, monkeypatch):
    monkeypatch.setenv("EDITOR", "true")
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press(*"hello", "ctrl+g")
        await pilot.pause(0.1)
        assert app.chat.composer.text == "hello"


def test_the_key_file_moves_keys_and_says_what_is_wrong(tmp_path):
    file = tmp_path / KEYS_FILE
    assert read_keys(file) == ({}, ())
    file.write_text('"chat.new" = "ctrl+t"\n"chat.find" = 3\n')
    keys, troubles = read_keys(file)
    assert keys == {"chat.new": "ctrl+t"} and "chat.find" in troubles[0]
    file.write_text("not toml")
    assert "cannot be read" in read_keys(file)[1][0]


async def test_a_key_of_the_file_works(runtime):
    (runtime.paths.config / KEYS_FILE).write_text('"chat.find" = "f12"\n')
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press("f12")
        await wait_until(pilot, lambda: app.chat.query_one(FindInput).has_focus)


@pytest.mark.parametrize("take", [True, False])
async def test_themes_are_tried_on_and_kept_only_if_taken(runtime, take):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        before = app.theme
        await type_line(pilot, "/theme")
        await wait_until(pilot, lambda: app.screen is not app.chat)
        await pilot.press("down")
        await wait_until(pilot, lambda: app.theme != before)
        tried = app.theme
        assert runtime.settings.screen.theme == before
        await pilot.press("enter" if take else "escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        assert app.theme == (tried if take else before)
        if take:
            await wait_until(pilot, lambda: runtime.settings.screen.theme == tried)


async def test_no_color_leaves_no_colour(runtime, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        svg = app.export_screenshot()
    colours = set(re.findall(r"fill: (#[0-9a-f]{6})", svg)) - {"#c5c8c6"}  # the default of the export
    assert colours and not {c for c in colours if not c[1:3] == c[3:5] == c[5:7]}
