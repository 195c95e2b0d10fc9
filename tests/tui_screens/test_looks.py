"""What holds for every screen: no colour of its own, keys that can be remapped, any theme."""

import re
from pathlib import Path

import pytest

import tui.screens
from tests.tui_screens.conftest import SIZES, Host, settled, wait_until
from tui.screens.help import HelpScreen
from tui.screens.leader import LeaderScreen
from tui.screens.memory import MemoryScreen
from tui.screens.sessions import SessionsScreen
from tui.screens.settings import SettingsScreen
from tui.screens.text import TextScreen
from tui.screens.why import WhyScreen

FILES = sorted(Path(tui.screens.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_binding_has_an_id_and_every_colour_is_the_themes(path):
    source = path.read_text()
    for binding in re.findall(r"Binding\((?:[^()]|\([^()]*\))*\)", source):
        assert "id=" in binding, binding
    assert not re.findall(r"#[0-9a-fA-F]{6}\b|rgb\(", source)
    assert len(source.splitlines()) <= 400


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light", "textual-light", "nord"])
async def test_every_theme(filled, picture, theme):
    for name, screen in (
        ("sessions", SessionsScreen(filled)),
        ("memory", MemoryScreen(filled)),
        ("why", WhyScreen(filled, filled.answer)),
        ("settings", SettingsScreen(filled)),
        ("help", HelpScreen()),
    ):
        app = Host(screen)
        app.theme = theme
        async with app.run_test(size=(80, 24)) as pilot:
            await picture(pilot, f"{name}-{theme}")


@pytest.mark.parametrize("size", SIZES)
async def test_the_letters_of_all_commands_and_a_plain_text(picture, size):
    text = TextScreen("Plain transcript", "You, 3 May\nWhat do I like?\n\n" + "Tea [b]. " * 60, "2 messages")
    for name, screen, words in (("leader", LeaderScreen(), "a letter runs one"), ("text", text, "Tea [b].")):
        async with Host(screen).run_test(size=size) as pilot:
            assert words in await picture(pilot, name)


async def test_keys_can_be_moved(filled):
    app = Host(MemoryScreen(filled, select="m4"))
    async with app.run_test() as pilot:
        app.set_keymap({"memory.pin": "x"})
        await settled(pilot)
        await pilot.press("p")
        await settled(pilot)
        assert not filled.memories.get("m4").pinned
        await pilot.press("x")
        await wait_until(pilot, lambda: filled.memories.get("m4").pinned)


async def test_escapes_and_markup_from_outside_stay_text(filled):
    filled.conversations.rename("c3", "[red]x[/] \x1b[31mred \u202eevil")
    filled.memories.edit("m4", text="[/b] [link=x] \x1b]0;t\x07 \u202etea")
    for screen in (SessionsScreen(filled), MemoryScreen(filled, select="m4"), WhyScreen(filled, filled.answer)):
        app = Host(screen)
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot)
            svg = app.export_screenshot()
            assert "\u202e" not in svg
            assert "\x1b" not in svg
