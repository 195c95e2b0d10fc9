"""The window on a long conversation, and reading while an answer is written."""

from tests.tui.driving import entries, idle, ready, say, type_line
from tests.tui.fakes import USAGE, Gate, fill_conversation
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.history import MOST, STEP
from tui.chat.messages import Answer, Block
from tui.desk import PAGE
from tui.screens.place import Place

SIZE = (100, 30)


def live(app):
    return len(app.chat.history.query(Block))


async def test_two_thousand_messages_are_never_mounted_at_once(runtime):
    conversation = fill_conversation(runtime.conversations, 1_000)
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        history = app.chat.history
        assert len(history.entries) == PAGE and live(app) < MOST
        while len(history.entries) == PAGE:
            await pilot.press("pageup")
            await wait_until(pilot, lambda: history.settled)
            assert live(app) <= MOST + STEP
        assert len(history.entries) == 2 * PAGE


async def test_every_message_is_reached_by_scrolling_and_the_end_again(runtime):
    conversation = fill_conversation(runtime.conversations, 60)
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        history, seen = app.chat.history, set()
        while not (history.low == 0 and history.scroll_y == 0):
            await pilot.press("pageup")
            await wait_until(pilot, lambda: history.settled)
            seen |= {b.entry.source for b in history.blocks}
            assert live(app) <= MOST + STEP
        assert len(seen) == 120
        while history.high < 120:
            await pilot.press("pagedown")
            await wait_until(pilot, lambda: history.settled)
            assert live(app) <= MOST + STEP
        await pilot.press("ctrl+end")
        await wait_until(pilot, lambda: history.following)


async def test_what_is_read_stays_in_its_place_when_older_messages_come_in(runtime):
    conversation = fill_conversation(runtime.conversations, 100)
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        history = app.chat.history
        low = history.low
        history.scroll_to(y=history.size.height, animate=False)
        await wait_until(pilot, lambda: history.low == low)
        first = next(b for b in history.blocks if b.virtual_region.y >= history.scroll_y)
        before = first.region.y
        history.scroll_relative(y=-1, animate=False)
        await wait_until(pilot, lambda: history.low < low and history.settled)
        await pilot.pause()
        assert first.region.y == before + 1


async def test_reading_above_is_not_disturbed_by_an_answer(runtime):
    conversation = fill_conversation(runtime.conversations, 30)
    gate, end = Gate(), Gate()
    runtime.engine.play("first\n\n", gate, "\n\n".join(f"paragraph {n}" for n in range(60)), end, USAGE)
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        history = app.chat.history
        await type_line(pilot, "go")
        await wait_until(pilot, lambda: gate.reached)
        await pilot.press("pageup")
        await pilot.pause()
        assert not history.following
        top = next(b for b in history.blocks if b.region.bottom > history.region.y)
        before = top.region.y
        gate.open()
        await wait_until(pilot, lambda: end.reached)
        await pilot.pause()
        assert top.region.y == before
        end.open()
        await idle(pilot, app)
        await type_line(pilot, "/resme")  # a remark appears below
        await wait_until(pilot, lambda: app.chat.query_one("#badge").display)
        await pilot.press("ctrl+end")
        await wait_until(pilot, lambda: history.following and not app.chat.query_one("#badge").display)


async def test_a_new_size_while_an_answer_is_written(runtime):
    gate = Gate()
    runtime.engine.play("A line of some length that wraps when it must. ", gate, "And more.", USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "go")
        await wait_until(pilot, lambda: gate.reached)
        for size in ((60, 16), (45, 12), (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.export_screenshot().startswith("<svg")
        gate.open()
        await idle(pilot, app)
        assert entries(app, Answer)[0].text.endswith("And more.")
        assert app.chat.history.following


async def test_a_message_of_long_ago_can_be_gone_to(runtime):
    conversation = fill_conversation(runtime.conversations, 300)
    wanted = runtime.conversations.thread(conversation)[100]
    app = ReverieApp(runtime)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await app.chat.acts.go_to(Place(conversation, wanted.id))
        await wait_until(pilot, lambda: app.focused is not None and isinstance(app.focused, Block))
        assert app.focused.entry.source == wanted.content
        assert not app.chat.history.following
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.chat.composer.has_focus)
        answer = await say(pilot, app, "and now?")
        assert app.chat.history.following and answer.widget is not None


async def test_focus_moves_over_the_messages_and_back_to_the_input(runtime):
    conversation = fill_conversation(runtime.conversations, 3)
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        blocks = app.chat.history.blocks
        await pilot.press("alt+up")
        assert blocks[-1].has_focus
        await pilot.press("alt+up")
        assert blocks[-2].has_focus
        await pilot.press("alt+down", "alt+down")
        assert app.chat.composer.has_focus
