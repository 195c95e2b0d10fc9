import pytest
from textual.widgets import OptionList, TextArea

from memory.clock import FixedClock
from memory.database import Database
from memory.store import ConversationStore
from memory.store.feedback import FeedbackStore
from memory.types import NewMessage, RecallRecord, Status
from tests.tui_screens.conftest import SIZES, UNSET, Host, settled, wait_until
from tui.screens.memory_form import MemoryForm
from tui.screens.place import Place
from tui.screens.why import WhyScreen


def page(app: Host) -> str:
    return str(app.screen.query_one("#detail Static").content)


def lines(app: Host) -> list[str]:
    return [str(option.prompt) for option in app.screen.query_one(OptionList).options]


@pytest.mark.parametrize("size", SIZES)
async def test_shows_what_was_cited_given_and_found(filled, picture, size):
    app = Host(WhyScreen(filled, filled.answer))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, "why")
        assert "● 1 cited" in text
        shown = lines(app)
        assert shown[0].startswith("● cited  m4")
        assert shown[1].startswith("○ given  t5")
        assert shown[2].startswith("· found  m1")
        assert "no longer there" in shown[3]
        assert "words: 1st" in page(app)
        assert "meaning: 2nd" in page(app)
        assert "all words match" in page(app)
        assert "“I like green tea in the morning”" in page(app)


async def test_ascii_signs(filled):
    filled.settings = filled.settings.model_copy(
        update={"screen": filled.settings.screen.model_copy(update={"ascii": True})}
    )
    app = Host(WhyScreen(filled, filled.answer))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert [line[0] for line in lines(app)] == ["*", "o", ".", "."]


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_cited_is_said(filled, picture, size):
    answer = filled.conversations.append("c3", NewMessage(role="assistant", content="I do not know."))
    filled.conversations.record_recall(
        answer.id, [RecallRecord(rank=1, state="given", hit_id="m1", score=0.5, channels=())]
    )
    app = Host(WhyScreen(filled, answer))
    async with app.run_test(size=size) as pilot:
        assert "Not cited" in await picture(pilot, "why-not-cited")


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_found_is_said(filled, picture, size):
    answer = filled.conversations.append("c3", NewMessage(role="assistant", content="Hello."))
    app = Host(WhyScreen(filled, answer))
    async with app.run_test(size=size) as pilot:
        assert "Nothing was found in memory" in await picture(pilot, "why-empty")
        await pilot.press("s", "e", "d", "escape")
        await wait_until(pilot, lambda: app.result is None)


async def test_edit_and_retire_from_here(filled):
    app = Host(WhyScreen(filled, filled.answer))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("e")
        await wait_until(pilot, lambda: isinstance(app.screen, MemoryForm))
        app.screen.query_one(TextArea).text = "Likes black tea"
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, WhyScreen) and "Likes black tea" in lines(app)[0])
        assert "changed since this answer" in page(app)
        await pilot.press("d")
        await wait_until(pilot, lambda: filled.memories.get("m4").status is Status.RETIRED)
        await settled(pilot)
        await pilot.press("u")
        await wait_until(pilot, lambda: filled.memories.get("m4").status is Status.ACTIVE)
        await settled(pilot)


async def test_what_is_not_relevant_is_set_aside_and_taken_back(filled):
    app = Host(WhyScreen(filled, filled.answer))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("i")
        await wait_until(pilot, lambda: "not relevant: " in lines(app)[0])
        assert "does not bear on this question" in page(app)
        feedback = FeedbackStore(filled.database, filled.clock)
        assert feedback.of_question(filled.answer.parent_id) == {"m4"}
        await pilot.press("i")
        await wait_until(pilot, lambda: "not relevant: " not in lines(app)[0])
        assert feedback.of_hit("m4") == ()
        await pilot.press("end", "i")  # what is gone cannot be set aside
        await settled(pilot)
        assert feedback.of_question(filled.answer.parent_id) == frozenset()


async def test_source_of_a_memory_and_of_a_message(filled):
    for downs, expected in ((0, "t5"), (1, "t5"), (2, "t3")):
        app = Host(WhyScreen(filled, filled.answer))
        async with app.run_test() as pilot:
            await settled(pilot)
            await pilot.press(*["down"] * downs, "s")
            await wait_until(pilot, lambda app=app: app.result is not UNSET)
        message = filled.conversations.message(expected)
        assert app.result == Place(message.conversation_id, message.id)


async def test_an_answer_of_a_temporary_chat_is_read_from_its_own_store(filled, clock: FixedClock):
    scratch = ConversationStore(Database.scratch(), clock)
    talk = scratch.create("away")
    answer = scratch.append(talk.id, NewMessage(role="assistant", content="You live in Lyon [m3]."))
    scratch.record_recall(answer.id, [RecallRecord(rank=1, state="cited", hit_id="m3", score=0.9, channels=())])
    app = Host(WhyScreen(filled, answer, scratch))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Lives in Lyon" in lines(app)[0]
