"""The dream journal, the page about the user, weights, ledger, figures, history and time travel."""

from datetime import timedelta

import pytest
from textual.widgets import Input, OptionList

from memory.ids import new_id
from memory.nights import Dream, Section
from memory.store.adapters import AdapterStore
from memory.store.nights import NightStore
from memory.text import fingerprint
from memory.types import ModelCall
from memory.weights import AdapterFact, AdapterItem, AdapterStatus
from tests.tui_screens.conftest import SIZES, UNSET, Host, settled, wait_until
from tui.screens.base import ErrorLine
from tui.screens.dialogs import Choose, Prompt
from tui.screens.dreams import DreamsScreen
from tui.screens.history import HistoryScreen, TimeScreen
from tui.screens.ledger import LedgerScreen
from tui.screens.place import Draft, Reference
from tui.screens.profile import ProfileScreen
from tui.screens.stats import StatsScreen
from tui.screens.weights import WeightsScreen, recalls
from tui.sleeping.work import Look, Work


@pytest.fixture
def dreamt(slept):
    """A dream over two memories of the night."""
    two = [m.id for m in slept.memories.list()][:2]
    dream = Dream(
        id=new_id(), motive="test", text="Trains go to Lisbon.", question="Will you take one?", memories=tuple(two),
        status="new", at=slept.clock.now(),
    )  # fmt: skip
    NightStore(slept.database).put(None, dream)
    return slept


def top_dream(runtime):
    return next(d for d in NightStore(runtime.database).dreams() if d.motive == "test")


@pytest.mark.parametrize("size", SIZES)
async def test_a_dream_is_kept_and_undone(dreamt, picture, size):
    app = Host(DreamsScreen(dreamt))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, "dreams")
        assert "Trains go to Lisbon" in text and "Invented" in text
        await pilot.press("k")
        await wait_until(pilot, lambda: top_dream(dreamt).status == "kept")
        assert any(m.text == "Trains go to Lisbon." for m in dreamt.memories.list())
        await settled(pilot)
        await pilot.press("u")
        await wait_until(pilot, lambda: not any(m.text == "Trains go to Lisbon." for m in dreamt.memories.list()))


async def test_a_dream_is_dismissed_and_waits_again_after_undo(dreamt):
    app = Host(DreamsScreen(dreamt))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("d")
        await wait_until(pilot, lambda: top_dream(dreamt).status == "dismissed")
        await settled(pilot)
        await pilot.press("u")
        await wait_until(pilot, lambda: top_dream(dreamt).status == "new")


async def test_a_dream_is_answered_in_the_chat(dreamt):
    app = Host(DreamsScreen(dreamt))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await wait_until(pilot, lambda: app.result is not UNSET)
    assert app.result == Draft("You asked: Will you take one? ")


@pytest.mark.parametrize("screen", [DreamsScreen, ProfileScreen, WeightsScreen, LedgerScreen, StatsScreen])
@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_home_says_what_to_do(runtime, picture, screen, size):
    app = Host(screen(runtime))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, f"{screen.__name__}-empty")
        assert any(words in text for words in ("No dreams yet", "page is empty", "Nothing is", "No language model"))


@pytest.mark.parametrize("size", SIZES)
async def test_the_page_is_edited_line_by_line(slept, picture, size):
    app = Host(ProfileScreen(slept))
    store = NightStore(slept.database)
    async with app.run_test(size=size) as pilot:
        assert "Ana" in await picture(pilot, "profile")
        while "Ana" not in app.screen.chosen.text:
            await pilot.press("down")
        name = app.screen.chosen.short_id
        await pilot.press("e")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "Your sister is Ana Silva."
        await pilot.press("enter")
        await wait_until(pilot, lambda: store.line(name).text == "Your sister is Ana Silva.")
        assert store.line(name).owner == "you", "no night overwrites it"
        await settled(pilot)
        await pilot.press("u")
        await wait_until(pilot, lambda: store.line(name).text == "Your sister is called Ana.")


async def test_a_line_is_written_removed_timed_and_silenced(slept):
    app = Host(ProfileScreen(slept))
    store = NightStore(slept.database)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("space")
        muted = app.screen.chosen.memories
        await wait_until(pilot, lambda: all(slept.memories.get(i).muted for i in muted))
        await settled(pilot)
        await pilot.press("u")
        await wait_until(pilot, lambda: not any(slept.memories.get(i).muted for i in muted))
        await settled(pilot)
        gone = app.screen.chosen
        await pilot.press("w")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "when we talk of food"
        await pilot.press("enter")
        await wait_until(pilot, lambda: store.line(gone.short_id).instruction == "when we talk of food")
        await settled(pilot)
        await pilot.press("d")
        await wait_until(pilot, lambda: all(line.short_id != gone.short_id for line in store.profile() if line.text))
        await settled(pilot)
        await pilot.press("a")
        await wait_until(pilot, lambda: isinstance(app.screen, Choose))
        app.screen.query_one(OptionList).highlighted = 1
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "Your neighbour is Jo."
        await pilot.press("enter")
        await wait_until(pilot, lambda: any(p.text == "Your neighbour is Jo." for p in store.profile()))
        assert next(p for p in store.profile() if "Jo" in p.text).section is Section.PEOPLE


def adapter(runtime, recall, earlier, status=AdapterStatus.ACTIVE, losses=()):
    store = AdapterStore(runtime.database)
    memory = runtime.memories.list()[0]
    figures = {"recall": recall, "earlier": earlier, "false_memories": 0.0, "anchors": 1.0, "perplexity": 2.0}
    before = {**figures, "recall": 0.1, "earlier": dict.fromkeys(earlier, 0.9)}
    return store.add(
        status=status, base="pocket", base_hash="x", below=[], manifest={},
        metrics={"verdict": {"before": before, "after": figures, "teacher": 1.0, "reasons": []}, "seconds": 3.0,
                 "losses": list(losses)},
        facts=[AdapterFact(memory_id=memory.id, fingerprint=fingerprint(memory.text), streak=1)],
        items=[AdapterItem(kind="question", question="Where?", answer="There.", memories=(memory.id,))],
        at=runtime.clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
async def test_adapters_with_their_figures_and_the_matrix(slept, picture, size):
    first = adapter(slept, 0.9, {})
    adapter(slept, 0.8, {first.short_id: 0.7})
    app = Host(WeightsScreen(slept))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, "weights")
        assert "2 adapters" in text and "80% recalled" in text
        if size[1] >= 24:
            assert "70%" in text and "90%" in text
        await pilot.press("space")
        await wait_until(pilot, lambda: AdapterStore(slept.database).get("a2").status is AdapterStatus.IDLE)
        await settled(pilot)
        await pilot.press("space")
        await settled(pilot)
        assert "gone" in str(app.screen.query_one(ErrorLine).content), "an adapter without files cannot be used"


@pytest.mark.parametrize("size", SIZES)
async def test_a_training_is_followed_and_its_curve_is_kept(slept, picture, size):
    adapter(slept, 0.9, {}, losses=[2.0 - n / 100 for n in range(150)])
    work = Work(slept)
    app = Host(WeightsScreen(slept, work))

    def top():
        return str(app.screen.query_one("#top").content)

    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert "loss" in str(app.screen.page(app.screen.chosen)) and "2.000 → 0.510" in str(
            app.screen.page(app.screen.chosen)
        )
        work.look = Look(state="working", what="weights")
        for step, loss in enumerate((1.5, 1.2, 0.9), start=1):
            work._told({"event": "progress", "done": step, "of": 140, "loss": loss})
        await wait_until(pilot, lambda: "step 3 of 140" in top() and "1.500 → 0.900" in top())
        await picture(pilot, "weights-busy", still=True)
        adapter(slept, 0.8, {})
        work._end("a2: in use")
        await wait_until(pilot, lambda: "last training" in top() and app.screen.query_one(OptionList).option_count == 2)


def test_the_matrix_is_what_each_night_recalls_of_each(slept):
    first = adapter(slept, 0.9, {})
    second = adapter(slept, 0.8, {first.short_id: 0.7})
    assert recalls([first, second]) == [[0.9, None], [0.7, 0.8]]


@pytest.mark.parametrize("size", SIZES)
async def test_the_ledger_says_what_left_and_with_what(filled, picture, size):
    call = ModelCall(
        at=filled.clock.now(), purpose="chat", model="openai:x", remote=True, prompt_tokens=412, completion_tokens=None,
        milliseconds=900, status="ok", sent=("m4", "t5"), conversation="c3",
    )  # fmt: skip
    filled.ledger.record(call)
    filled.ledger.record(ModelCall(**{**vars(call), "remote": False, "model": "ollama:y", "sent": ()}))
    app = Host(LedgerScreen(filled))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, "ledger")
        assert "1 left this machine" in text and "openai:x" in text and "ollama:y" in text
        await pilot.press("r")
        await wait_until(pilot, lambda: len(app.screen.query_one(OptionList).options) == 1)
        await settled(pilot)
        await pilot.press("s")
        await wait_until(pilot, lambda: app.result is not UNSET)
    assert app.result == Reference("m4")


@pytest.mark.parametrize("size", SIZES)
async def test_figures_say_what_is_used_and_what_never_was(filled, picture, size):
    app = Host(StatsScreen(filled))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, "stats")
        assert "Most used (1)" in text and "4 memories" in text
        await pilot.press("d")
        await wait_until(pilot, lambda: filled.memories.get("m4").status == "retired")
        await settled(pilot)
        await pilot.press("u")
        await wait_until(pilot, lambda: filled.memories.get("m4").status == "active")


async def test_history_shows_every_change_and_takes_one_back(filled, picture):
    app = Host(HistoryScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await picture(pilot, "history")
        lines = [str(option.prompt) for option in app.screen.query_one(OptionList).options]
        assert any("−Paris +Lyon since April" in line for line in lines)
        await pilot.press("u")
        await wait_until(pilot, lambda: filled.memories.get("m5").status == "active")


async def test_what_was_known_on_another_day(filled, picture):
    app = Host(TimeScreen(filled, filled.clock.now() - timedelta(days=1)))
    async with app.run_test(size=(120, 36)) as pilot:
        text = await picture(pilot, "time")
        assert "window seat" in text and "green tea" not in text
        await pilot.press("T")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "1 Jan 2020"
        await pilot.press("enter")
        await settled(pilot)
        assert "Nothing was remembered yet" in await picture(pilot, "time-empty")
        await pilot.press("T")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "someday"
        await pilot.press("enter")
        await settled(pilot)
        assert "is no day" in str(app.screen.query_one(ErrorLine).content)
