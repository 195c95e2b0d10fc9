"""What is chosen in the settings is what the program does, from the moment the settings are closed."""

import pytest

from tests.tui.driving import ready
from tests.tui.fakes import fill_conversation
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.screens.marks import ASCII_CLASS

CHOICES = {
    "screen.theme": lambda app: app.theme == "nord",
    "screen.sidebar": lambda app: app.chat.has_class("-no-sidebar"),
    "screen.timestamps": lambda app: "You ·" in seen(app),
    "screen.animations": lambda app: app.animation_level == "none" and not app.chat.composer.cursor_blink,
    "screen.ascii": lambda app: app.has_class(ASCII_CLASS) and "·" not in seen(app) and "▸" not in seen(app),
    "memory.enabled": lambda app: "memory off" in seen(app),
}
OTHERWISE = {"screen.theme": "nord", "screen.timestamps": "true", "screen.ascii": "true"}


def seen(app: ReverieApp) -> str:
    return app.export_screenshot().replace("&#160;", " ")


@pytest.mark.parametrize("name", CHOICES)
async def test_a_setting_holds_as_soon_as_the_settings_are_closed(runtime, name):
    conversation = fill_conversation(runtime.conversations, 2, title="Old")
    app = ReverieApp(runtime, conversation=conversation)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app)
        await wait_until(pilot, lambda: "memory on" in seen(app))
        assert not CHOICES[name](app)
        await pilot.press("f2")
        await wait_until(pilot, lambda: app.screen.query("SettingList"))
        await pilot.press("slash", *name, "enter", "e")
        await wait_until(pilot, lambda: app.screen.query("Line, Choices"))
        write(app, OTHERWISE.get(name, "false"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen.query("SettingList"))
        await pilot.press("escape", "escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        await wait_until(pilot, lambda: CHOICES[name](app))


def write(app: ReverieApp, value: str) -> None:
    for field in app.screen.query("Line"):
        field.value = value
    for chooser in app.screen.query("Choices"):
        chooser.highlighted = chooser.get_option_index(value)


async def test_settings_that_were_only_looked_at_leave_the_screen_alone(runtime):
    app = ReverieApp(runtime)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app)
        await pilot.press("ctrl+b", "f2")
        await wait_until(pilot, lambda: app.screen.query("SettingList"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        assert app.chat.has_class("-no-sidebar")
