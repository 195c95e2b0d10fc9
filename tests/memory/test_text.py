import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.text import StreamCleaner, clean, counted, display, fingerprint, normalise, one_line

NASTY = [
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;ZXZpbA==\x07copied",
    "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31mC1\x9d0;title\x9c",
    "\x1bPq#0;2;0;0;0\x1b\\sixel",
    "a\x00b\x08c\x7f",
    "lone \ud800 surrogate",
    "cut \x1b[3",
]


@pytest.mark.parametrize("text", NASTY)
def test_clean_leaves_nothing_a_terminal_obeys(text: str) -> None:
    cleaned = clean(text)
    assert not any((c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f" for c in cleaned)
    cleaned.encode()


def test_clean_keeps_words_around_escapes() -> None:
    assert clean("a \x1b[1mbold\x1b[0m word\r\nnext") == "a bold word\nnext"
    assert clean("עברית و العربية 日本語 🎉") == "עברית و العربية 日本語 🎉"


def test_display_also_takes_out_what_reorders() -> None:
    assert display("safe\u202egnp.exe") == "safegnp.exe"


@given(st.text())
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.sampled_from(NASTY) | st.text(alphabet="ab\x1b[]31m;\x07\\"), st.data())
def test_pieces_are_cleaned_like_the_whole(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    cleaner = StreamCleaner()
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    shown = "".join(cleaner.feed(piece) for piece in pieces) + cleaner.finish()
    assert "\x1b" not in shown
    assert shown == clean(text)


def test_one_line_cuts_with_an_ellipsis() -> None:
    assert one_line("a\n b\tc", 10) == "a b c"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"


def test_fingerprints_ignore_case_space_and_end_stops() -> None:
    assert fingerprint("I live in  Lyon.") == fingerprint("i live in lyon")
    assert normalise("Ｆｕｌｌ") == "full"


def test_what_is_counted_is_one_or_many() -> None:
    assert (counted(1, "memory", "memories"), counted(1_204, "message")) == ("1 memory", "1,204 messages")
