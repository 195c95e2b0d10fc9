import pytest
from textual.widgets import Input, OptionList

from tests.tui_screens.conftest import SIZES, UNSET, Host, settled, wait_until
from tui.screens.dialogs import Choose, Prompt
from tui.screens.place import Place
from tui.screens.sessions import SessionList, SessionsScreen


def rows(app: Host) -> list[str]:
    return [str(option.prompt) for option in app.screen.query_one(SessionList).options]


@pytest.mark.parametrize("size", SIZES)
async def test_lists_the_conversations_that_are_not_archived(filled, picture, size):
    app = Host(SessionsScreen(filled))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, "sessions")
        assert "[b]Tea[/b] and other drinks" in text
        assert "Trip to Lyon" in text
        assert "Old plans" not in text
        assert "5 min ago" in text


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_home_says_what_to_do(runtime, picture, size):
    app = Host(SessionsScreen(runtime))
    async with app.run_test(size=size) as pilot:
        assert "No conversations yet" in await picture(pilot, "sessions-empty")


@pytest.mark.parametrize("size", SIZES)
async def test_typing_searches_titles_and_every_message(filled, picture, size):
    app = Host(SessionsScreen(filled))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press(*"lyon")
        await wait_until(pilot, lambda: any("in 1 message" in row for row in rows(app)))
        text = await picture(pilot, "sessions-search")
        assert "Trip to Lyon" in text
        assert "I moved to Lyon in April" in "".join(rows(app))


async def test_a_hit_opens_its_message_also_from_the_archive(filled):
    app = Host(SessionsScreen(filled))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press(*"canal")
        await wait_until(pilot, lambda: any("archived" in row for row in rows(app)))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.result is not UNSET)
    message = filled.conversations.message("t1")
    assert app.result == Place(message.conversation_id, message.id)


async def test_nothing_found_names_the_words_and_escape_clears_them(filled, picture):
    app = Host(SessionsScreen(filled))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*"tundra")
        await wait_until(pilot, lambda: app.screen.query_one(".empty").has_class("-shown"))
        await pilot.pause(0.3)
        assert "No chat contains “tundra”" in await picture(pilot, "sessions-none")
        await pilot.press("escape")
        await settled(pilot)
        assert len(rows(app)) == 2
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.result is None)


async def test_enter_opens_the_highlighted_conversation(filled):
    app = Host(SessionsScreen(filled))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("down", "down", "enter")
        await wait_until(pilot, lambda: app.result is not UNSET)
    assert app.result == Place(filled.conversations.get("c2").id)


async def test_rename_keeps_a_refused_title_on_the_screen(filled, picture):
    app = Host(SessionsScreen(filled))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down", "r")
        await pilot.pause()
        field = app.screen.query_one(Input)
        assert field.value == "[b]Tea[/b] and other drinks"
        field.value = "  "
        await pilot.press("enter")
        assert "A title needs at least one letter" in await picture(pilot, "sessions-rename")
        field.value = "Drinks"
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, SessionsScreen))
        await wait_until(pilot, lambda: "Drinks" in rows(app)[0])
    assert filled.conversations.get("c3").title == "Drinks"


async def test_archive_and_restore(filled, picture):
    app = Host(SessionsScreen(filled))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down", "a")
        await wait_until(pilot, lambda: len(rows(app)) == 1)
        assert filled.conversations.get("c3").archived_at is not None
        await pilot.press("v")
        await wait_until(pilot, lambda: "Old plans" in "".join(rows(app)))
        await picture(pilot, "sessions-archived")
        await pilot.press("a")
        await wait_until(pilot, lambda: len(rows(app)) == 1)
        assert any("archived" in toast for toast in app.toasts)
        assert any("restored" in toast for toast in app.toasts)


async def test_letters_are_text_in_the_filter(filled):
    app = Host(SessionsScreen(filled))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("a", "r", "v")
        assert app.screen.query_one(Input).value == "arv"
    assert filled.conversations.get("c3").archived_at is None


async def test_a_storage_error_is_a_line_not_a_crash(filled, picture):
    filled.database.path.chmod(0o600)
    with filled.database.write() as session:
        from sqlalchemy import text

        session.execute(text("DROP TABLE message_words"))
        session.execute(text("DROP TABLE message_trigrams"))
    app = Host(SessionsScreen(filled))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*"lyon")
        await wait_until(pilot, lambda: app.screen.query_one("ErrorLine").has_class("-shown"))
        assert "Searching" not in await picture(pilot, "sessions-error")


@pytest.mark.parametrize(("choice", "status"), [(0, "active"), (1, "retired")])
async def test_deleting_asks_what_becomes_of_its_memories(filled, picture, choice, status):
    app = Host(SessionsScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("down", "down")
        await pilot.press("d")
        await wait_until(pilot, lambda: isinstance(app.screen, Choose))
        assert "2 memories came from it" in await picture(pilot, "sessions-delete")
        app.screen.query_one(OptionList).highlighted = choice
        await pilot.press("enter")
        await wait_until(pilot, lambda: len(filled.conversations.list()) == 1)
    assert filled.memories.get("m1").status == status and filled.memories.get("m1").sources == ()


async def test_a_conversation_is_exported(filled, tmp_path):
    app = Host(SessionsScreen(filled))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("down", "x")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = str(tmp_path / "tea.md")
        await pilot.press("enter")
        await wait_until(pilot, lambda: (tmp_path / "tea.md").exists())
    assert "green tea" in (tmp_path / "tea.md").read_text()
