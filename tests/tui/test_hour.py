"""An hour of use by a seeded hand: keys, resizes, streamed answers; no exception, no worker and no widget left."""

import asyncio
import gc
import random

import pytest
from textual.events import Resize
from textual.geometry import Size

from assistant.runtime import Runtime
from tests.tui.fakes import USAGE, FakeEngine, fill_conversation
from tests.tui.waiting import wait_until
from tests.tui_screens.slept import slept, template
from tui.app import ReverieApp
from tui.screens.base import FrameScreen

__all__ = ["slept", "template"]

SIZES = [(120, 36), (80, 24), (60, 16), (100, 30), (38, 9), (200, 50)]
KEYS = (
    "up down left right enter escape tab space home end pageup pagedown ctrl+end alt+up alt+down "
    "a b c d e f g h i j k l m n o p r s t u v x y z A M R T U V D slash question_mark backspace delete "
    "f1 f2 f3 f4 f5 f8 f9 ctrl+n ctrl+r ctrl+f ctrl+b ctrl+p ctrl+y ctrl+j ctrl+l ctrl+o ctrl+backslash"
).split()
LINES = (
    "hello", "Remember that I like tea.", "What do I like?", "/find number", "/stats", "/why", "/edit", "/branch",
    "/retry", "/temp", "/new", "/history", "/asof yesterday", "/ledger", "/undo", "/sleep stop", "/nonsense", "//slash",
    "/dreams", "/profile", "/weights", "/night", "/timestamps", "/theme nord", "/transcript",
    "/tokens", "/think", "/context",
)  # fmt: skip
ANSWER = (
    "Here is *some* text [m1] ",
    "with `code`,\n\n```python\n",
    "print('x')\n",
    "```\n\n",
    "- a\n- b\n",
    "| a | b |\n",
)
"""Not among the keys: ctrl+q and ctrl+c, which leave; and w, which begins a training of minutes on the Sleep screen."""


class Streaming(FakeEngine):
    """Every answer comes in many pieces."""

    def __init__(self, runtime: Runtime, dice: random.Random) -> None:
        super().__init__(runtime.conversations, runtime.memories)
        self._dice = dice

    def answer(self, conversation_id: str, text: str):
        self.play(*(self._dice.choice(ANSWER) for _ in range(self._dice.randrange(5, 60))), USAGE)
        return super().answer(conversation_id, text)


async def act(pilot, app, dice):
    """One thing that a hand may do."""
    chance = dice.random()
    if chance < 0.06:
        size = dice.choice(SIZES)
        app.post_message(Resize(Size(*size), Size(*size)))
    elif chance < 0.12 and app.screen is app.chat:
        app.chat.composer.put(dice.choice(LINES))
        app.chat.composer.action_send()
    else:
        app.simulate_key(dice.choice(KEYS))
    if dice.random() < 0.5:
        await asyncio.sleep(0)
    else:
        await pilot.pause(0.001)


async def home_again(pilot, app):
    """Back to the chat, with nothing going on."""
    for _ in range(60):
        if app.screen is app.chat:
            break
        app.chat.night.cancel()
        app.simulate_key("escape")
        await pilot.pause(0.05)
    app.chat.night.cancel()
    app.chat.talks.talk.queue.clear()
    await app.chat.talks.stop_all()
    await wait_until(pilot, lambda: not app.chat.night.busy, 90)
    assert app.screen is app.chat, app.screen_stack
    for _ in range(500):
        if all(worker.is_finished for worker in app.workers):
            return
        await pilot.pause(0.02)
    raise AssertionError(f"left: {[w for w in app.workers if not w.is_finished]}")


async def use(runtime, seed, actions):
    """A session; what went wrong, in words."""
    dice = random.Random(seed)
    runtime.engine = Streaming(runtime, dice)
    troubles = []
    app = ReverieApp(runtime)
    notify = app.notify

    def listen(message, **options):
        if "Something went wrong" in message:
            troubles.append(message)
        notify(message, **options)

    app.notify = listen
    done = 0
    async with app.run_test(size=(100, 30)) as pilot:
        await wait_until(pilot, lambda: app.screen is app.chat and app.chat.drafts.early is None)
        while done < actions and app.is_running and app._exception is None:
            await act(pilot, app, dice)
            done += 1
        if app.is_running:  # a palette may have been told to quit
            await home_again(pilot, app)
            widgets = len(list(app.chat.walk_children()))
            assert widgets < 1_500, f"{widgets} widgets"
            assert len(app.screen_stack) == 2
            await pilot.pause()
            gc.collect()
            alive = [s for s in gc.get_objects() if issubclass(type(s), FrameScreen) and s.is_attached]
            assert not alive, alive
    assert not troubles
    return done


def fill(runtime):
    fill_conversation(runtime.conversations, 40, title="Long")


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
async def test_a_few_minutes_of_use(slept, monkeypatch, tmp_path, seed):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITOR", "true")
    fill(slept)
    await use(slept, seed, 250)


@pytest.mark.slow
@pytest.mark.timeout(3_000)
async def test_an_hour_of_use(slept, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDITOR", "true")
    fill(slept)
    done, seed = 0, 100
    while done < 5_000:
        done += await use(slept, seed, 5_000 - done)
        seed += 1
