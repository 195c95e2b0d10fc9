"""A memory is told in place of the message it was made from; what was overtaken gives way and says so."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memory.clock import FixedClock, parse_instant
from memory.database import Database
from memory.retrieval import Retriever
from memory.store import ConversationStore, MemoryStore, Update
from memory.types import Hit, Memory, Message, NewMemory, NewMessage, Source
from memory.vectors.hashing import HashEmbedder
from memory.vectors.service import Vectors


class Home:
    """A home in which things are said, remembered and asked."""

    def __init__(self, folder: Path) -> None:
        clock = FixedClock(parse_instant("2026-05-03T12:00:00Z"))
        self.database = Database.open(folder / "reverie.db")
        self.memories = MemoryStore(self.database, clock)
        self.vectors = Vectors(self.database, folder / "index", lambda: HashEmbedder(64), backend="exact")
        self.retriever = Retriever(self.database, self.vectors, clock)
        self._conversations = ConversationStore(self.database, clock)
        self._conversation = self._conversations.create().id

    def say(self, text: str, role: str = "user") -> Message:
        return self._conversations.append(self._conversation, NewMessage(role=role, content=text))  # type: ignore[arg-type]

    def remember(self, message: Message, text: str, quote: str = "", **values: object) -> Memory:
        quote = quote or message.content
        start = message.content.index(quote)
        source = Source(message_id=message.id, quote=quote, start=start, end=start + len(quote))
        return self.memories.add(NewMemory(text=text, sources=(source,), **values))  # type: ignore[arg-type]

    def overtake(self, old: Memory, new: Memory) -> None:
        act = Update(memory=old.id, values={"status": "superseded", "superseded_by": new.id})
        self.memories.apply([act], actor="you")

    def find(self, query: str) -> tuple[Hit, ...]:
        self.vectors.work()
        return self.retriever.search(query, 10).hits


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.vectors.close()
    made.database.close()


Find = Callable[[str], list[str]]


def ids(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.id for hit in hits]


def test_a_memory_stands_for_its_message(home: Home) -> None:
    message = home.say("I planted tomatoes on the balcony.")
    memory = home.remember(message, "You planted tomatoes on the balcony.")
    assert ids(home.find("tomatoes on the balcony")) == [memory.short_id]


def test_each_thing_that_a_message_says_stands_for_it(home: Home) -> None:
    message = home.say("I live in Lisbon and I work as a nurse.")
    one = home.remember(message, "You live in Lisbon.", "I live in Lisbon")
    two = home.remember(message, "You work as a nurse.", "I work as a nurse")
    assert set(ids(home.find("I live in Lisbon and work as a nurse"))) == {one.short_id, two.short_id}


def test_a_message_that_says_more_is_told_itself(home: Home) -> None:
    message = home.say("I live in Lisbon. The tomatoes on the balcony are red by now, and the basil came up again.")
    memory = home.remember(message, "You live in Lisbon.", "I live in Lisbon")
    assert set(ids(home.find("Lisbon tomatoes"))) == {message.short_id, memory.short_id}


def test_what_somebody_else_said_stays(home: Home) -> None:
    message = home.say("You planted tomatoes on the balcony, I believe.", role="assistant")
    assert ids(home.find("tomatoes")) == [message.short_id]


def test_what_was_overtaken_comes_after_what_holds_now(home: Home) -> None:
    places = ["Lisbon", "Porto", "Braga"]
    messages = [home.say(f"I live in {place}.") for place in places]
    made = [home.remember(m, f"You live in {p}.") for m, p in zip(messages, places, strict=True)]
    home.overtake(made[0], made[1])
    home.overtake(made[1], made[2])
    hits = home.find("Do I live in Lisbon?")
    assert hits[0].id == made[2].short_id and not hits[0].overtaken
    old = {hit.id: hit for hit in hits[1:]}
    assert set(old) == {messages[0].short_id, messages[1].short_id}
    assert all(hit.overtaken and hit.score <= hits[0].score for hit in old.values())
    assert f"overtaken by {made[2].short_id}" in old[messages[0].short_id].reasons


def test_what_was_taken_back_is_marked_though_nothing_took_its_place(home: Home) -> None:
    message = home.say("I like tea with milk.")
    memory = home.remember(message, "You like tea with milk.")
    home.memories.retire(memory.short_id)
    (hit,) = home.find("tea with milk")
    assert hit.id == message.short_id and hit.overtaken and "no longer so" in hit.reasons


def test_an_edit_sticks(home: Home) -> None:
    message = home.say("My sister lives in Graz.")
    memory = home.remember(message, "Your sister lives in Graz.")
    home.memories.edit(memory.short_id, text="Your sister lives in Linz.")
    assert [hit.text for hit in home.find("Where does my sister live, in Graz?")] == ["Your sister lives in Linz."]


def test_a_muted_memory_does_not_stand_for_anything(home: Home) -> None:
    message = home.say("My ex is called Robin.")
    memory = home.remember(message, "Your ex is called Robin.")
    home.memories.edit(memory.short_id, muted=True)
    assert ids(home.find("what is my ex called")) == [message.short_id]


def test_two_that_took_each_other_s_place_end(home: Home) -> None:
    first, second = home.say("I live in Lisbon."), home.say("I live in Porto.")
    one, two = home.remember(first, "You live in Lisbon."), home.remember(second, "You live in Porto.")
    home.overtake(one, two)
    home.overtake(two, one)
    assert {hit.overtaken for hit in home.find("Where do I live?")} == {True}


def test_what_states_the_attribute_asked_for_is_found_without_a_word_in_common(home: Home) -> None:
    for number in range(30):
        home.say(f"My job was tiring on day {number}, and the job of my neighbour, too.")
    said = home.say("I've recently been promoted to Executive Director at Huaxin.")
    made = home.remember(said, "You have recently been promoted to Executive Director.", slot="job", value="Director")
    hit = next(h for h in home.find("What is my job now?") if h.id == made.short_id)
    assert "states what is asked for (no. 1)" in hit.reasons
    assert all("states what is asked for" not in r for h in home.find("Where do I live?") for r in h.reasons)
