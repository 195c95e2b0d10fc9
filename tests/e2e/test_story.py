"""A stranger's first two days, in a terminal."""

from pathlib import Path

from tests.e2e.acts import begin, leave, say, warm
from tests.e2e.conftest import Open


def test_told_today_asked_tomorrow(terminal: Open, home: Path) -> None:
    one = terminal()
    begin(one)
    say(one, "I live in Lyon and work as a nurse.", "Lyon")
    say(one, "My sister Ana is allergic to peanuts.", "peanuts")
    say(one, "My car is a red Fiat.", "Fiat")
    leave(one)
    one.start()
    warm(one)
    assert "Welcome to Reverie" not in one.screen()
    screen = say(one, "What should I not cook for Ana?", "You told me")
    assert "peanuts.” t3" in screen, screen
    say(one, "Which city do I live in?", "Lyon and work")
    say(one, "What is my brother called?", "You haven't told me")
    leave(one)
    assert (home / "reverie.db").stat().st_mode & 0o777 == 0o600


def test_two_at_once(terminal: Open) -> None:
    chroma = {"REVERIE_INDEX__BACKEND": "chroma"}  # what only one can have open is the index of a large home
    one, other = terminal(width=80, height=24, env=chroma), terminal(width=60, height=16, env=chroma)
    begin(one)
    warm(one)
    other.start()
    warm(other)
    say(one, "My boat is called Selma.", "Selma")
    screen = say(other, "What is my boat called?", "Selma")
    assert "Another Reverie has the vector index open" in " ".join(screen.split()), screen
    screen = say(other, "And my horse, what is it called?", "You haven't told me")
    assert "Another Reverie" not in screen.partition("my horse")[2]
    leave(other)
    leave(one)


def test_memories_by_keys(terminal: Open) -> None:
    one = terminal(width=80, height=24)
    begin(one)
    say(one, "Remember that I like green tea.", "u undo")
    one.press("F3")
    one.wait_for("1 memory", "green tea", "Said")
    one.press("e")
    one.wait_for("Edit m1", "Kind")
    one.press("BSpace")
    one.wait_for("You like green tea ")
    one.type(" and black coffee.")
    one.wait_for("You like green tea and black coffee.", gone="Edit m1")
    one.press("u")
    one.wait_for("undone")
    one.press("d")
    one.wait_for("Nothing remembered yet")
    one.press("u")
    one.wait_for("1 memory", "green tea")
    one.press("s")
    one.wait_for("Remember that I like green tea.", "Say something")
    leave(one)
