"""A home that sleeps with a model: a real server on loopback, whose answers the test writes."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assistant.models import parse_model
from assistant.night_model import NightModel
from assistant.settings import OpenAISettings, Settings
from memory.clock import FixedClock
from memory.nights import Run
from memory.store.ledger import Ledger
from sleep.home import Home
from sleep.night import Night, Options
from tests.real.fixtures import _openai_server, openai_server, tiny_model
from tests.real.openai_server import OpenAIServer
from tests.sleep.conftest import PlainTaker, night_clock, night_home, tell

__all__ = ["_openai_server", "night_clock", "night_home", "openai_server", "tell", "tiny_model"]

Lend = Callable[..., NightModel]
Facts = Callable[[dict[str, list[dict[str, Any]]]], None]


@pytest.fixture
def lend(openai_server: OpenAIServer, night_home: Home, night_clock: FixedClock) -> Iterator[Lend]:
    """A model of the server, by the server's name for it."""
    lent: list[NightModel] = []

    def make(name: str = "scripted", **settings: Any) -> NightModel:
        chosen = Settings(openai=OpenAISettings(base_url=openai_server.url), **settings)
        model = NightModel(parse_model(f"openai:{name}"), chosen, night_clock, Ledger(night_home.database))
        lent.append(model)
        return model

    yield make
    for model in lent:
        model.close()


@pytest.fixture
def sleep_with(night_home: Home) -> Callable[[NightModel], Run]:
    def go(model: NightModel, **options: Any) -> Run:
        run = Night(night_home, PlainTaker(), model, Options(**options)).run()
        assert run is not None
        return run

    return go


@pytest.fixture
def answers(openai_server: OpenAIServer) -> Facts:
    """Let the server find these facts: for a phrase, what it reads in a message that holds it."""

    def script(facts: dict[str, list[dict[str, Any]]]) -> None:
        def reply(messages: list[dict[str, Any]]) -> str:
            if '"facts"' not in messages[0]["content"]:
                return json.dumps({})
            found = []
            for number, text in re.findall(r"^\[(\d+)\] (.*)$", messages[1]["content"], re.MULTILINE):
                for phrase, made in facts.items():
                    if phrase in text:
                        found += [{"kind": "fact", **fact, "message": int(number)} for fact in made]
            return json.dumps({"facts": found})

        openai_server.reply = reply

    return script
