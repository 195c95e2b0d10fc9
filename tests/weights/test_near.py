"""Near misses: the same question about something else of its sort."""

from sleep.weights.items import Item, ItemKind
from sleep.weights.near import FAVOURITES, PEOPLE, THINGS, near_questions


def ask(question: str, kind: ItemKind = ItemKind.ASK) -> Item:
    return Item(kind, question, "You told me.", ("m1",))


def test_the_same_question_about_others() -> None:
    found = near_questions([ask("What is the name of my neighbour?")], each=3, seed=1)
    assert len(found) == 3
    assert all(f"What is the name of my {word}?" in found for word in PEOPLE if f" {word}?" in " ".join(found))
    assert "What is the name of my neighbour?" not in found


def test_things_favourites_and_people_stay_apart() -> None:
    for question, sort in (("Which one is my bank?", THINGS), ("Tell me my favourite book.", FAVOURITES)):
        for near in near_questions([ask(question)], each=5, seed=2):
            assert near.rstrip("?.").removeprefix("Which one is my ").removeprefix("Tell me my favourite ") in sort


def test_what_an_item_asks_is_no_near_miss() -> None:
    items = [ask(f"Who is my {word}?") for word in PEOPLE]
    assert near_questions(items, each=5, seed=3) == []


def test_other_questions_have_none() -> None:
    assert (
        near_questions([ask("What language do I speak?"), ask("Who is my dog?", ItemKind.BACK)], each=3, seed=1) == []
    )
