from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.ranking.asking import Asked, Sort, understand

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)


def ask(query: str, *authors: str) -> Asked:
    return understand(query, authors, NOW)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("What did Ana buy?", {"Ana Sousa"}),
        ("What is Ana's dog called?", {"Ana Sousa"}),
        ("What did Mel and Ana plan?", {"Melanie", "Ana Sousa"}),
        ("what about bananas?", set()),
        ("What did Bob buy?", set()),
    ],
)
def test_who_is_asked_about(query: str, named: set[str]) -> None:
    assert ask(query, "Ana Sousa", "Melanie").authors == named


def test_a_named_speaker_is_no_word_to_search_for_and_verbs_come_with_their_forms() -> None:
    terms = ask("What did Ana buy in Lisbon?", "Ana").terms
    assert ("buy", "bought") in terms and ("lisbon",) in terms
    assert not any("ana" in term for term in terms)


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ("When did I move?", Sort.TIME),
        ("How many plants do I have?", Sort.COUNT),
        ("Where does my sister live?", Sort.PLACE),
        ("Who is my dentist?", Sort.PERSON),
        ("Which tea do I like?", Sort.ANY),
    ],
)
def test_the_sort_of_answer(query: str, sort: Sort) -> None:
    assert ask(query).sort is sort


def test_what_kind_of_question_it_is() -> None:
    assert ask("What is my shoe size?").own and not ask("What does Ana like?", "Ana").own
    assert ask("What did you recommend for my cough?").yours
    assert ask("Can you help me plan dinner?").request and not ask("What do I study?").request
    assert ask("Give me a summary of my project").broad
    assert ask("Where did I live before?").past
    assert ask("peanuts").question is False and ask("Where do I live").question


def test_a_time_is_resolved_against_now() -> None:
    when = ask("What did I do yesterday?").when
    assert when is not None and when.start.date().isoformat() == "2026-05-02"
    when = ask("What did I say in March?").when
    assert when is not None and (when.start.year, when.start.month) == (2026, 3)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_understood(query: str) -> None:
    found = ask(query, "Ana", "Bram")
    assert len(found.terms) <= 24 and all(term for term in found.terms)
