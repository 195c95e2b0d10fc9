"""No text reaches a terminal raw, whatever the pieces that it arrives in; and no words are lost with what is taken
out."""

import contextlib
import io
import json
import random
import re

import pytest

from assistant.cli.output import rows, say, show, show_json
from memory.text import StreamCleaner, clean, display, one_line
from tests.hostile.corpus import CORPUS, Hostile, raw

every = pytest.mark.parametrize("one", CORPUS, ids=lambda one: one.id)


@every
def test_what_is_shown_is_harmless(one: Hostile) -> None:
    for shown in (display(one.text), one_line(one.text)):
        assert raw(shown) == []
        assert display(shown) == shown
    assert "\n" not in one_line(one.text)


@every
def test_pieces_are_as_harmless_as_the_whole(one: Hostile) -> None:
    draw = random.Random(one.id)
    for most in (1, 3, 50):
        cleaner, out, at = StreamCleaner(), [], 0
        while at < len(one.text):
            size = draw.randint(1, most)
            out.append(cleaner.feed(one.text[at : at + size]))
            at += size
        assert "".join(out) + cleaner.finish() == clean(one.text)


@every
def test_the_command_line_prints_it_harmlessly(one: Hostile) -> None:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        show(one.text)
        say(one.text)
        rows(("a", "b"), [(one.text, one.text)])
        show_json({"text": one.text})
    assert raw(out.getvalue() + err.getvalue()) == []
    assert json.loads(out.getvalue().splitlines()[-1])["text"] == one.text.encode("utf-16", "surrogatepass").decode(
        "utf-16", "surrogatepass"
    )


@pytest.mark.parametrize("text", ["a\x1b]0;b c", "a \x9db c\x9c d", "«\x90words\x9c»", "x\x1b[y"])
def test_words_do_not_vanish(text: str) -> None:
    """An escape that is not one takes nothing along but itself."""
    letters = [c for c in text if c.isalpha()]
    assert [c for c in clean(text) if c.isalpha()][-1] == letters[-1] or text.endswith("[y")


def test_wrongly_decoded_quotation_marks_take_no_words_along() -> None:
    said = "she said “hello” and I left for “Porto”, in May".encode().decode("latin-1")
    assert re.findall(r"[A-Za-z]+", clean(said)) == "she said hello and I left for Porto in May".split()


def test_every_character_that_nobody_sees() -> None:
    assert raw(display("".join(map(chr, range(0x110000))))) == []


def test_nothing_is_spelled_out_in_joiners() -> None:
    bits = "".join(random.Random(7).choices("\u200c\u200d\ufe0f\U000e0100", k=64))
    assert len(display(f"a{bits}b")) == 4
    assert display("❤️‍🔥 می‌خواهم") == "❤️‍🔥 می‌خواهم"
