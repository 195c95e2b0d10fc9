"""What is found first, and why, with the real embedder in small homes."""

from datetime import timedelta

import numpy as np
import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.ranking.asking import understand
from memory.ranking.features import table
from memory.ranking.gather import Around, gather
from memory.ranking.model import judge, weights
from memory.retrieval import DEPTH, Retriever
from memory.store import ConversationStore
from memory.types import NewMessage
from memory.vectors.base import Embedder, PassageScore
from memory.vectors.service import Vectors
from tests.ranking.conftest import Say
from tests.ranking.languages import LANGUAGES


def found(retriever: Retriever, vectors: Vectors, query: str, k: int = 10, **how: object) -> list[str]:
    vectors.work()
    return [hit.text for hit in retriever.search(query, k, **how).hits]  # type: ignore[arg-type]


def test_who_said_it_counts(retriever: Retriever, vectors: Vectors, say: Say) -> None:
    say("Ana: I started pottery classes in March.", "Bram: I started pottery classes, too, with my brother.")
    assert found(retriever, vectors, "When did Bram start pottery?")[0].startswith("I started pottery classes, too")
    assert found(retriever, vectors, "When did Ana start pottery?")[0].startswith("I started pottery classes in")


def test_a_reply_is_found_by_what_it_replies_to(retriever: Retriever, vectors: Vectors, say: Say) -> None:
    say("Ana: Nice weather today.", "Bram: Indeed.", "Ana: What is your favourite book of all?", "Bram: Dune, by far!")
    say("Ana: I fixed the sink.", "Bram: Great.", "Ana: Shall we cook?", "Bram: Sure, lasagna.")
    assert "Dune, by far!" in found(retriever, vectors, "What is Bram's favourite book?")[:2]


def test_the_latest_value_comes_first(retriever: Retriever, vectors: Vectors, say: Say, clock: FixedClock) -> None:
    for day, text in enumerate(["My gym membership costs 30 euros.", "My gym membership costs 45 euros now."]):
        clock.instant += timedelta(days=day + 1)
        say(text, "It rained.")
    assert found(retriever, vectors, "How much does my gym membership cost?")[0].endswith("45 euros now.")


def test_the_same_words_come_once_among_the_first(retriever: Retriever, vectors: Vectors, say: Say) -> None:
    say(*["Give me an idea for dinner."] * 4, "We had dinner at the harbour.", "Dinner with Ana was lovely.")
    assert len(set(found(retriever, vectors, "dinner")[:3])) == 3


def test_what_is_said_to_be_done_bears_on_what_is_asked_for(retriever: Retriever, vectors: Vectors, say: Say) -> None:
    say("Always show two options when I ask for a plan.", *[f"I saw number {n} of the series." for n in range(30)])
    assert "Always show" in found(retriever, vectors, "Can you help me plan my week?")[0]


def test_what_was_said_at_the_time_that_is_named(
    retriever: Retriever, vectors: Vectors, say: Say, clock: FixedClock
) -> None:
    for _ in range(3):
        say("I walked to the lake and swam.")
        clock.instant += timedelta(days=1)
    vectors.work()
    hits = retriever.search("What did I do yesterday?", now=clock.instant).hits
    assert hits[0].said_at.date() == (clock.instant - timedelta(days=1)).date()


def test_a_question_that_puts_words_into_the_wrong_mouth_is_less_likely_answered(
    retriever: Retriever, vectors: Vectors, say: Say
) -> None:
    for n in range(8):
        say(f"Ana: My day {n} was long.", f"Bram: Mine was {n} hours shorter.")
    say("Ana: I adopted a greyhound called Zuko from the shelter.", "Bram: How lovely!")
    vectors.work()
    right = retriever.search("What is the name of the greyhound that Ana adopted?", floor=0)
    wrong = retriever.search("What is the name of the greyhound that Bram adopted?", floor=0)
    assert right.answerable > wrong.answerable and right.hits[0].score > wrong.hits[0].score


def test_below_the_floor_nothing_is_given(retriever: Retriever, vectors: Vectors, say: Say) -> None:
    say("I planted tomatoes.", "Rain again.", "The bus was late.")
    vectors.work()
    query = "What is the wifi password of the office in Zanzibar?"
    assert retriever.search(query, floor=0).hits
    assert retriever.search(query, floor=1.0).hits == ()
    assert retriever.search("tomatoes", floor=1.0).hits, "a few words to search for are no question"


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages(
    language: str, retriever: Retriever, vectors: Vectors, say: Say, conversations: ConversationStore
) -> None:
    """Beside seven other languages: at least three of four answers come first, all among the ten."""
    said = {name: say(*statements) for name, (statements, _) in LANGUAGES.items()}
    vectors.work()
    places = []
    for query, answer in LANGUAGES[language][1]:
        ids = [hit.id for hit in retriever.search(query).hits]
        assert said[language][answer].short_id in ids, query
        places.append(ids.index(said[language][answer].short_id))
    assert sum(place == 0 for place in places) >= 3


ODD = [
    "",
    "   ",
    "x" * 100_000,
    "the of and",
    "🎉🎉",
    '" OR NEAR( *',
    "'; DROP TABLE message; --",
    "מה שמי",
    "\x00\ud800",
    "?",
]


@pytest.mark.parametrize("query", ODD, ids=range(len(ODD)))
def test_odd_queries(query: str, retriever: Retriever, vectors: Vectors, say: Say) -> None:
    assert retriever.search(query).hits == ()  # an empty home
    say("I live in Lyon.")
    vectors.work()
    assert len(retriever.search(query).hits) <= 1
    assert [hit.text for hit in retriever.search("Where do I live?").hits] == ["I live in Lyon."]


def test_before_everything_was_said(retriever: Retriever, vectors: Vectors, say: Say, clock: FixedClock) -> None:
    say("I live in Lyon.", "My dog is called Bo.")
    vectors.work()
    assert retriever.search("Where do I live?", now=clock.now() - timedelta(days=900)).hits == ()


def test_a_half_built_index(database: Database, retriever: Retriever, vectors: Vectors, say: Say) -> None:
    say("I live in Lyon.")
    vectors.work()
    say("My dog is called Bo.", "The dog sleeps on the sofa.")  # not embedded yet
    texts = [hit.text for hit in retriever.search("What is my dog called?").hits]
    assert texts[0] == "My dog is called Bo."


class Nothing:
    """A search that finds no vector."""

    def search(self, query: str, k: int) -> list[PassageScore]:
        return []

    def notice(self) -> str:
        return ""


def test_every_weight_has_its_column_and_probabilities_follow_the_order(
    database: Database, vectors: Vectors, say: Say, minilm: Embedder, clock: FixedClock
) -> None:
    say("Ana: I bought two red kayaks in Porto.", "Bram: When?", "Ana: Last week.", "Bram: Nice kayaks.")
    vectors.work()
    asked = understand("When did Ana buy kayaks?", {"Ana", "Bram"}, clock.now())
    around = Around(cosines=lambda passages: vectors.cosines(asked.text, passages))
    with database.read() as session:
        pool = gather(session, asked, vectors.search(asked.text, DEPTH), {}, DEPTH, around)
    columns = table(pool, asked)
    assert set(weights().order) <= set(columns.columns)
    judged = judge(columns, asked)
    assert np.all((judged.probabilities >= 0) & (judged.probabilities <= 1))
    assert np.array_equal(np.argsort(-judged.scores), np.argsort(-judged.probabilities))
    assert judge(table(type(pool)(), asked), asked).answerable == 0.0


def test_without_vectors_words_find_it(
    database: Database, clock: FixedClock, say: Say, conversations: ConversationStore
) -> None:
    talk = conversations.create("x").id
    conversations.append(talk, NewMessage(role="user", content="We bought a canoe."))
    hits = Retriever(database, Nothing(), clock).search("What did we buy?").hits
    assert [hit.text for hit in hits] == ["We bought a canoe."]
