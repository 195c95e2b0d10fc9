"""The prompt before it is sent, thoughts, and a chat as plain text."""

import io
import os
import stat

import pytest
from textual.widgets import Static, TextArea

from assistant.events import ThinkDelta
from assistant.prospect import Prospect
from tests.tui.driving import entries, ready, say, type_line
from tests.tui.fakes import USAGE, fill_conversation
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Answer, Remark
from tui.plain import PlainChat
from tui.prompting import context_text, tokens_lines, transcript
from tui.screens.text import TextScreen


def prospect(**values):
    figures = {"system_tokens": 300, "memory_tokens": 0, "history_tokens": 120, "question_tokens": 4, "window": 8192}
    parts = {"model": "ollama:x", "remote": False, "memories": (), "history": (), "left_out": 0, "question": ""}
    return Prospect(system="You are Reverie.\n", **{**parts, **figures, **values})


def test_tokens_in_words(runtime):
    chat = fill_conversation(runtime.conversations, 2)
    messages = runtime.conversations.thread(chat)
    lines = tokens_lines(prospect(left_out=3, remote=True), messages)
    assert "about 424 of 8,192 tokens (5%), to ollama:x (leaves this machine)" in lines[0]
    assert "3 earlier ones do not fit" in lines[1] and len(lines) == 2, "answers of no model cost nothing"
    assert tokens_lines(None, messages) == ["No language model answers, so nothing is sent: /model chooses one."]


def test_the_context_names_every_part(runtime):
    messages = runtime.conversations.thread(fill_conversation(runtime.conversations, 1))
    text = context_text(prospect(history=messages, question="And now?", left_out=2))
    order = [
        "--- system",
        "You are Reverie.",
        "2 earlier",
        "you, t1",
        "Question number 0?",
        "--- you, next",
        "And now?",
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


async def test_the_prompt_is_shown_before_it_is_sent(runtime):
    runtime.engine.foreseen = prospect()
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await type_line(pilot, "/tokens")
        await wait_until(pilot, lambda: any("of 8,192" in e.text for e in entries(app, Remark)))
        await type_line(pilot, "/context where is it")
        await wait_until(pilot, lambda: isinstance(app.screen, TextScreen) and app.screen.query("TextArea"))
        assert app.screen.query_one(TextArea).text.endswith("where is it")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        await type_line(pilot, "/system Be brief.")
        await wait_until(pilot, lambda: any("Be brief." in e.text for e in entries(app, Remark)))
        assert runtime.settings.instructions == "Be brief." and "Be brief." in runtime.paths.settings.read_text()
        await type_line(pilot, "/system off")
        await wait_until(pilot, lambda: not runtime.settings.instructions)


async def test_without_a_model_nothing_is_sent_and_that_is_said(runtime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        for line in ("/context", "/system", "/transcript"):
            before = len(entries(app, Remark))
            await type_line(pilot, line)
            await wait_until(pilot, lambda n=before: len(entries(app, Remark)) > n)
        texts = [e.text for e in entries(app, Remark)]
        assert "nothing is sent" in texts[0] and "Nothing has been said" in texts[2]


async def test_thoughts_are_folded_and_shown(runtime):
    runtime.engine.play(ThinkDelta(text="Tea or "), ThinkDelta(text="coffee?"), "Tea.", USAGE)
    app = ReverieApp(runtime)

    def line(answer):
        return answer.widget.query_one("#thought", Static)

    async with app.run_test() as pilot:
        await ready(pilot, app)
        answer = await say(pilot, app, "what?")
        assert "thought 3 words" in str(line(answer).content) and answer.text == "Tea."
        answer.widget.focus()
        await pilot.press("t")
        assert "Tea or coffee?" in str(line(answer).content)
        await pilot.press("t")
        assert "coffee" not in str(line(answer).content)
        await pilot.press("escape")
        await type_line(pilot, "/think on")
        await wait_until(pilot, lambda: "coffee" in str(line(answer).content))
        plain = await say(pilot, app, "and?")
        assert not plain.widget.query("#thought"), "who thinks nothing aloud has no such line"


async def test_a_whole_chat_as_plain_text_is_copied_paged_and_opened(runtime, monkeypatch, tmp_path):
    seen = tmp_path / "seen"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\ncat "$1" > {seen}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PAGER", os.fspath(program))
    conversation = fill_conversation(runtime.conversations, 300, title="Long")
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test() as pilot:
        await wait_until(pilot, lambda: entries(app, Answer))
        await ready(pilot, app)
        await type_line(pilot, "/transcript")
        await wait_until(pilot, lambda: isinstance(app.screen, TextScreen) and app.screen.query("TextArea"))
        area = app.screen.query_one(TextArea)
        await wait_until(pilot, lambda: area.cursor_location == area.document.end)
        assert "Question number 0?" in area.text and "Answer number 299, with **weight**." in area.text
        await pilot.press("g", "y")
        await wait_until(pilot, lambda: any("copied" in n.message for n in app._notifications))
        assert area.cursor_location == (0, 0)
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
    text = transcript(runtime.conversations.thread(conversation), "UTC")
    assert text.count("\nAnswer number") == 300 and ", t1\nQuestion number 0?" in text


def test_line_by_line_the_same(runtime):
    runtime.engine.foreseen = prospect()
    runtime.engine.play(ThinkDelta(text="Hidden."), "One.", USAGE)
    runtime.engine.play(ThinkDelta(text="Seen."), "Two.", USAGE)
    lines = ("first", "/think", "second", "/tokens", "/context now", "/system", "/system Be kind.", "/transcript")
    out, err = io.StringIO(), io.StringIO()
    source = io.StringIO("".join(line + "\n" for line in lines))
    assert PlainChat(runtime, temporary=False, source=source, out=out, err=err).run() == 0
    told = err.getvalue()
    assert out.getvalue() == "One.\nTwo.\n" and "Seen." in told and "Hidden." not in told
    assert "This chat so far: 824 tokens read, 192 written, in 2 answers." in told
    assert "--- you, next\nnow" in told and "You are Reverie." in told and "Be kind." in told
    assert ", t1\nfirst" in told


@pytest.mark.parametrize("argument", ["maybe"])
def test_think_is_on_or_off(runtime, argument):
    err = io.StringIO()
    source = io.StringIO(f"/think {argument}\n")
    PlainChat(runtime, temporary=False, source=source, out=io.StringIO(), err=err).run()
    assert "neither on nor off" in err.getvalue()
