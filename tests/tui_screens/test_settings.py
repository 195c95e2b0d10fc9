import pytest
from textual.widgets import Input, OptionList

from assistant.settings import Settings
from assistant.settings_file import load_settings, set_setting
from tests.tui_screens.conftest import SIZES, Host, settled, wait_until
from tui.screens.base import ErrorLine
from tui.screens.dialogs import Choose, Prompt
from tui.screens.first_run import FirstRunScreen
from tui.screens.settings import SettingsScreen
from tui.screens.settings_model import entries


def lines(app: Host) -> list[str]:
    return [str(option.prompt) for option in app.screen_stack[1].query_one(OptionList).options]


def test_every_setting_has_a_description():
    every = entries(Settings())
    assert len(every) > 20
    assert all(entry.summary for entry in every)
    assert not any(entry.changed for entry in every)
    assert next(e for e in every if e.name == "memory.enabled").choices == ("true", "false")
    assert next(e for e in every if e.name == "local.device").choices == ("auto", "cpu", "cuda", "mps")


@pytest.mark.parametrize("size", SIZES)
async def test_lists_settings_with_what_they_are_for(runtime, picture, size):
    app = Host(SettingsScreen(runtime))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, "settings")
        assert "all as they come" in text
        assert "temperature" in text
        assert "Who answers" in text
        assert "written to" in text


async def test_search(runtime, picture):
    app = Host(SettingsScreen(runtime))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"sidebar")
        await wait_until(pilot, lambda: len(lines(app)) == 1)
        assert "screen.sidebar" in lines(app)[0]
        await pilot.press(*"xyz")
        assert "No setting matches “sidebarxyz”" in await picture(pilot, "settings-none")
        await pilot.press("escape")
        await wait_until(pilot, lambda: len(lines(app)) > 20)
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.result == ())


async def test_a_value_that_is_refused_keeps_the_dialog(runtime, picture):
    app = Host(SettingsScreen(runtime))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        app.screen.query_one(Input).value = "5"
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen.query_one(ErrorLine).has_class("-shown"))
        assert "does not do" in await picture(pilot, "settings-refused")
        app.screen.query_one(Input).value = "0.5"
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        await settled(pilot)
        assert "0.5   changed" in lines(app)[1]
        await picture(pilot, "settings-changed")
        await pilot.press("d")
        await wait_until(pilot, lambda: "changed" not in lines(app)[1])
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.result == ("temperature",))


async def test_a_choice(runtime, picture):
    app = Host(SettingsScreen(runtime))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"memory.enabled", "enter", "e")
        await wait_until(pilot, lambda: isinstance(app.screen, Choose))
        await picture(pilot, "settings-choice")
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        await settled(pilot)
    assert runtime.settings.memory.enabled is False
    assert not any("next start" in toast for toast in app.toasts)


async def test_what_is_read_at_the_start_says_so(runtime):
    app = Host(SettingsScreen(runtime))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"embedder.device", "enter", "e")
        await wait_until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: any("used from the next start" in toast for toast in app.toasts))


async def test_a_table_is_left_to_the_editor(runtime):
    app = Host(SettingsScreen(runtime))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("slash", *"screen.keys", "enter", "enter")
        await wait_until(pilot, lambda: app.toasts)
        assert isinstance(app.screen, SettingsScreen)
        assert "settings.toml" in app.toasts[0]


async def test_the_environment_is_named(runtime, monkeypatch):
    monkeypatch.setenv("REVERIE_MEMORY__GIVE", "3")
    runtime.settings = load_settings(runtime.paths)
    app = Host(SettingsScreen(runtime))
    async with app.run_test() as pilot:
        await settled(pilot)
        line = next(line for line in lines(app) if "memory.give" in line)
        assert "from the environment" in line
        await pilot.press("slash", *"memory.give", "enter", "e")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("4", "enter")
        await wait_until(pilot, lambda: app.screen.query_one(ErrorLine).has_class("-shown"))
    assert not runtime.paths.settings.exists()


async def test_an_empty_line_is_the_default(runtime):
    set_setting(runtime.paths, "temperature", "0.5")
    runtime.settings = load_settings(runtime.paths)
    app = Host(SettingsScreen(runtime))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("ctrl+u", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, SettingsScreen))
    assert load_settings(runtime.paths).temperature is None


async def test_who_answers_is_chosen_on_its_own_screen(runtime):
    app = Host(SettingsScreen(runtime))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, FirstRunScreen))
        await settled(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.result == ("model",))
    assert runtime.used == "none"
