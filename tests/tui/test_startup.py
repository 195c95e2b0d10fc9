"""Nothing heavy on the way to the first key."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.tui.driving import entries, idle, ready
from tests.tui.fakes import FakeRuntime
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Said

ROOT = Path(__file__).parent.parent.parent
HEAVY = (
    "torch",
    "transformers",
    "chromadb",
    "sentence_transformers",
    "langchain",
    "langchain_core",
    "alembic",
    "numpy",
)

_PROGRAM = textwrap.dedent(
    """
    import asyncio, json, sys
    from assistant.runtime import Runtime
    from tui.app import ReverieApp

    painted = []

    class Probe(ReverieApp):
        def _after_first_paint(self):
            painted.extend(sorted(sys.modules))

    async def main():
        runtime = Runtime.open()
        app = Probe(runtime)
        async with app.run_test(size=(80, 24)) as pilot:
            while not painted:
                await pilot.pause(0.01)
        runtime.close()

    asyncio.run(main())
    print(json.dumps(painted))
    """
)


def test_the_first_paint_imports_nothing_heavy(home):
    home.mkdir()
    (home / "settings.toml").write_text("")
    # A second start: the first one makes the database, for which it needs Alembic.
    subprocess.run([sys.executable, "-c", "from assistant.runtime import Runtime; Runtime.open().close()"], check=True)
    done = subprocess.run([sys.executable, "-c", _PROGRAM], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not loaded & set(HEAVY)


async def test_what_is_typed_and_sent_at_once_is_not_lost(runtime: FakeRuntime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await wait_until(pilot, lambda: app.screen is app.chat and app.chat.is_mounted)
        app.chat.composer.insert("early")
        app.chat.composer.action_send()
        app.chat.composer.call_later(app.chat.composer.insert, "and this")
        await ready(pilot, app)
        await wait_until(pilot, lambda: entries(app, Said))
        await idle(pilot, app)
        assert runtime.engine.heard == ["early"]
        assert app.chat.composer.text == "and this"


async def test_the_memory_loads_behind_the_first_paint_and_a_turn_does_not_wait_for_it(runtime: FakeRuntime):
    import threading

    hold = threading.Event()
    runtime.warm = hold.wait
    app = ReverieApp(runtime)
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.chat.is_mounted and app.chat.status.figures.memories is not None)
        assert "memory loading…" in str(app.chat.status.render())
        await pilot.press(*"hello", "enter")
        await wait_until(pilot, lambda: runtime.engine.heard)
        await idle(pilot, app)
        hold.set()
        await wait_until(pilot, lambda: "memory on" in str(app.chat.status.render()))


async def test_what_libraries_print_goes_to_the_log(runtime: FakeRuntime, caplog, monkeypatch):
    monkeypatch.setenv("REVERIE_DEBUG", "1")  # without it the log has no words
    caplog.set_level("DEBUG")
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        print("a library says something")
        await wait_until(pilot, lambda: "a library says something" in caplog.text)
        assert "a library" not in app.export_screenshot()


async def test_a_broken_background_task_is_a_line_and_no_end(runtime: FakeRuntime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)

        async def broken():
            raise ZeroDivisionError("[/b]")

        app.chat.work(broken())
        await wait_until(pilot, lambda: app._notifications)
        assert app.is_running


async def test_a_key_that_is_given_twice_is_said(runtime: FakeRuntime):
    screen = runtime.settings.screen.model_copy(update={"keys": {"chat.new": "f3", "no.such": "x"}})
    runtime.settings = runtime.settings.model_copy(update={"screen": screen})
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        await pilot.press("a")
        said = " ".join(n.message for n in app._notifications)
        assert "no.such" in said and "memory.open" in said


async def test_another_embedder_is_asked_about_first(runtime: FakeRuntime):
    from memory.vectors.base import EmbedderIdentity
    from memory.vectors.service import EmbedderChange

    identity = [EmbedderIdentity(name=name, revision="1", dimension=384) for name in ("old", "[/b]new")]
    change = EmbedderChange(old=identity[0], new=identity[1], passages=12)
    did = []
    runtime.vectors.needs_re_embedding = lambda: change
    runtime.vectors.accept_embedder_change = lambda: did.append("accepted")
    runtime.vectors.work = lambda *, progress, stop: (progress(5, 12), did.append("worked"))
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await wait_until(pilot, lambda: "12 passages" in app.export_screenshot().replace("&#160;", " "))
        await pilot.press("enter")
        await wait_until(pilot, lambda: did == ["accepted", "worked"])
        await wait_until(pilot, lambda: app.chat.status.figures.memory == "on")


async def test_a_theme_that_is_chosen_is_kept(runtime: FakeRuntime):
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        app.chat.composer.put("/theme nord")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "nord" in runtime.paths.settings.read_text())
        assert app.theme == "nord" and runtime.settings.screen.theme == "nord"
