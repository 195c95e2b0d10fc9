"""Driving the chat as a person does, and looking at what it holds."""

from typing import TypeVar

from textual.pilot import Pilot

from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Answer, Entry, Said

Kind = TypeVar("Kind", bound=Entry)


def entries(app: ReverieApp, kind: type[Kind]) -> list[Kind]:
    return [e for e in app.chat.history.entries if isinstance(e, kind)]


def shown(app: ReverieApp) -> str:
    """Everything on the screen, as an SVG: made to prove that it can be made."""
    return app.export_screenshot()


async def ready(pilot: Pilot, app: ReverieApp) -> None:
    """The chat is there and takes keys."""
    await wait_until(pilot, lambda: app.screen is app.chat and app.chat.composer.has_focus)
    await wait_until(pilot, lambda: app.chat.status.figures.memory != "loading…")
    await wait_until(pilot, lambda: app.chat.status.figures.memories is not None)


async def type_line(pilot: Pilot, text: str) -> None:
    """Type a line and send it."""
    names = {" ": "space", "/": "slash"}
    await pilot.press(*(names.get(c, c) for c in text), "enter")


async def say(pilot: Pilot, app: ReverieApp, text: str) -> Answer:
    """Say something and wait until it is answered, or failed."""
    before = len(entries(app, Said))
    await type_line(pilot, text)
    await wait_until(pilot, lambda: len(entries(app, Said)) > before)
    await idle(pilot, app)
    return entries(app, Answer)[-1]


async def idle(pilot: Pilot, app: ReverieApp) -> None:
    await wait_until(pilot, lambda: not app.chat.talks.talk.busy)
    await pilot.pause()
