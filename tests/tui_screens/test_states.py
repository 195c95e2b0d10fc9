"""Every screen over the store while that does not answer yet, and when it cannot."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from memory.database import Database
from memory.errors import StorageError
from tests.tui_screens.conftest import SIZES, Host, settled, wait_until
from tui.screens.base import ErrorLine
from tui.screens.dreams import DreamsScreen
from tui.screens.history import HistoryScreen, TimeScreen
from tui.screens.ledger import LedgerScreen
from tui.screens.memory import MemoryScreen
from tui.screens.profile import ProfileScreen
from tui.screens.sessions import SessionsScreen
from tui.screens.sleep import SleepScreen
from tui.screens.stats import StatsScreen
from tui.screens.weights import WeightsScreen
from tui.screens.why import WhyScreen
from tui.sleeping.work import Work

SCREENS = {
    "sessions": SessionsScreen,
    "memory": MemoryScreen,
    "why": lambda runtime: WhyScreen(runtime, runtime.answer),
    "history": HistoryScreen,
    "time": lambda runtime: TimeScreen(runtime, runtime.clock.now() - timedelta(days=1)),
    "profile": ProfileScreen,
    "dreams": DreamsScreen,
    "sleep": lambda runtime: SleepScreen(runtime, Work(runtime)),
    "weights": WeightsScreen,
    "ledger": LedgerScreen,
    "stats": StatsScreen,
}


class Slow(Database):
    """A database that reads when it is let, and fails when it is told to."""

    def __init__(self, engine, path):
        super().__init__(engine, path)
        self.open_gate = threading.Event()
        self.open_gate.set()
        self.fails = False

    @contextmanager
    def read(self):
        assert self.open_gate.wait(20)
        if self.fails:
            raise StorageError("The database cannot be read (disk I/O error).", "`reverie doctor` looks at it.")
        with super().read() as session:
            yield session


@pytest.fixture
def database(home):
    opened = Slow.open(home / "reverie.db")
    yield opened
    opened.close()


def line(app):
    return app.screen.query_one(ErrorLine)


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("size", SIZES)
async def test_a_store_that_takes_long_is_waited_for(filled, picture, name, size):
    filled.database.open_gate.clear()
    app = Host(SCREENS[name](filled))
    async with app.run_test(size=size) as pilot:
        try:
            await wait_until(pilot, lambda: app.screen.query(ErrorLine) and line(app).has_class("-waits"))
            text = await picture(pilot, f"{name}-waits", still=True)
            assert "one moment" in text and len(text.split("\n")[0].strip()) > 3, "the heading is there at once"
            await pilot.press("down", "enter")
        finally:
            filled.database.open_gate.set()
        await settled(pilot)
        assert not line(app).has_class("-shown")


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("size", SIZES)
async def test_a_store_that_cannot_be_read_is_said_on_the_screen(filled, picture, name, size):
    filled.database.fails = True
    app = Host(SCREENS[name](filled))
    async with app.run_test(size=size) as pilot:
        text = await picture(pilot, f"{name}-failing")
        assert "cannot be read" in text and "reverie doctor" in " ".join(text.split())
        assert not line(app).has_class("-waits")
        await pilot.press("down", "enter", "escape", "escape")
        assert app.is_running
