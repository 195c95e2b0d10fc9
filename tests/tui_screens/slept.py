"""Homes in which a real night was slept, by rules alone: made once, copied for each test."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.nights import sleep_beside
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import EmbedderSettings, IndexSettings, MemorySettings, Settings
from memory.clock import FixedClock
from memory.types import NewMessage

BEGAN = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
SAID = (
    "My sister is called Ana.",
    "I live in Lyon and work as a nurse.",
    "I am vegetarian.",
    "We fly to Lisbon on 12 June.",
    "My sister is called Ana.",
)
SAID_LATER = ("I moved to Paris yesterday.", "My boss is called Marc.", "I prefer window seats on trains.")


def open_home(home: Path, clock: FixedClock) -> Runtime:
    """A home with no embedder, so that a night takes a second."""
    paths = Paths(data=home, config=home, cache=home / "cache").ready()
    paths.settings.write_text("")
    settings = Settings(
        embedder=EmbedderSettings(name="/nowhere"), index=IndexSettings(backend="exact"),
        memory=MemorySettings(sensitive="keep"),
    )  # fmt: skip
    return Runtime.open(paths=paths, settings=settings, clock=clock)


def tell(runtime: Runtime, clock: FixedClock, title: str, texts: tuple[str, ...]) -> None:
    """One message a minute: of two at one instant either could be the one that a merge keeps."""
    talk = runtime.conversations.create(title)
    for text in texts:
        runtime.conversations.append(talk.id, NewMessage(role="user", content=text))
        clock.instant += timedelta(minutes=1)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one night, with messages that are new since."""
    home = tmp_path_factory.mktemp("slept") / "home"
    clock = FixedClock(BEGAN, "Europe/Lisbon")
    runtime = open_home(home, clock)
    tell(runtime, clock, "Getting to know each other", SAID)
    clock.instant += timedelta(hours=12)
    run = sleep_beside(runtime, lambda event: None)
    assert run is not None and run.status == "applied"
    clock.instant += timedelta(hours=12)
    tell(runtime, clock, "Moving", SAID_LATER)
    runtime.close()
    return home


@pytest.fixture
def slept(template: Path, home: Path) -> Iterator[Runtime]:
    shutil.copytree(template, home)
    runtime = open_home(home, FixedClock(BEGAN + timedelta(days=2), "Europe/Lisbon"))
    yield runtime
    runtime.close()
