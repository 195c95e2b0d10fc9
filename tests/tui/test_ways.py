"""The ways to an act without knowing its key: the message menu, jump letters, and the leader."""

import pytest
from textual.command import CommandPalette
from textual.widgets import OptionList

from tests.tui.driving import entries, ready, say, type_line
from tests.tui.fakes import fill_conversation
from tests.tui.waiting import wait_until
from tests.tui_screens.conftest import Host
from tui.app import ReverieApp
from tui.chat.messages import Answer, Said
from tui.commands import COMMANDS, LETTERS
from tui.screens.dialogs import Choose
from tui.screens.jump import JumpScreen
from tui.screens.leader import LeaderScreen
from tui.screens.sessions import SessionsScreen


def offered(app):
    return [str(option.prompt) for option in app.screen.query_one(OptionList).options]


async def choose(pilot, app, words):
    """Take the line of an open menu that says `words`."""
    await wait_until(pilot, lambda: isinstance(app.screen, Choose) and app.screen.query(OptionList))
    place = next(i for i, line in enumerate(offered(app)) if words in line)
    app.screen.query_one(OptionList).highlighted = place
    await pilot.press("enter")
    await wait_until(pilot, lambda: app.screen is app.chat)


async def test_enter_on_a_message_opens_what_can_be_done_with_it(runtime, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        answer = await say(pilot, app, "hello")
        answer.widget.focus()
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Choose) and app.screen.query(OptionList))
        lines = offered(app)
        assert [line.split("   ")[0] for line in lines] == [
            "Copy its text", "Answer again", "Why this answer", "Go on from here", "Write it to a file",
        ]  # fmt: skip
        await choose(pilot, app, "Write it to a file")
        await wait_until(pilot, lambda: (tmp_path / "reverie-t2.md").exists())
        assert (tmp_path / "reverie-t2.md").read_text() == "You said: hello"
        answer.widget.focus()
        await pilot.press("enter")
        await choose(pilot, app, "Answer again")
        await wait_until(pilot, lambda: entries(app, Answer)[-1] is not answer)


async def test_a_right_click_opens_the_menu(runtime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await say(pilot, app, "hello")
        said = entries(app, Said)[0]
        await pilot.click(said.widget, button=3)
        await choose(pilot, app, "Say it in other words")
        await wait_until(pilot, lambda: app.chat.composer.text == "hello" and app.chat.editing.message is not None)


async def test_a_letter_jumps_to_what_it_stands_on(runtime):
    app = ReverieApp(runtime, conversation=fill_conversation(runtime.conversations, 20))
    async with app.run_test(size=(120, 36)) as pilot:
        await wait_until(pilot, lambda: entries(app, Answer))
        await ready(pilot, app)
        await pilot.press("ctrl+o")
        await wait_until(pilot, lambda: isinstance(app.screen, JumpScreen))
        widgets = dict(app.screen._widgets)
        assert {"Composer", "Reply", "SafeList"} <= {type(w).__name__ for w in widgets.values()}
        letter, block = next((k, w) for k, w in widgets.items() if type(w).__name__ == "Reply")
        await pilot.press(letter)
        await wait_until(pilot, lambda: app.screen is app.chat and block.has_focus)
        await pilot.press("ctrl+o")
        await wait_until(pilot, lambda: isinstance(app.screen, JumpScreen))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        assert block.has_focus, "the keys stay where they are"


async def test_other_screens_are_jumped_in_too(runtime):
    app = ReverieApp(runtime)
    fill_conversation(runtime.conversations, 1, title="Old")
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await pilot.press("ctrl+r")
        await wait_until(pilot, lambda: isinstance(app.screen, SessionsScreen) and app.screen.focused)
        await pilot.press("ctrl+o")
        await wait_until(pilot, lambda: isinstance(app.screen, JumpScreen))
        await pilot.resize_terminal(70, 20)
        await wait_until(pilot, lambda: isinstance(app.screen, SessionsScreen))


async def test_letters_below_another_screen_close_only_themselves(runtime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await pilot.press("ctrl+o")
        await wait_until(pilot, lambda: isinstance(app.screen, JumpScreen))
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.resize_terminal(70, 20)
        await pilot.pause(0.2)
        assert isinstance(app.screen, CommandPalette), "what is above stays"
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
async def test_every_command_has_a_letter(command):
    app = Host(LeaderScreen())
    async with app.run_test(size=(60, 16)) as pilot:
        await wait_until(pilot, lambda: app.screen.query(OptionList))
        await pilot.press(LETTERS[command.name])
        await wait_until(pilot, lambda: app.result == command.name)


async def test_the_leader_runs_a_command_and_fills_in_what_needs_words(runtime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await say(pilot, app, "hello")
        await pilot.press("ctrl+l", LETTERS["rename"])
        await wait_until(pilot, lambda: app.chat.composer.text == "/rename ")
        await type_line(pilot, "Tea")
        await wait_until(pilot, lambda: runtime.conversations.list()[0].title == "Tea")
        await pilot.press("ctrl+l", LETTERS["sidebar"])
        await wait_until(pilot, lambda: app.chat.has_class("-no-sidebar"))
        await pilot.press("ctrl+l", "escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
