"""What the user said does not bear on a question: left out there, held back where the like is asked, and no further."""

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import InvalidInput, NotFound
from memory.forget_talk import delete_conversation
from memory.purge import purge_memory
from memory.retrieval import Retriever
from memory.store import ConversationStore, MemoryStore
from memory.store.feedback import FeedbackStore
from memory.types import Hit, NewMemory, Source
from memory.vectors.service import Vectors
from tests.ranking.conftest import Say

TOLD = ("My dentist is Dr Malm.", "My doctor is Dr Velasco.", "I saw a film about a dentist.")


@pytest.fixture
def feedback(database: Database, clock: FixedClock) -> FeedbackStore:
    return FeedbackStore(database, clock)


def found(retriever: Retriever, question: str) -> dict[str, Hit]:
    """What comes back, by its words, however unlikely; of questions nothing."""
    return {hit.text: hit for hit in retriever.search(question, 10, floor=0.0).hits if not hit.text.endswith("?")}


def test_it_is_left_out_held_back_or_as_before(
    say: Say, vectors: Vectors, retriever: Retriever, feedback: FeedbackStore
) -> None:
    film = say(*TOLD)[2]
    asked, again = say("Who is my dentist?")[0], say("who is my  dentist?")[0]
    vectors.work()
    before = {q: found(retriever, q) for q in ("Who is my dentist?", "What is my dentist called?", "Who is my doctor?")}
    assert all(film.content in hits for hits in before.values())
    assert feedback.toggle(asked, film.short_id)

    assert film.content not in found(retriever, "who is my  dentist?")
    assert next(iter(found(retriever, "Who is my dentist?"))) == TOLD[0]
    alike = found(retriever, "What is my dentist called?")
    assert alike[film.content].score < before["What is my dentist called?"][film.content].score
    assert any("does not bear" in reason for reason in alike[film.content].reasons)
    assert found(retriever, "Which films did I see?")[film.content].score > 0
    assert found(retriever, "Who is my doctor?")[TOLD[1]] == before["Who is my doctor?"][TOLD[1]]

    assert feedback.of_question(asked.id) == {film.short_id}
    assert [f.question for f in feedback.of_hit(film.short_id)] == [asked.content]
    assert feedback.of_question(again.id) == {film.short_id}
    assert not feedback.toggle(again, film.short_id), "the same question, asked anew"
    assert found(retriever, "Who is my dentist?") == before["Who is my dentist?"]


def test_of_a_memory_it_goes_for_what_it_was_drawn_from(
    say: Say, memories: MemoryStore, vectors: Vectors, retriever: Retriever, feedback: FeedbackStore
) -> None:
    told = say(*TOLD)[0]
    source = Source(message_id=told.id, quote=told.content, start=0, end=len(told.content))
    memory = memories.add(NewMemory(text="The user's dentist is Dr Malm.", sources=(source,)))
    asked = say("Who is my dentist?")[0]
    vectors.work()
    assert memory.text in found(retriever, asked.content)
    feedback.toggle(asked, memory.short_id)
    assert not {memory.text, told.content} & set(found(retriever, asked.content))


def test_it_goes_with_the_question_and_with_the_memory(
    database: Database, clock: FixedClock, say: Say, conversations: ConversationStore, memories: MemoryStore,
    feedback: FeedbackStore,
) -> None:  # fmt: skip
    one, other = (memories.add(NewMemory(text=text)) for text in ("The user skis.", "The user sails."))
    first, second = (say(f"What do I do in {season}?")[0] for season in ("winter", "summer"))
    for question in (first, second):
        for memory in (one, other):
            feedback.toggle(question, memory.short_id)
    assert purge_memory(database, one.id, clock).removed["relevance marks"] == 2
    assert feedback.of_question(first.id) == feedback.of_question(second.id) == {other.short_id}
    delete_conversation(database, conversations.message(first.short_id).conversation_id, clock)
    assert feedback.of_question(first.id) == frozenset()
    assert [f.asked_in for f in feedback.of_hit(other.short_id)] == [second.short_id]


@pytest.mark.parametrize("reference", ["", "m", "mm1", "41", "c3", "m1.5", "m" + "9" * 30, "🦊"])
def test_what_is_no_hit_is_refused(say: Say, feedback: FeedbackStore, reference: str) -> None:
    with pytest.raises(InvalidInput):
        feedback.toggle(say("Who?")[0], reference)


def test_what_is_not_there_is_refused(say: Say, feedback: FeedbackStore) -> None:
    with pytest.raises(NotFound):
        feedback.toggle(say("Who?")[0], "m77")
