"""What the user preferred: found in what was said, pointing there, gone with it."""

from datetime import UTC, datetime

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import InvalidInput, NotFound
from memory.preferences import is_about_name, without_name
from memory.purge import purge_memory
from memory.store import ConversationStore, MemoryStore
from memory.store.adapters import AdapterStore
from memory.store.preferences import PreferenceStore
from memory.types import Message, NewMemory, NewMessage, Role
from memory.weights import AdapterFact, AdapterStatus
from sleep.weights.preferences import collect

NOW = datetime(2026, 5, 3, tzinfo=UTC)
LONG = "You live in Porto, which is a city in the north of Portugal, on the river Douro."


class Talk:
    """A conversation, said line by line."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database, self.clock = database, clock
        self.conversations = ConversationStore(database, clock)
        self.id = self.conversations.create().id
        self.last: str | None = None

    def say(self, *texts: str) -> list[Message]:
        said = []
        for text in texts:
            role: Role = "user" if self._is_users() else "assistant"
            message = self.conversations.append(self.id, NewMessage(role=role, content=text), parent_id=self.last)
            self.last = message.id
            said.append(message)
        return said

    def again(self, answer: str) -> Message:
        """Answer the last question once more."""
        assert self.last is not None
        question = self.conversations.message(self.last).parent_id
        self.last = question
        return self.say(answer)[0]

    def found(self) -> list[tuple[str, str, str, str]]:
        collect(self.database, self.clock)
        found = PreferenceStore(self.database).list()
        return [(str(p.kind), p.question, p.chosen, p.rejected) for p in reversed(found)]

    def _is_users(self) -> bool:
        return self.last is None or self.conversations.message(self.last).role == "assistant"


@pytest.fixture
def talk(database: Database, clock: FixedClock) -> Talk:
    return Talk(database, clock)


def test_an_answer_asked_for_again_is_liked_less_than_the_one_that_stayed(talk: Talk) -> None:
    talk.say("Where do I live?", "In Lyon.")
    talk.again("You live in Porto.")
    assert talk.found() == [("retried", "Where do I live?", "You live in Porto.", "In Lyon.")]
    assert talk.found() == [("retried", "Where do I live?", "You live in Porto.", "In Lyon.")]  # once


def test_going_back_to_the_first_answer_turns_it_round(talk: Talk) -> None:
    first = talk.say("Where do I live?", "You live in Porto.")[1]
    talk.again("In Lyon.")
    talk.found()
    talk.conversations.set_head(talk.id, first.id)
    assert talk.found() == [("retried", "Where do I live?", "You live in Porto.", "In Lyon.")]


@pytest.mark.parametrize("wish", ["Shorter, please.", "in one sentence", "That was too long", "no lists please"])
def test_another_manner_that_was_asked_for(talk: Talk, wish: str) -> None:
    talk.say("Where do I live?", LONG, wish, "You live in Porto.")
    assert talk.found() == [("asked", "Where do I live?", "You live in Porto.", LONG)]


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ("Shorter, please.", "Bees make honey."),  # not the same in another manner
        ("I'm short of time", "You live in Porto."),
        ("And what about Ana?", "You live in Porto."),
    ],
)
def test_what_is_no_wish_about_manner(talk: Talk, wish: str, answer: str) -> None:
    talk.say("Where do I live?", LONG, wish, answer)
    assert talk.found() == []


def test_an_answer_that_was_broken_off_is_no_preference(talk: Talk) -> None:
    question = talk.say("Where do I live?")[0]
    talk.conversations.append(
        talk.id, NewMessage(role="assistant", content="You li", status="stopped"), parent_id=question.id
    )
    talk.say("You live in Porto.")
    assert talk.found() == []


@pytest.mark.parametrize(
    ("wish", "answer", "bare"),
    [
        ("Don't call me Bobby.", "Good morning, Bobby! How are you?", "Good morning! How are you?"),
        ("don't call me that", "Good morning, Bobby! How are you?", "Good morning! How are you?"),
        ("Please stop calling me champ", "You live in Porto, champ.", "You live in Porto."),
        ("Do not call me that again, please", "Hello Robert, you live in Porto.", "Hello, you live in Porto."),
        ("don't call me that", "You live in Porto.", ""),
        ("Call me Ana", "Hello Robert.", ""),
    ],
)
def test_a_name_that_is_not_wanted(wish: str, answer: str, bare: str) -> None:
    assert without_name(answer, wish) == bare
    assert is_about_name(wish) is not wish.startswith("Call")


def test_the_answer_without_the_name_is_preferred(talk: Talk) -> None:
    talk.say("Hello", "Good morning, Bobby!", "Don't call me that.", "I will not.")
    assert talk.found() == [("named", "Hello", "Good morning!", "Good morning, Bobby!")]


def test_dismissed_and_gone_with_what_was_said(talk: Talk, database: Database) -> None:
    store = PreferenceStore(database)
    talk.say("Where do I live?", LONG, "Shorter, please.", "You live in Porto.")
    talk.found()
    one = store.get("v1")
    assert one.sources == ("t1", "t2", "t3", "t4")
    store.dismiss(one)
    talk.found()
    assert store.get("v1").dismissed
    store.dismiss(one, dismissed=False)
    assert not store.get("1").dismissed
    with pytest.raises(NotFound):
        store.get("v9")
    with pytest.raises(InvalidInput):
        store.get("porto")


def test_a_purge_reaches_what_was_learned_from_answers_that_say_it(
    talk: Talk, database: Database, clock: FixedClock
) -> None:
    memory = MemoryStore(database, clock).add(NewMemory(text="You live in Porto."))
    talk.say("Where do I live?", LONG, "Shorter, please.", "You live in Porto.")
    talk.found()
    one = PreferenceStore(database).get("v1")
    adapters = AdapterStore(database)
    adapter = adapters.add(
        status=AdapterStatus.ACTIVE, base="pocket", base_hash="h", below=[], manifest={}, metrics={},
        facts=[AdapterFact(memory_id=one.id, fingerprint=one.fingerprint)], items=[], at=NOW,
    )  # fmt: skip
    assert [a.id for a in adapters.active()] == [adapter.id]
    PreferenceStore(database).dismiss(one)
    assert adapters.get(adapter.id).dirty == (one.id,)
    PreferenceStore(database).dismiss(one, dismissed=False)
    receipt = purge_memory(database, memory.short_id, clock)
    assert receipt.removed["adapters, to be trained anew without it"] == 1
    assert PreferenceStore(database).get("v1").dismissed
    assert adapters.active() == ()
