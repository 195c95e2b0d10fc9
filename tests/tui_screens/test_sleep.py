"""The Sleep screen and what opens from it, over real nights."""

from dataclasses import replace

import pytest
from textual.widgets import Input, Static

from memory.nights import Change, ChangeKind
from memory.store.nights import NightStore
from tests.tui_screens.conftest import SIZES, UNSET, Host, settled, wait_until
from tui.screens.base import ErrorLine
from tui.screens.dialogs import Confirm, Prompt
from tui.screens.night import NightScreen
from tui.screens.place import Place, Reference
from tui.screens.review import ReviewScreen
from tui.screens.sleep import SleepScreen
from tui.sleeping.work import CANCELLED, Work


def open_sleep(runtime):
    work = Work(runtime)
    return Host(SleepScreen(runtime, work)), work


async def planned(pilot, app, work):
    """The night has a plan, and its review is open."""
    await wait_until(pilot, lambda: work.look.state == "reviewing" and isinstance(app.screen, ReviewScreen))
    await wait_until(pilot, lambda: app.screen.query("Rows") and app.screen.chosen is not None)


async def over(pilot, work):
    await wait_until(pilot, lambda: not work.busy and work.look.state != "idle")
    await settled(pilot)


async def listed(pilot, app, night):
    """The screen has seen that the night is over, and lists it: it looks a few times a second."""
    await wait_until(pilot, lambda: isinstance(app.screen, SleepScreen) and not app.screen.has_class("-busy"))
    await wait_until(pilot, lambda: app.screen.chosen is not None and app.screen.chosen.short_id == night)


@pytest.mark.parametrize("size", SIZES)
async def test_an_estimate_and_the_nights_before(slept, picture, size):
    app, _ = open_sleep(slept)
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, "sleep")
        assert "A night reads 3 messages: no model is asked" in text
        assert "n1" in text and "applied" in text


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_home_has_nothing_to_sleep_on(runtime, picture, size):
    app, _ = open_sleep(runtime)
    async with app.run_test(size=size) as pilot:
        assert "Too little to sleep on" in await picture(pilot, "sleep-empty")


@pytest.mark.parametrize("size", SIZES)
async def test_a_night_is_reviewed_row_by_row_and_applied(slept, picture, size):
    app, work = open_sleep(slept)
    before = {m.text for m in slept.memories.list()}
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await planned(pilot, app, work)
        text = await picture(pilot, "review", still=True)
        assert "New memories" in text and "Marc" in text
        assert {m.text for m in slept.memories.list()} == before, "nothing is written before it is applied"
        await pilot.press("space")
        rejected = app.screen.chosen.changes[0].after.text
        assert app.screen.chosen.decision == "reject"
        await pilot.press("A")
        await over(pilot, work)
        await listed(pilot, app, "n2")
        assert "n2" in await picture(pilot, "sleep-done")
    after = {m.text for m in slept.memories.list()}
    assert rejected not in after and len(after) > len(before) - 1
    run = NightStore(slept.database).get("n2")
    assert run.status == "applied"


async def test_a_change_in_other_words_and_one_put_off(slept):
    app, work = open_sleep(slept)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await planned(pilot, app, work)
        while "Marc" not in app.screen.chosen.changes[-1].payload.text:
            await pilot.press("down")
        await pilot.press("e")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "Your boss is called Marc Dupont."
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        assert app.screen.chosen.reworded
        while "window" not in app.screen.chosen.changes[-1].payload.text:
            await pilot.press("down")
        await pilot.press("l", "A")
        await over(pilot, work)
    texts = [m.text for m in slept.memories.list()]
    assert "Your boss is called Marc Dupont." in texts and not any("window" in text for text in texts)
    store = NightStore(slept.database)
    told = [c.payload.text for c in store.changes(store.get("n2")) if c.decision == "applied"]
    assert "Your boss is called Marc Dupont." in told, "the journal tells the words that were applied"
    assert len(store.waiting()) == 1, "the message of what was put off is read again"
    assert slept.memories.list()[0].sources, "its quote stays"


async def test_only_a_new_memory_can_be_put_off(slept):
    """What changes an old one follows from what is there: no night would find it again."""
    old = slept.memories.list()[0]
    new, flown = replace(old, id="new", number=90, text="You row."), replace(old, text="You flew.")
    plan = [
        Change(stage="extract", kind=ChangeKind.ADD, before=None, after=new, reason="said"),
        Change(stage="tense", kind=ChangeKind.TENSE, before=old, after=flown, reason="its day has passed"),
    ]
    app = Host(ReviewScreen(slept, plan))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        offered = []
        for _ in plan:
            offered.append((app.screen.chosen.changes[0].kind, app.screen.check_action("later", ())))
            await pilot.press("down")
    assert offered == [("add", True), ("tense", False)]


async def test_leaving_the_review_leaves_all_as_it_is(slept):
    app, work = open_sleep(slept)
    before = {m.text for m in slept.memories.list()}
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await planned(pilot, app, work)
        await pilot.press("escape")
        await over(pilot, work)
    assert {m.text for m in slept.memories.list()} == before
    assert NightStore(slept.database).get("n2").status == "refused"


async def test_a_stopped_night_changes_nothing_and_the_next_goes_on(slept):
    app, work = open_sleep(slept)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await planned(pilot, app, work)
        work.cancel()
        await over(pilot, work)
        assert work.look.outcome == CANCELLED and not work.look.failed
    assert NightStore(slept.database).unfinished().short_id == "n2"


async def test_a_preview_writes_nothing(slept, picture):
    app, _ = open_sleep(slept)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("p")
        await wait_until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        text = await picture(pilot, "preview")
        assert "nothing is written" in text and "Marc" in text
        await pilot.press("space", "A")
        assert isinstance(app.screen, ReviewScreen), "there is nothing to decide"
        await pilot.press("escape")
        await settled(pilot)
    assert [run.short_id for run in NightStore(slept.database).list()] == ["n1"]


async def test_leaving_the_screen_leaves_the_night_running(slept):
    app, work = open_sleep(slept)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = app.screen
        screen.action_start()  # and left at once, before the plan can stand
        screen.action_back()
        await wait_until(pilot, lambda: app.result is not UNSET)
        await wait_until(pilot, lambda: work.look.state == "reviewing")
        work.decide(None)
        await over(pilot, work)


@pytest.mark.parametrize("size", SIZES)
async def test_a_running_night_shows_its_stages_and_its_log(slept, picture, size):
    app, work = open_sleep(slept)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await planned(pilot, app, work)
        app.pop_screen()
        await wait_until(pilot, lambda: app.screen.has_class("-busy"))
        text = await picture(pilot, "sleep-busy", still=True)
        assert "extract" in text and "Asleep" in text
        work.decide(None)
        await over(pilot, work)


async def test_another_night_under_way_is_said(slept, picture):
    from sleep.lock import NightLock

    app, work = open_sleep(slept)
    with NightLock(slept.paths.data).held():
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot)
            await pilot.press("s")
            await over(pilot, work)
            top = app.screen.query_one("#top", Static)
            await wait_until(pilot, lambda: "Another night is under way" in str(top.content))
            await picture(pilot, "sleep-error")
            assert work.look.failed


async def test_one_change_of_a_night_is_taken_back_and_then_all_of_it(slept, picture):
    run = NightStore(slept.database).get("n1")
    app = Host(NightScreen(slept, run))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        while "vegetarian" not in app.screen.chosen.change.payload.text:
            await pilot.press("down")
        await pilot.press("u")
        await wait_until(pilot, lambda: not any("vegetarian" in m.text for m in slept.memories.list()))
        await settled(pilot)
        assert "you took it back" in await picture(pilot, "night-undone-one")
        assert any("Ana" in m.text for m in slept.memories.list())
        lines = [line.text for line in NightStore(slept.database).profile()]
        assert not any("vegetarian" in text for text in lines), "what rests on it goes with it"
        await pilot.press("U")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await wait_until(pilot, lambda: not slept.memories.list())
        await settled(pilot)
    assert NightStore(slept.database).get("n1").status == "undone"


async def test_from_a_change_to_its_memory_and_to_its_message(slept):
    run = NightStore(slept.database).get("n1")
    for key, kind in (("m", Reference), ("s", Place)):
        app = Host(NightScreen(slept, run))
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await pilot.press(key)
            await wait_until(pilot, lambda a=app: a.result is not UNSET)
        assert isinstance(app.result, kind)


async def test_a_night_is_undone_from_the_list(slept):
    app, _ = open_sleep(slept)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("U")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await wait_until(pilot, lambda: NightStore(slept.database).get("n1").status == "undone")
        await settled(pilot)
        assert not app.screen.query_one(ErrorLine).has_class("-shown")
