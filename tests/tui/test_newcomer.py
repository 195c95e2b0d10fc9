"""What a newcomer must be able to do by the keys that the screens themselves name, over the real engine."""

from textual.widgets import Input

from memory.ids import new_id
from memory.nights import Dream
from memory.store.nights import NightStore
from tests.tui.driving import entries, idle, ready, say, type_line
from tests.tui.waiting import wait_until
from tests.tui_screens.slept import slept, template
from tui.app import ReverieApp
from tui.chat.messages import Answer
from tui.screens.dialogs import Confirm, Notice
from tui.screens.dreams import DreamsScreen
from tui.screens.memory import MemoryScreen
from tui.screens.memory_form import MemoryForm, Statement
from tui.screens.memory_table import MemoryTable
from tui.screens.night import NightScreen
from tui.screens.review import ReviewScreen
from tui.screens.sleep import SleepScreen
from tui.screens.why import WhyScreen

__all__ = ["slept", "template"]


async def to(pilot, app, kind):
    """Until that screen is in front and has read what it shows."""
    await wait_until(pilot, lambda: isinstance(app.screen, kind))
    await wait_until(pilot, lambda: all(w.is_finished for w in app.workers if w.group in ("list", "detail", "store")))
    await pilot.pause()


async def test_why_correct_sleep_undo_dream_and_purge(slept):
    store = NightStore(slept.database)
    two = tuple(m.id for m in slept.memories.list())[:2]
    store.put(None, Dream(id=new_id(), motive="t", text="You like trips.", question="Do you?", memories=two,
                          status="new", at=slept.clock.now()))  # fmt: skip
    app = ReverieApp(slept)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app)

        # find why an answer said something, and correct it
        first = await say(pilot, app, "What is my sister called?")
        assert "Ana" in first.text
        await pilot.press("alt+up", "w")
        await to(pilot, app, WhyScreen)
        await wait_until(pilot, lambda: app.screen._chosen is not None)
        while not (app.screen._chosen.memory and "Ana" in app.screen._chosen.memory.text):
            await pilot.press("down")
        await pilot.press("e")
        await to(pilot, app, MemoryForm)
        app.screen.query_one(Statement).text = "Your sister is called Hannah."
        await pilot.press("enter")
        await to(pilot, app, WhyScreen)
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)

        # the correction sticks in the next answer
        app.chat.composer.focus()
        second = await say(pilot, app, "What is my sister called?")
        assert "Hannah" in second.text

        # preview a night and run it
        await pilot.press("f4")
        await to(pilot, app, SleepScreen)
        await pilot.press("p")
        await wait_until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        assert len(store.list()) == 1
        await pilot.press("escape")
        await to(pilot, app, SleepScreen)
        await pilot.press("s")
        await to(pilot, app, ReviewScreen)
        await pilot.press("A")
        await wait_until(pilot, lambda: len(store.list()) == 2 and store.get("n2").status == "applied")

        # undo one change of it, then all of it
        await to(pilot, app, SleepScreen)
        await wait_until(pilot, lambda: app.screen.chosen is not None and app.screen.chosen.short_id == "n2")
        await pilot.press("enter")
        await to(pilot, app, NightScreen)
        while "Marc" not in app.screen.chosen.change.payload.text:
            await pilot.press("down")
        await pilot.press("u")
        await wait_until(pilot, lambda: not any("Marc" in m.text for m in slept.memories.list()))
        await to(pilot, app, NightScreen)
        await pilot.press("U")
        await to(pilot, app, Confirm)
        await pilot.press("enter")
        await wait_until(pilot, lambda: store.get("n2").status == "undone")
        assert any("Hannah" in m.text for m in slept.memories.list()), "what was corrected stays"
        await to(pilot, app, NightScreen)
        await pilot.press("escape")
        await to(pilot, app, SleepScreen)
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)

        # answer a dream
        await pilot.press("f5")
        await to(pilot, app, DreamsScreen)
        await wait_until(pilot, lambda: app.screen.chosen is not None)
        await pilot.press("k")
        await wait_until(pilot, lambda: any("trips" in m.text for m in slept.memories.list()))
        await to(pilot, app, DreamsScreen)
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)

        # purge a memory and read the receipt
        await pilot.press("f3")
        await to(pilot, app, MemoryScreen)
        app.screen.query_one(Input).value = "vegetarian"
        await wait_until(pilot, lambda: app.screen.query_one(MemoryTable).row_count == 1)
        name = app.screen.query_one(MemoryTable).chosen.short_id
        await pilot.press("P")
        await to(pilot, app, Confirm)
        await pilot.press(*name, "enter")
        await to(pilot, app, Notice)
        assert "Removed:" in app.screen._body.plain and "still said in t3" in app.screen._body.plain
    assert not any("vegetarian" in m.text for m in slept.memories.list())


async def test_the_next_answer_does_without_what_it_is_asked_to(slept):
    app = ReverieApp(slept)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, app)
        first = await say(pilot, app, "What is my sister called?")
        name = next(r.hit_id for r in first.recall if r.state == "cited")
        await type_line(pilot, f"/without {name}")
        await wait_until(pilot, lambda: entries(app, Answer) and entries(app, Answer)[-1] is not first)
        await idle(pilot, app)
        again = entries(app, Answer)[-1]
        assert name not in [r.hit_id for r in again.recall]
        assert first.message.id in [m.id for m in again.versions]
