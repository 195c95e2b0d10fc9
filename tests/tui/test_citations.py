"""Citation marks become links, however the stream is cut."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.chat.citations import CitationLinker, link_citations

KNOWN = ("m3", "t12", "m41")
PIECES = [
    "[m3]",
    "[t12]",
    "[m9]",
    " [m3, t12]",
    "[m3](x)",
    "```\n",
    "```py\n",
    "~~~\n",
    "`",
    "``",
    "\n",
    " ",
    "tea",
    "[",
]


def test_given_ids_become_links():
    assert link_citations("Green tea [m3].", KNOWN) == "Green tea [m3](memory:m3)."
    assert link_citations("As you said [t12]", KNOWN) == "As you said [t12](message:t12)"
    assert link_citations("Both [m3, t12].", KNOWN) == "Both [m3](memory:m3) [t12](message:t12)."


def test_ids_that_were_not_given_are_dropped():
    assert link_citations("Green tea [m9].", KNOWN) == "Green tea."
    assert link_citations("Green tea [m9, m3].", KNOWN) == "Green tea [m3](memory:m3)."


def test_code_is_left_alone():
    for code in ("```\nx = a[m3]\n```\n", "`a[m3]`", "~~~py\n[m3]\n~~~", "``a ` [m3]``", "- a\n  ```\n  [m3]\n  ```\n"):
        assert link_citations(code, KNOWN) == code


def test_marks_after_a_block_of_code_are_links():
    text = "```\n[m3]\n```\nand [m3]"
    assert link_citations(text, KNOWN) == "```\n[m3]\n```\nand [m3](memory:m3)"


def test_a_ready_made_link_is_left_alone():
    assert link_citations("[m3](https://example.com)", KNOWN) == "[m3](https://example.com)"


def test_a_plain_piece_is_not_held_back():
    assert CitationLinker(KNOWN).feed("Green tea, I think") == "Green tea, I think"


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.lists(st.integers(1, 7), min_size=1, max_size=40))
def test_the_cut_of_the_stream_does_not_matter(pieces, cuts):
    text = "".join(pieces)
    linker, out, place = CitationLinker(KNOWN), [], 0
    for size in cuts:
        out.append(linker.feed(text[place : place + size]))
        place += size
    out += [linker.feed(text[place:]), linker.finish()]
    assert "".join(out) == link_citations(text, KNOWN)
