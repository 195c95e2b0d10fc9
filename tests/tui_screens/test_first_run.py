import pytest
from textual.widgets import Input, OptionList

from assistant.models import Found
from assistant.settings_file import load_settings
from memory.transfer.lying import exports_in
from tests.transfer.conftest import write
from tests.transfer.test_remembered import MEM0
from tests.tui_screens.conftest import SIZES, UNSET, Host, settled, wait_until
from tui.screens.dialogs import Choose, Confirm, Prompt
from tui.screens.first_run import FirstRunScreen
from tui.screens.lying_exports import LyingExports

QWEN = Found("ollama:qwen3:4b", "qwen3:4b (Ollama on this machine)", "", False)
STUDIO = Found("openai:tiny", "tiny (LM Studio at 127.0.0.1:1234)", "http://127.0.0.1:1234/v1", False)
KEY = Found("anthropic:", "Anthropic (key in ANTHROPIC_API_KEY)", "", True)


def screen(runtime, *found, first=True, exports=()):
    return FirstRunScreen(runtime, first=first, look=lambda settings: found, exports=lambda: exports)


def meaning(app: Host) -> str:
    return str(app.screen.query_one("#meaning").content)


@pytest.mark.parametrize("size", SIZES)
async def test_shows_what_was_found_and_where_things_live(runtime, picture, size):
    app = Host(screen(runtime, QWEN, STUDIO, KEY))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        text = await picture(pilot, "first-run")
        assert "Welcome to Reverie" in text
        assert "qwen3:4b (Ollama on this machine)" in text
        assert "ANTHROPIC_API_KEY" in text
        assert "Nothing leaves this machine." in meaning(app)
        assert str(runtime.paths.data) in str(app.screen.query_one("#where").content)


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_found_says_what_to_do(runtime, picture, size):
    app = Host(screen(runtime))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert "No model server on this machine" in await picture(pilot, "first-run-empty")


async def test_the_first_choice_is_no_model(runtime):
    app = Host(screen(runtime, QWEN))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.result == "none")
    assert load_settings(runtime.paths).model == "none"
    assert runtime.paths.settings.exists()
    assert runtime.used == "none"


async def test_a_server_on_this_machine_is_taken_with_its_address(runtime):
    app = Host(screen(runtime, QWEN, STUDIO))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("down", "down", "enter")
        await wait_until(pilot, lambda: app.result == "openai:tiny")
    settings = load_settings(runtime.paths)
    assert (settings.openai.base_url, settings.model) == ("http://127.0.0.1:1234/v1", "openai:tiny")
    assert runtime.used == "openai:tiny"


async def test_a_remote_model_says_what_it_means_and_needs_a_yes(runtime, picture):
    app = Host(screen(runtime, KEY))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down")
        await wait_until(pilot, lambda: "Text leaves this machine" in meaning(app))
        await picture(pilot, "first-run-remote")
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        assert app.screen.query_one(Input).value == "anthropic:"
        await pilot.press(*"some-model", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "Text leaves this machine" in await picture(pilot, "first-run-confirm")
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, FirstRunScreen))
        assert not runtime.paths.settings.exists()
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"some-model", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.result == "anthropic:some-model")
    assert load_settings(runtime.paths).model == "anthropic:some-model"


async def test_a_typed_name_is_checked(runtime, picture):
    app = Host(screen(runtime))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"olama:qwen3", "enter")
        await wait_until(pilot, lambda: app.screen.query_one("ErrorLine").has_class("-shown"))
        await picture(pilot, "first-run-unknown")
        app.screen.query_one(Input).value = "ollama:qwen3"
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.result == "ollama:qwen3")


@pytest.mark.parametrize(("first", "says"), [(True, "esc Go on without"), (False, "esc Back")])
async def test_escape_leaves_things_as_they_are_and_says_so(runtime, picture, first, says):
    app = Host(screen(runtime, KEY, first=first))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert says in await picture(pilot, "first-run-foot")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.result is not UNSET)
    assert app.result is None
    assert not runtime.paths.settings.exists()


async def test_looking_again_keeps_the_highlighted_choice(runtime):
    looks = []

    def look(settings):
        looks.append(settings)
        return (QWEN,) if len(looks) > 1 else ()

    app = Host(FirstRunScreen(runtime, look=look, exports=lambda: ()))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("down", "r")
        await settled(pilot)
        chooser = app.screen.query_one(OptionList)
        assert chooser.option_count == 3
        assert chooser.highlighted_option.id == "other"


@pytest.mark.parametrize("size", SIZES)
async def test_an_export_among_the_downloads_is_read_in_after_a_yes(runtime, tmp_path, memories, size):
    woken = []
    runtime.embed_soon = lambda: woken.append(True)
    write(tmp_path / "mem0.json", MEM0)
    write(tmp_path / "m2.json", {"results": [{"id": "9", "memory": "Runs"}]})
    app = Host(screen(runtime, QWEN, exports=exports_in(tmp_path, seconds=30)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        offer = app.screen.query_one(LyingExports)
        assert "mem0.json   memories of mem0, 1 kB" in str(offer.content)
        assert offer.offers and memories.list() == ()
        await pilot.press("i")
        await wait_until(pilot, lambda: isinstance(app.screen, Choose))
        names = [app.screen.query_one(OptionList).get_option_at_index(n).id for n in range(2)]
        await pilot.press(*(["down"] if names[1].startswith("mem0") else []), "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, FirstRunScreen))
        assert memories.list() == ()
        await pilot.press("i")
        await wait_until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press(*(["down"] if names[1].startswith("mem0") else []), "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await wait_until(pilot, lambda: "3 memories brought in" in str(offer.content))
        assert len(memories.list()) == 3 and woken == [True]
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.result == "none")


async def test_a_file_that_is_broken_by_then_is_one_line(runtime, tmp_path, memories):
    write(tmp_path / "mem0.json", MEM0)
    found = exports_in(tmp_path, seconds=30)
    (tmp_path / "mem0.json").unlink()
    app = Host(screen(runtime, QWEN, exports=found))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("i")
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen.query_one("ErrorLine").has_class("-shown"))
        assert "mem0.json" in str(app.screen.query_one(LyingExports).content)
    assert memories.list() == ()
