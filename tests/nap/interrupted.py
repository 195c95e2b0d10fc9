"""A process that takes naps until it is killed: ``python -m tests.nap.interrupted HOME``.

With ``train`` behind it, it makes the cartridge of the first of the naps that it took, with little to study.
"""

import sys
from dataclasses import replace
from pathlib import Path

from assistant.cartridges import Cartridges
from assistant.napping import Napper, Room
from assistant.settings import Settings
from memory.clock import SystemClock
from memory.database import Database
from memory.store import ConversationStore
from memory.store.naps import NapStore
from memory.types import NewMessage
from sleep.nap.cartridge.making import RECIPE, Making
from sleep.nap.cartridge.study import Study

SETTINGS = Settings.model_validate(
    {
        "model": "local:pocket",
        "nap": {"cartridge": True, "cartridge_passes": 1},
        "local": {"device": "cpu"},
        "context_tokens": 512,
    }
)
ROOM = Room(window=512, fixed_tokens=60)
TOLD = "You should know that I live in Lisbon.", "My sister Ana plays the cello.", "I work as a baker."
HEARD = "I see, thank you for telling me about that, it is good to know."


def little(passes: int) -> Making:
    """Enough to see that it works, and no more."""
    study = Study(samples=3, enough=2, beside=4, untold=4, talk=2, reading=2)
    return Making(passes=passes, study=study, recipe=replace(RECIPE, steps=2, batch=8))


def cartridges_of(database: Database) -> Cartridges:
    """As a chat makes them."""
    clock = SystemClock()
    conversations, naps = ConversationStore(database, clock), NapStore(database, clock)
    return Cartridges(
        database.path.parent, conversations, naps, lambda: SETTINGS, lambda base: (), making=little
    )  # fmt: skip


def talk(database: Database, *more: str) -> str:
    """A talk of which half is to become notes; its id."""
    conversations = ConversationStore(database, SystemClock())
    where = conversations.create("talk").id
    for text in (*TOLD, *more, "I slept badly.", "We had soup.", "I like tea.", "It is cold."):
        conversations.append(where, NewMessage(role="user", content=text))
        conversations.append(where, NewMessage(role="assistant", content=HEARD))
    return where


def nap(database: Database, where: str) -> int:
    """Take a nap of it; its number."""
    clock = SystemClock()
    taker = Napper(ConversationStore(database, clock), NapStore(database, clock), lambda: SETTINGS.nap)
    taken = taker.nap(where, ROOM, early=True)
    assert taken is not None
    return taken.number


def main(home: Path, train: bool) -> None:
    database = Database.open(home / "reverie.db")
    while True:
        where = talk(database)
        print(nap(database, where), flush=True)
        if train:
            cartridges_of(database).make(where, SETTINGS.model)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "train" in sys.argv[2:])
