"""What holds of every message, whatever is in it."""

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.extraction import extract, is_question, parse_command, question_slot
from memory.extraction.commands import CallMe, Remember
from tests.extraction.conftest import made

PIECES = st.sampled_from(
    "I |I'm |I’ve |my |My sister |Ana |we |live in |Lyon|work at |Acme|not |don't |used to |any more|and |, |. |! |? "
    "|\n|“|”|\"|'|`|```|> |if |remember that |forget |call me |on |next |Friday|3 June|in 2019|allergic to |nuts"
    "|a nurse|called |Rex|é|日本|🙂|\0"
    "|: |— |(|)|was born |34|favourite colour |is |green|says |".split("|")
)
STATEMENTS = st.lists(PIECES, min_size=1, max_size=25).map("".join)
ANYTHING = st.one_of(st.text(max_size=300), STATEMENTS)


@given(ANYTHING)
@settings(max_examples=400, deadline=None)
def test_every_quote_is_there_and_nothing_raises(text: str) -> None:
    message = made(text)
    found = extract(message)
    assert found == extract(message)
    for memory in found:
        assert memory.text.strip()
        for source in memory.sources:
            assert source.message_id == message.id
            assert source.quote
            assert text[source.start : source.end] == source.quote
    for role in ("assistant", "system"):
        assert extract(made(text, role=role)) == ()


@given(ANYTHING)
@settings(max_examples=300, deadline=None)
def test_commands_and_questions_never_raise(text: str) -> None:
    is_question(text)
    question_slot(text)
    command = parse_command(text)
    if isinstance(command, Remember | CallMe):
        assert 0 <= command.start < command.end <= len(text)
        assert text[command.start : command.end].strip()


def adversarial(length: int) -> dict[str, str]:
    """Texts that send a careless pattern back and forth."""
    noise = random.Random(5)
    letters = string.ascii_letters + " .,'\"`:;!?()-\n"
    return {
        "one word": "a" * length,
        "spaces": "I live in " + " " * length,
        "tabs": "I live in " + "\t" * length,
        "capitals": "I live in " + "Aa " * (length // 3),
        "commas": "I live in Lyon, " * (length // 16),
        "quotes": "'a" * (length // 2),
        "backticks": "`" * length,
        "colons": "Ana: b\n" * (length // 7),
        "stops": "." * length,
        "and": "I love jazz and " * (length // 16),
        "leads": "well, so, " * (length // 10),
        "adverbs": "I really also just still " * (length // 25),
        "relations": "my sister's " * (length // 12),
        "please": "please and " * (length // 11) + "remember that",
        "numbers": "I am " + "1" * length,
        "hyphens": "I live in A" + "-a" * (length // 2),
        "abbreviations": "Dr. " * (length // 4),
        "noise": "".join(noise.choice(letters) for _ in range(length)),
    }


@pytest.mark.timeout(20)
@pytest.mark.parametrize("length", [5_900, 100_000])
@pytest.mark.parametrize("name", list(adversarial(10)))
def test_no_pattern_runs_away(name: str, length: int) -> None:
    text = adversarial(length)[name]
    assert isinstance(extract(made(text)), tuple)
    parse_command(text)
    question_slot(text)
    assert is_question(text + "?")
