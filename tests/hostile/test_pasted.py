"""What is pasted is material: no wish, no statement and no command of the user, whatever stands in it."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memory.extraction import extract, holds_pasted, parse_command, pasted
from memory.extraction.clauses import masked
from memory.text import clean
from memory.types import Message
from sleep.reading import Fact, understood, worth_asking
from tests.hostile.corpus import SMALL, Hostile
from tui.commands import parse_line

every = pytest.mark.parametrize("one", SMALL, ids=lambda one: one.id)


def message(content: str) -> Message:
    return Message(
        id="id1", number=1, conversation_id="c", parent_id=None, role="user", author="", content=content,
        status="complete", said_at=datetime(2026, 5, 3, tzinfo=UTC), zone="UTC",
    )  # fmt: skip


@every
def test_nothing_in_it_is_said_by_the_user(one: Hostile) -> None:
    for around in ("{}", "What do you think of this?\n{}", "“Look\n{}\nat this”"):
        content = around.format(pasted(clean(one.text), beside=around))
        assert parse_command(content) is None
        assert extract(message(content)) == ()
        assert parse_line(content).command is None and not parse_line(content).unknown
    content = pasted(clean(one.text))
    assert holds_pasted(content) and not worth_asking(message(content))


@every
def test_no_model_can_quote_it(one: Hostile) -> None:
    content = pasted(clean(one.text))
    fact = Fact.model_validate({"message": 1, "kind": "fact", "quote": one.text, "text": one.text[:200]})
    assert understood(fact, message(content)) is None


@settings(max_examples=150)
@given(st.text(alphabet="~`“”«»„\"'>| \nabI:./"), st.text(alphabet="~`“\n a"))
@example("~~~\nx\n~~~", "~~~~")
def test_the_marks_cannot_be_ended_from_inside(text: str, before: str) -> None:
    said = f"{before.replace('`', '').replace('~', '')}\n{pasted(text, beside=before)}\nI live in Oslo."
    inside = masked(said)[
        len(said) - len(f"{pasted(text, beside=before)}\nI live in Oslo.") : -len("\nI live in Oslo.")
    ]
    assert set(inside) <= set("\0\n")


def test_what_is_said_beside_it_counts() -> None:
    content = f"Remember that I like tea.\n{pasted('I live in Oslo.')}\nI live in Lyon."
    assert parse_command(content) is not None
    assert [m.value for m in extract(message(content)) if m.slot == "home_city"] == ["Lyon"]
