"""The guard: what must keep two statements apart, and what must not."""

import pytest

from sleep.guard import differences, lost, unlike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You program in C++.", "You program in C#."),
        ("You program in C.", "You program in C++."),
        ("Your blood type is O+.", "Your blood type is O-."),
        ("Your grade was A.", "Your grade was A-."),
        ("You like 🐶.", "You like 🐱."),
        ("Your limit is > 5.", "Your limit is < 5."),
        ("You need 5+ eggs.", "You need 5 eggs."),
        ("Your mail is ana_b@x.com.", "Your mail is ana.b@x.com."),
        ("You owe 5 ₽ to Bo.", "You owe 5 ₹ to Bo."),
        ("You love C♯ minor.", "You love C♭ minor."),
        ("You have a few friends.", "You have few friends."),
        ("You have a  little money.", "You have little money."),
    ],
)
def test_signs_and_small_words_make_different_facts(one: str, other: str) -> None:
    assert differences(one, other) and differences(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You live in Lyon 😊.", "You live in Lyon."),
        ("You program in C++.", "You really program in C++."),
        ("Your sister-in-law is a nurse.", "Your sister-in-law is a nurse!"),
        ("Your flat - the big one - is in Lyon.", "Your flat, the big one, is in Lyon."),
        ("You have a few friends.", "You now have a few friends."),
        ("You met a little girl.", "You met the little girl."),
        ("You work -- and live -- in Lyon.", "You work, and live, in Lyon."),
        ("You are 1.80 m tall (really).", "You are really 1.80 m tall."),
    ],
)
def test_decoration_and_punctuation_do_not(one: str, other: str) -> None:
    assert unlike(one, other) == unlike(other, one) == ()


def test_a_statement_adds_no_sign_to_its_evidence() -> None:
    assert lost("You program in C++.", "I program in C") == ("sign",)
    assert lost("You program in C++.", "I program in C++, mostly") == ()
