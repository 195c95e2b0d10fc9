import pytest
from textual.widgets import Input, Select, TextArea

from memory.errors import NotFound
from memory.types import Kind, NewMemory, Status
from tests.tui_screens.conftest import SIZES, UNSET, Host, settled, wait_until
from tui.screens.base import ErrorLine
from tui.screens.dialogs import Confirm, Notice, Prompt
from tui.screens.memory import MemoryScreen
from tui.screens.memory_form import MemoryForm
from tui.screens.memory_table import MemoryTable
from tui.screens.place import Place


def texts(app: Host) -> list[str]:
    table = app.screen_stack[1].query_one(MemoryTable)
    return [" ".join(str(cell) for cell in table.get_row_at(row)) for row in range(table.row_count)]


def chosen(app: Host) -> str:
    memory = app.screen_stack[1].query_one(MemoryTable).chosen
    return memory.short_id if memory else ""


def detail(app: Host) -> str:
    return str(app.screen.query_one("#detail Static").content)


@pytest.mark.parametrize("size", [*SIZES, (160, 40)])
async def test_shows_what_is_remembered(filled, picture, size):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, "memory")
        assert "4 memories" in text
        assert "1 in the trash" in text
        assert "Lives in Lyon since" in text
        assert len(texts(app)) == 4


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_home_says_what_to_do(runtime, picture, size):
    app = Host(MemoryScreen(runtime))
    async with app.run_test(size=size) as pilot:
        assert "Nothing remembered yet" in await picture(pilot, "memory-empty")


@pytest.mark.parametrize("size", SIZES)
async def test_the_page_on_a_memory_tells_where_it_comes_from(filled, picture, size):
    app = Host(MemoryScreen(filled, select="m3"))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert chosen(app) == "m3"
        await pilot.press("enter")
        await picture(pilot, "memory-page")
        page = detail(app)
        assert "“I moved to Lyon in April”" in page
        assert "c3 t5" in page
        assert "[b]Tea[/b] and other drinks" in page
        assert "−Paris +Lyon since April" in page
        assert "no answer yet" in page
        await pilot.press("escape")
        assert app.screen.focused is app.screen.query_one(MemoryTable)


async def test_the_page_lists_the_answers_that_cited_it(filled):
    app = Host(MemoryScreen(filled, select="m4"))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "You like green tea in the morning [m4]." in detail(app)


async def test_the_filter_takes_words_and_keys(filled, picture):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"kind:pref tea")
        await wait_until(pilot, lambda: len(texts(app)) == 1)
        assert "green tea" in texts(app)[0]
        app.screen.query_one(Input).value = "state:retired"
        await wait_until(pilot, lambda: "harbour" in texts(app)[0])
        app.screen.query_one(Input).value = "pinned:yes"
        await wait_until(pilot, lambda: "peanuts" in texts(app)[0])
        app.screen.query_one(Input).value = "tee"
        assert "No memory matches “tee”" in await picture(pilot, "memory-none")
        await pilot.press("escape")
        await wait_until(pilot, lambda: len(texts(app)) == 4)


async def test_a_filter_that_is_not_understood_names_the_nearest(filled, picture):
    app = Host(MemoryScreen(filled, "kindd:fact"))
    async with app.run_test(size=(80, 24)) as pilot:
        text = (await picture(pilot, "memory-error")).replace("  ", " ")
        assert "There is no filter kindd: Did you mean kind:?" in text


async def test_letters_are_text_in_the_filter(filled):
    app = Host(MemoryScreen(filled))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("slash", "d", "p", "u", "P")
        assert app.screen.query_one(Input).value == "dpuP"
    assert filled.memories.count() == 4


async def test_tags_of_one_and_of_all_that_are_marked(filled):
    one, other = (memory.short_id for memory in filled.memories.list()[:2])
    filled.memories.edit(one, tags="home old")
    filled.memories.edit(other, tags="old")
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        app.screen.query_one(Input).value = "tag:old"
        await wait_until(pilot, lambda: len(texts(app)) == 2)
        app.screen.query_one(MemoryTable).focus()
        await pilot.press("m", "down", "m", "number_sign")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        field = app.screen.query_one(Input)
        assert field.value == "old"
        for refused in ("what?", " ".join(f"w{n}" for n in range(20))):  # with "home" one too many
            field.value = refused
            await pilot.press("enter")
            await settled(pilot)
            assert isinstance(app.screen, Prompt) and field.value == refused, "nothing is lost"
        assert filled.memories.get(other).tags == "old", "nor is a part of it done"
        field.value = "new"
        await pilot.press("enter")
        await wait_until(pilot, lambda: filled.memories.get(other).tags == "new")
        assert filled.memories.get(one).tags == "home new"
        await settled(pilot)
        filled.memories.undo()  # both, with one
        assert [filled.memories.get(m).tags for m in (one, other)] == ["home old", "old"]


async def test_pin_mute_retire_restore_with_undo_and_redo(filled, picture):
    app = Host(MemoryScreen(filled, select="m4"))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("p")
        await wait_until(pilot, lambda: filled.memories.get("m4").pinned)
        await pilot.press("space")
        await wait_until(pilot, lambda: filled.memories.get("m4").muted)
        await settled(pilot)
        await pilot.press("u")
        await wait_until(pilot, lambda: not filled.memories.get("m4").muted)
        await settled(pilot)
        await pilot.press("ctrl+y")
        await wait_until(pilot, lambda: filled.memories.get("m4").muted)
        await settled(pilot)
        assert chosen(app) == "m4"
        await pilot.press("d")
        await wait_until(pilot, lambda: len(texts(app)) == 3)
        assert filled.memories.get("m4").status is Status.RETIRED
        await pilot.press("t")
        await wait_until(pilot, lambda: len(texts(app)) == 2)
        await picture(pilot, "memory-trash")
        assert chosen(app) == "m4"
        await pilot.press("R")
        await wait_until(pilot, lambda: filled.memories.get("m4").status is Status.ACTIVE)
        await settled(pilot)
    assert any(toast.startswith("undone: muted m4 “Likes green tea") and "ctrl+y redo" in toast for toast in app.toasts)
    assert any(toast.startswith("retired m4") and "u undo" in toast for toast in app.toasts)


async def test_add_and_edit(filled, picture):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("a")
        await wait_until(pilot, lambda: isinstance(app.screen, MemoryForm))
        await pilot.press("enter")
        assert "A memory needs some text" in await picture(pilot, "memory-add")
        await pilot.press(*"Has a cat")
        app.screen.query_one(Select).value = Kind.RELATIONSHIP
        await pilot.press("enter")
        await wait_until(pilot, lambda: len(texts(app)) == 5)
        added = filled.memories.get("m6")
        assert (added.text, added.kind) == ("Has a cat", Kind.RELATIONSHIP)
        app.screen.query_one(MemoryTable).select("m6")
        await settled(pilot)
        await pilot.press("e")
        await wait_until(pilot, lambda: isinstance(app.screen, MemoryForm))
        assert app.screen.query_one(TextArea).text == "Has a cat"
        await pilot.press(*" called Miso", "enter")
        await wait_until(pilot, lambda: "Has a cat called Miso" in " ".join(texts(app)))
    assert [revision.actor for revision in filled.memories.history("m6")] == ["you", "you"]


async def test_an_edit_of_what_changed_meanwhile_is_refused_and_kept_on_the_screen(filled):
    app = Host(MemoryScreen(filled, select="m1"))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("e")
        await wait_until(pilot, lambda: isinstance(app.screen, MemoryForm))
        filled.memories.edit("m1", text="Takes the aisle seat")
        await pilot.press("x", "enter")
        await wait_until(pilot, lambda: app.screen.query_one(ErrorLine).has_class("-shown"))
        assert app.screen.query_one(TextArea).text == "Always takes the window seat on trainsx"
    assert filled.memories.get("m1").text == "Takes the aisle seat"


async def test_source_goes_to_the_message(filled):
    app = Host(MemoryScreen(filled, select="m1"))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("s")
        await wait_until(pilot, lambda: app.result is not UNSET)
    said = filled.conversations.message("t3")
    assert app.result == Place(said.conversation_id, said.id)


async def test_purge_needs_the_number_typed_and_shows_a_receipt(filled, picture):
    app = Host(MemoryScreen(filled, select="m3"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("P")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await picture(pilot, "memory-purge")
        assert isinstance(app.screen, Confirm)
        await pilot.press(*"m3", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Notice))
        receipt = await picture(pilot, "memory-receipt")
        assert "m3 is gone" in receipt
        assert "t5" in receipt
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, MemoryScreen))
    with pytest.raises(NotFound):
        filled.memories.get("m3")


async def test_nothing_to_undo_is_said(runtime, picture):
    app = Host(MemoryScreen(runtime))
    async with app.run_test(size=(60, 16)) as pilot:
        await settled(pilot)
        await pilot.press("u")
        await wait_until(pilot, lambda: app.screen.query_one(ErrorLine).has_class("-shown"))
        assert "There is nothing to undo." in await picture(pilot, "memory-undo")


async def test_a_thousand_memories_open(runtime):
    from memory.store import Create

    runtime.memories.apply([Create(new=NewMemory(text=f"Fact number {n} [red]")) for n in range(1_200)], actor="import")
    app = Host(MemoryScreen(runtime))
    async with app.run_test(size=(120, 36)) as pilot:
        await wait_until(pilot, lambda: len(texts(app)) == 1_000)
        await settled(pilot)
        assert "the first 1,000 of 1,200" in str(app.screen.query_one("#heading").content)


async def test_a_resize_keeps_the_row(filled):
    app = Host(MemoryScreen(filled, select="m1"))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.resize_terminal(60, 16)
        await settled(pilot)
        assert chosen(app) == "m1"


async def test_marked_ones_are_one_act_with_one_undo(filled, picture):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("m", "down", "m")
        await settled(pilot)
        assert "2 marked" in await picture(pilot, "memory-marked")
        await pilot.press("d")
        await wait_until(pilot, lambda: filled.memories.count() == 2)
        await settled(pilot)
        assert any("and 1 other" in toast for toast in app.toasts)
        await pilot.press("u")
        await wait_until(pilot, lambda: filled.memories.count() == 4)


async def test_marked_ones_are_merged_into_the_one_under_the_cursor(filled):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        gone = chosen(app)
        await pilot.press("m", "down")
        stays = chosen(app)
        await pilot.press("M")
        await wait_until(pilot, lambda: filled.memories.get(gone).status is Status.SUPERSEDED)
        assert filled.memories.get(gone).superseded_by == filled.memories.get(stays).id


async def test_several_are_purged_with_one_receipt(filled):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("m", "down", "m", "P")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press(*"purge", "space", "2", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Notice))
        assert filled.memories.count() == 2


async def test_views_come_with_it_and_are_kept(filled):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("v", "down", "enter")
        await wait_until(pilot, lambda: len(texts(app)) == 1 and "peanuts" in texts(app)[0])
        await pilot.press("slash")
        app.screen.query_one(Input).value = "tea"
        await settled(pilot)
        await pilot.press("down", "V", *"drinks", "enter")
        await settled(pilot)
        await pilot.press("escape")
        await wait_until(pilot, lambda: len(texts(app)) == 4)
        await pilot.press("v", "end", "enter")
        await wait_until(pilot, lambda: len(texts(app)) == 1 and "tea" in texts(app)[0])


async def test_the_filter_knows_use_time_and_maker(filled):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        for words, number in (
            ("used:>0", 1),
            ("used:0", 3),
            ("since:1d", 2),
            ("sure:<70 state:all", 1),
            ("source:you", 4),
        ):
            app.screen.query_one(Input).value = words
            await wait_until(pilot, lambda n=number: len(texts(app)) == n, words)


async def test_what_is_near_and_where_it_was_cited(filled):
    app = Host(MemoryScreen(filled, select="m4"))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("n")
        await wait_until(pilot, lambda: "Nearest to m4" in detail(app))
        await pilot.press("escape", "c")
        await wait_until(pilot, lambda: app.result is not UNSET)
    assert app.result.message_id == filled.answer.id
