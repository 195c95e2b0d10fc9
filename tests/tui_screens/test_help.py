import pytest
from textual.widgets import Input

from tests.tui_screens.conftest import SIZES, Host, settled, wait_until
from tui.commands import COMMANDS, KEYS
from tui.screens.help import HelpScreen
from tui.screens.memory import MemoryScreen


def page(app: Host) -> str:
    return str(app.screen.query_one("#page").content)


@pytest.mark.parametrize("size", SIZES)
async def test_the_keys_of_the_screen_below_come_first(filled, picture, size):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        app.push_screen(HelpScreen())
        await settled(pilot)
        await picture(pilot, "help")
        text = page(app)
        assert text.index("Keys here") < text.index("Put into the trash") < text.index("Moving about here")
        assert text.index("Moving about here") < text.index("Cursor down") < text.index("Commands, typed")
        assert "Remove for good" in text


async def test_every_command_and_every_key_is_there(runtime):
    app = Host(HelpScreen())
    async with app.run_test() as pilot:
        await settled(pilot)
        text = " ".join(page(app).split())
        for command in COMMANDS:
            assert command.usage in text
            assert command.summary in text
        for key in KEYS:
            assert key.summary in text


async def test_a_line_that_is_long_goes_on_below_its_beginning(filled):
    app = Host(MemoryScreen(filled))
    async with app.run_test(size=(60, 16)) as pilot:
        await settled(pilot)
        app.push_screen(HelpScreen())
        await settled(pilot)
        rows = page(app).split("\n")
        wrapped = next(i for i, row in enumerate(rows) if "Mute or unmute" in row)
        assert rows[wrapped + 1].startswith(" " * 25) and "up" in rows[wrapped + 1]


async def test_search(picture):
    app = Host(HelpScreen())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*"trash")
        await settled(pilot)
        assert "/forget" in page(app)
        assert "/new" not in page(app)
        await pilot.press(*"xyz")
        assert "Nothing is called “trashxyz”" in await picture(pilot, "help-none")
        await pilot.press("escape")
        await wait_until(pilot, lambda: "/new" in page(app))
        assert app.screen.query_one(Input).value == ""
        await pilot.press("down", "pagedown", "up")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.result is None)
