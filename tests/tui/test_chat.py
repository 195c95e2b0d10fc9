"""The chat with real keys: say, stream, stop, wait, come back."""

import pytest
from textual import events
from textual.widgets import Static

from memory.errors import ReverieError
from memory.extraction import pasted
from tests.tui.driving import entries, idle, ready, say, shown, type_line
from tests.tui.fakes import USAGE, FakeRuntime, Gate, fill_conversation, fill_memories
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Answer, Remark, Said, Trouble
from tui.chat.welcome import Welcome

SIZE = (120, 36)
MARKUP = "[/b] [bold red]x[/] [@click=app.quit]go[/] \x1b[31m ‮abc [m1](x) `[/]"


async def test_an_answer_streams_and_is_shown_whole(runtime):
    gate = Gate()
    runtime.engine.play("Green **tea**", gate, " it is.", USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        assert app.chat.query_one(Welcome).display
        await type_line(pilot, "what")
        await wait_until(pilot, lambda: gate.reached)
        assert entries(app, Answer)[0].text == "Green **tea**"
        assert "answering" in str(app.chat.status.render())
        gate.open()
        await idle(pilot, app)
        answer = entries(app, Answer)[0]
        assert answer.source == "Green **tea** it is." and answer.message is not None
        assert entries(app, Said)[0].message.short_id == "t1"
        assert not app.chat.query_one(Welcome).display
        assert "1.2 s" in str(app.chat.status.render())


async def test_a_block_of_code_that_the_stream_cut_is_whole_in_the_end(runtime):
    runtime.engine.play("Look:\n\n`", "``py", "thon\nprint('[m1]')\n", "``", "`\nDone.", USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        answer = await say(pilot, app, "code?")
        fences = [w for w in answer.widget.query("MarkdownFence")]
        assert len(fences) == 1
        assert fences[0].code == "print('[m1]')"


async def test_escape_stops_the_answer_and_keeps_its_part(runtime):
    gate = Gate()
    runtime.engine.play("The first half", gate, " and the second", USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "go")
        await wait_until(pilot, lambda: gate.reached)
        await pilot.press("escape")
        await idle(pilot, app)
        answer = entries(app, Answer)[0]
        assert answer.text == "The first half"
        assert runtime.conversations.message(answer.message.id).status == "stopped"
        assert "stopped" in str(answer.widget.query_one("#foot", Static).render())


async def test_what_is_sent_meanwhile_waits_and_is_sent_afterwards(runtime):
    gate = Gate()
    runtime.engine.play("one", gate, USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "first")
        await wait_until(pilot, lambda: gate.reached)
        await type_line(pilot, "second")
        await wait_until(pilot, lambda: app.chat.query_one("#queue").display)
        assert "waits: second" in str(app.chat.query_one("#queue", Static).render())
        gate.open()
        await wait_until(pilot, lambda: len(entries(app, Answer)) == 2)
        await idle(pilot, app)
        assert runtime.engine.heard == ["first", "second"]
        assert not app.chat.query_one("#queue").display


async def test_up_takes_back_what_waits(runtime):
    gate = Gate()
    runtime.engine.play("one", gate, USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "first")
        await wait_until(pilot, lambda: gate.reached)
        await type_line(pilot, "second")
        await pilot.press("up")
        await wait_until(pilot, lambda: app.chat.composer.text == "second")
        gate.open()
        await idle(pilot, app)
        assert runtime.engine.heard == ["first"]


async def test_the_first_ctrl_c_clears_then_drops_then_stops_then_asks(runtime):
    gate = Gate()
    runtime.engine.play("one", gate, USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "first")
        await wait_until(pilot, lambda: gate.reached)
        await type_line(pilot, "second")
        await pilot.press(*"third")
        await pilot.press("ctrl+c")
        assert app.chat.composer.text == "" and app.chat.talks.talk.queue == ["second"]
        await pilot.press("ctrl+c")
        assert app.chat.talks.talk.queue == [] and app.chat.talks.talk.busy
        await pilot.press("ctrl+c")
        await idle(pilot, app)
        assert entries(app, Answer)[0].message.status == "stopped"
        await pilot.press("ctrl+c")
        assert app.is_running and app.return_value is None
        await pilot.press("ctrl+c")
        await wait_until(pilot, lambda: app.return_value == 0)


async def test_a_draft_outlives_the_program(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press(*"half a thought")
        await wait_until(pilot, lambda: app.desk.conversation is not None)
        await app.chat.talks.save_draft()
    again = ReverieApp(runtime)
    async with again.run_test(size=SIZE) as pilot:
        await ready(pilot, again)
        await wait_until(pilot, lambda: again.chat.composer.text == "half a thought")
    assert runtime.conversations.list() == ()


async def test_the_program_starts_where_words_were_left_unsent(runtime):
    conversation = fill_conversation(runtime.conversations, 2, title="Old")
    runtime.conversations.save_draft(conversation, "half a thought")
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await wait_until(pilot, lambda: app.chat.composer.text == "half a thought")
        assert app.desk.conversation_id == conversation


async def test_each_chat_has_its_own_draft(runtime):
    conversation = fill_conversation(runtime.conversations, 2, title="Old")
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        runtime.conversations.save_draft(conversation, "about the old things")
        await pilot.press(*"new words")
        await app.chat.open_chat(conversation)
        assert app.chat.composer.text == "about the old things"
        await pilot.press("ctrl+n")
        await wait_until(pilot, lambda: app.chat.composer.text == "new words")


async def test_a_failure_says_what_happened_and_r_answers_again(runtime):
    runtime.engine.play("So far", ReverieError("The server hung up.", "Start it again."))
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await say(pilot, app, "hello")
        trouble = entries(app, Trouble)[0]
        text = str(trouble.widget.query_one(Static).render())
        assert "The server hung up." in text and "are kept" in text and "Start it again." in text
        await pilot.press("alt+up", "r")
        await wait_until(pilot, lambda: not entries(app, Trouble))
        await idle(pilot, app)
        assert [e.text for e in entries(app, Answer)] == ["You said: hello"]
        assert len(entries(app, Said)) == 1


async def test_words_that_could_not_be_stored_return_to_the_input(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        runtime.engine.running.add(app.desk.ensure().id)  # somebody else is answering there: the engine says Busy
        await type_line(pilot, "keep me")
        await wait_until(pilot, lambda: entries(app, Trouble))
        assert app.chat.composer.text == "keep me"
        assert not entries(app, Said) and not entries(app, Answer)


async def test_a_memory_that_was_written_can_be_undone_at_its_notice(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await say(pilot, app, "remember that I like tea")
        assert runtime.memories.count() == 1
        notice = next(e for e in entries(app, Remark) if e.change)
        await pilot.press("alt+up", "alt+up")
        await wait_until(pilot, lambda: notice.widget.has_focus)
        await pilot.press("u")
        await wait_until(pilot, lambda: runtime.memories.count() == 0)
        await wait_until(pilot, lambda: notice.change is None)


async def test_a_temporary_chat_is_visible_and_leaves_nothing(runtime):
    app = ReverieApp(runtime, temporary=True)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        assert "temporary" in str(app.chat.status.render())
        assert app.chat.composer.has_class("-temporary")
        await say(pilot, app, "a secret")
        await pilot.press(*"half said")
        await app.chat.talks.save_draft()
        assert runtime.conversations.list() == () and runtime.database.path.exists()
        await pilot.press("ctrl+u")
        await type_line(pilot, "/temp off")
        await wait_until(pilot, lambda: not app.desk.temporary)
        assert not app.chat.composer.has_class("-temporary")
    assert b"a secret" not in b"".join(p.read_bytes() for p in runtime.paths.data.glob("reverie.db*"))


async def test_an_unknown_command_is_not_sent_and_names_the_nearest(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "/resme x")
        await wait_until(pilot, lambda: entries(app, Remark))
        assert "/resume" in entries(app, Remark)[0].text
        assert app.chat.composer.text == "/resme x"
        assert runtime.engine.heard == []


async def test_two_slashes_send_a_text_that_begins_with_one(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await say(pilot, app, "//new is a command")
        assert runtime.engine.heard == ["/new is a command"]


async def test_the_list_of_commands_narrows_and_completes(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        completion = app.chat.query_one("#completion")
        await pilot.press("slash")
        assert completion.display
        await pilot.press(*"ren")
        assert [o.id for o in completion.options] == ["rename"]
        await pilot.press("tab")
        assert app.chat.composer.text == "/rename " and not completion.display
        await pilot.press("ctrl+u", "slash", "escape")
        assert not completion.display


async def test_a_command_typed_in_one_go_is_that_command(runtime):
    """As a terminal hands it over: all letters, and enter before any of them was listed."""
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press("slash", "s")
        assert app.chat.query_one("#completion").chosen.name != "stats"
        for letter in "tats":
            app.chat.composer.post_message(events.Key(letter, letter))
        app.chat.composer.action_send()
        await wait_until(pilot, lambda: app.screen is not app.chat)
        assert type(app.screen).__name__ == "StatsScreen"


async def test_up_and_down_walk_through_what_was_said(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await say(pilot, app, "one")
        await say(pilot, app, "two")
        await pilot.press(*"draft")
        await pilot.press("up")
        assert app.chat.composer.text == "two"
        await pilot.press("up")
        assert app.chat.composer.text == "one"
        await pilot.press("down", "down")
        assert app.chat.composer.text == "draft"


async def test_a_message_has_as_many_lines_as_typed(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press("a", "ctrl+j", "b")
        height = app.chat.composer.size.height
        await pilot.press(*["ctrl+j"] * 20)
        await pilot.pause()
        assert height == 2 and app.chat.composer.size.height == 8
        await pilot.press("c", "enter")
        await wait_until(pilot, lambda: runtime.engine.heard)
        assert runtime.engine.heard[0] == "a\nb" + "\n" * 20 + "c"


async def test_a_long_paste_is_folded_and_sent_whole(runtime):
    from textual import events

    text = "\n".join(f"line {n}" for n in range(143))
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        app.chat.composer.post_message(events.Paste(text + "\x1b[31m"))
        await wait_until(pilot, lambda: app.chat.composer.text == "[pasted 143 lines #1]")
        await pilot.press("enter")
        await wait_until(pilot, lambda: runtime.engine.heard)
        assert runtime.engine.heard == [pasted(text)]


async def test_text_is_never_read_as_markup(runtime: FakeRuntime):
    runtime.engine.play(MARKUP, ReverieError(MARKUP, MARKUP))
    fill_conversation(runtime.conversations, 1, title=MARKUP)
    fill_memories(runtime.memories, [f"tea {MARKUP}"])
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        app.chat.composer.put(f"tea {MARKUP}")
        await pilot.press("enter")
        await wait_until(pilot, lambda: entries(app, Trouble))
        await app.chat.say(MARKUP)
        app.chat.toast(MARKUP)
        app.chat.composer.put(f"/rename {MARKUP}")
        await pilot.press("enter")
        await pilot.pause()
        picture = shown(app)
        assert "[bold&#160;red]x" in picture and "\x1b" not in picture and "\u202e" not in picture
        assert app.is_running


async def test_any_message_is_answered_again_on_a_branch_of_its_own(runtime):
    conversation = fill_conversation(runtime.conversations, 3)
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        entries(app, Answer)[0].widget.focus()
        await pilot.press("r")
        await wait_until(pilot, lambda: len(entries(app, Answer)) == 1 and not app.chat.talks.talk.busy)
        await wait_until(pilot, lambda: len(entries(app, Answer)[0].versions) == 2)
        answer = entries(app, Answer)[0]
        assert answer.text == "You said: Question number 0?"
    assert len(runtime.conversations.thread(conversation)) == 2
    assert len(runtime.conversations.siblings(answer.message.id)) == 2


async def test_another_chat_may_be_read_while_an_answer_is_written(runtime):
    old = fill_conversation(runtime.conversations, 2, title="Old")
    gate = Gate()
    runtime.engine.play("begun", gate, " and done", USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "question")
        await wait_until(pilot, lambda: gate.reached)
        here = app.desk.conversation_id
        await app.chat.open_chat(old)
        assert not app.chat.talks.talk.busy and len(entries(app, Answer)) == 2
        await app.chat.open_chat(here)
        assert [e.text for e in entries(app, Answer)] == ["begun"] and len(entries(app, Said)) == 1
        gate.open()
        await idle(pilot, app)
        assert [e.text for e in entries(app, Answer)] == ["begun and done"]


async def test_the_sidebar_tells_what_was_cited_given_and_found(runtime):
    fill_memories(runtime.memories, ["You like green tea.", "You drink tea daily.", "Tea is from China."])
    runtime.engine.play("Green tea [m1].", USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        hits = app.chat.query_one("#hits")
        answer = await say(pilot, app, "Which drink, green perhaps, daily?")
        await wait_until(pilot, lambda: hits.option_count == 2)
        states = {r.hit_id: r.state for r in answer.recall}
        assert states == {"m1": "cited", "m2": "given"}
        assert answer.widget.query_one("Markdown").source == "Green tea [m1](memory:m1)."
        assert answer.text == "Green tea [m1]."


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 16), (50, 14), (40, 10)])
async def test_every_size_can_be_drawn(runtime, size):
    fill_memories(runtime.memories, ["You like green tea."])
    app = ReverieApp(runtime)
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        assert shown(app).startswith("<svg")
        await say(pilot, app, "green tea?")
        await pilot.press("slash")
        assert shown(app).startswith("<svg")
        assert not app.chat.query_one("#too-small").display
        assert app.chat.query_one("#sidebar").display == (size[0] >= 100)


async def test_a_terminal_that_was_too_small_recovers(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=(38, 9)) as pilot:
        await wait_until(pilot, lambda: app.screen is app.chat)
        await wait_until(pilot, lambda: "38×9" in str(app.chat.query_one("#too-small", Static).render()))
        await pilot.resize_terminal(80, 24)
        await wait_until(pilot, lambda: app.chat.query_one("#body").display)
        assert not app.chat.query_one("#too-small").display
        await wait_until(pilot, lambda: app.chat.composer.has_focus)
