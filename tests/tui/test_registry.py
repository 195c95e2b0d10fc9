"""One registry: everything in it is reachable, and the pages made from it are up to date."""

import importlib
import inspect
import pkgutil

import pytest
from textual.widgets import OptionList

import tui.screens
from tests.tui.driving import ready, type_line
from tests.tui.fakes import fill_conversation, fill_memories
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.slash import ChatCommands
from tui.commands import COMMANDS, KEY_IDS, KEYS, LETTERS, complete, find_command, keymap_troubles, nearest, parse_line
from tui.palette import CommandProvider
from tui.plain import PlainCommands
from tui.reference import DOCS, PAGES
from tui.screens.keys import PLACES
from tui.screens.leader import LeaderScreen

SCREEN_KEYS = [key for key in KEYS if key.where in ("app", "chat", "composer")]


def test_names_aliases_and_ids_are_unique():
    names = [n for c in COMMANDS for n in (c.name, *c.aliases)]
    assert len(names) == len(set(names))
    assert len(KEYS) == len(KEY_IDS)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_pages_are_those_of_the_registry(name):
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `python -m tui.reference`"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_command_has_someone_who_carries_it_out(command):
    assert inspect.iscoroutinefunction(getattr(ChatCommands, command.name))
    assert hasattr(PlainCommands, command.name) == command.plain


def test_commands_are_found_by_name_alias_beginning_and_slip():
    assert find_command("NEW").name == "new"
    assert find_command("sessions").name == "resume"
    assert [c.name for c in complete("re")][:2] == ["resume", "retry"]
    assert nearest("exprot") == "export"
    assert nearest("xyzzy") == ""


def test_the_default_keys_have_one_meaning_each():
    assert keymap_troubles({}) == ()


def test_no_screen_has_a_key_that_is_not_listed():
    listed = {widget for _, widgets in PLACES for widget in widgets}
    modules = [f"tui.screens.{module.name}" for module in pkgutil.iter_modules(tui.screens.__path__)]
    for name in [*modules, "tui.logs"]:
        for found in vars(importlib.import_module(name)).values():
            if isinstance(found, type) and found.__module__ == name and found.__dict__.get("BINDINGS"):
                assert found in listed, found


def test_keys_of_other_screens_can_be_moved_and_slips_are_named():
    assert keymap_troubles({"memory.retire": "x"}) == ()
    assert "memory.retyre" in keymap_troubles({"memory.retyre": "x"})[0]


async def test_a_moved_key_of_another_screen_works(runtime):
    fill_memories(runtime.memories, ["You like tea."])
    screen = runtime.settings.screen.model_copy(update={"keys": {"memory.retire": "x"}})
    runtime.settings = runtime.settings.model_copy(update={"screen": screen})
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await pilot.press("f3")
        await wait_until(pilot, lambda: app.screen.query("MemoryTable") and "x" in app.screen.active_bindings)
        await wait_until(pilot, lambda: app.screen.query_one("MemoryTable").row_count)
        await pilot.press("x")
        await wait_until(pilot, lambda: runtime.memories.get("m1").status == "retired")


def test_what_a_line_means():
    assert parse_line("hello").text == "hello"
    assert parse_line("/new").command.name == "new"
    assert parse_line("/rename  a title ").argument == "a title"
    assert parse_line("//new").text == "/new"
    assert parse_line("/usr/bin is full").text == "/usr/bin is full"
    assert parse_line("/nwe").unknown == "nwe"
    assert parse_line("/").unknown == ""


@pytest.mark.parametrize("key", SCREEN_KEYS, ids=lambda k: k.id)
async def test_every_key_is_bound_where_it_belongs(runtime, key):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        for name in key.keys.split(","):
            bound = app.screen.active_bindings[name].binding
            assert bound.id == key.id


@pytest.mark.parametrize("key", SCREEN_KEYS, ids=lambda k: k.id)
async def test_every_key_can_be_moved(runtime, key):
    screen = runtime.settings.screen.model_copy(update={"keys": {key.id: "f12"}})
    runtime.settings = runtime.settings.model_copy(update={"screen": screen})
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        assert app.screen.active_bindings["f12"].binding.id == key.id


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.name != "quit"], ids=lambda c: c.name)
async def test_every_command_is_reached_by_key_palette_and_slash_and_runs(runtime, command, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    fill_memories(runtime.memories, ["You like tea."])
    conversation = fill_conversation(runtime.conversations, 2, title="Old")
    app = ReverieApp(runtime, conversation=conversation)
    words = {"export": "md", "rename": "Other", "remember": "I like tea", "forget": "m1", "pin": "m1", "theme": "nord"}
    words |= {"without": "m1", "asof": "3 May", "find": "number", "history": "m1"}
    errors = []
    async with app.run_test() as pilot:
        await ready(pilot, app)
        worker_errors(app, errors)
        if command.key is not None:
            assert app.screen.active_bindings[command.key.keys.split(",")[0]].enabled
        await pilot.press("ctrl+l")
        await wait_until(pilot, lambda: isinstance(app.screen, LeaderScreen) and app.screen.query(OptionList))
        rows = app.screen.query_one(OptionList)
        row = rows.get_option(command.name)  # test_ways presses each letter
        assert str(row.prompt).startswith(f"{LETTERS[command.name]}  {command.name}")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        hits = [hit async for hit in CommandProvider(app.screen).search(f"{command.group}: {command.palette}")]
        assert any(hit.help == command.summary for hit in hits)
        app.chat.composer.put(f"/{command.name} {words.get(command.name, '')}".strip())
        app.chat.composer.action_send()
        await wait_until(pilot, lambda: app.chat.composer.text[:1] != "/" or app.screen is not app.chat)
        await pilot.pause(0.2)
        assert app.is_running and not errors


def worker_errors(app, into):
    """Collect what background work failed with, beside what the app does with it."""
    notify = app.notify

    def listen(message, **options):
        if "Something went wrong" in message:
            into.append(message)
        notify(message, **options)

    app.notify = listen


async def test_every_command_has_three_ways_to_it(runtime):
    """Typed with a slash, from the palette, and by a key: its own, or the leader and its letter (see test_ways)."""
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        for command in COMMANDS:
            assert parse_line(f"/{command.name}").command is command
            for alias in command.aliases:
                assert parse_line(f"/{alias}").command is command
            assert len(LETTERS[command.name]) == 1
            if command.key is not None:
                for key in command.key.keys.split(","):
                    bound = app.screen.active_bindings[key].binding
                    assert bound.action == f"command('{command.name}')"
        assert [c.name for c in COMMANDS if not c.palette] == [], "every command is in the palette"
        assert app.screen.active_bindings["ctrl+l"].binding.action == "leader"
        assert len(set(LETTERS.values())) == len(COMMANDS), "each letter means one command"


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.fills], ids=lambda c: c.name)
async def test_the_palette_puts_what_needs_an_argument_into_the_input(runtime, command):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        provider = CommandProvider(app.screen)
        hits = [hit async for hit in provider.search(command.palette) if hit.help == command.summary]
        hits[0].command()
        await pilot.pause()
        assert app.chat.composer.text == f"/{command.name} " and app.chat.composer.has_focus


@pytest.mark.parametrize("key", ["f2", "f3", "f4", "f5", "f8", "f9", "f1", "ctrl+r"])
async def test_every_screen_opens_by_its_key_and_closes_with_escape(runtime, key):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await pilot.press(key)
        await wait_until(pilot, lambda: app.screen is not app.chat)
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)


async def test_quitting_by_command_ends_the_program(runtime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await type_line(pilot, "/quit")
        await wait_until(pilot, lambda: app.return_value == 0)


async def test_the_palette_offers_every_command_with_a_name_for_it(runtime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        provider = CommandProvider(app.screen)
        offered = [hit.help async for hit in provider.discover()]
        assert 5 <= len(offered) <= 8
        for command in COMMANDS:
            found = [hit.help async for hit in provider.search(command.name)]
            assert (command.summary in found) == bool(command.palette)


def first_found(app):
    """What enter would run in the palette."""
    found = app.screen.query("OptionList").first(OptionList) if app.screen.query("OptionList") else None
    at = found.highlighted if found is not None else None
    return str(found.get_option_at_index(at).prompt) if at is not None else ""


async def test_the_palette_opens_by_key_and_runs_a_command(runtime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: app.screen is not app.chat)
        await pilot.press(*"sidebar")
        await wait_until(pilot, lambda: "sidebar" in first_found(app).lower())
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is app.chat and app.chat.has_class("-no-sidebar"))
