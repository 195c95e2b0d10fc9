import itertools

from hypothesis import given
from hypothesis import strategies as st

from assistant.models.thinking import StopFilter, ThinkSplitter

_TEXT = st.text(alphabet="<>/think ab\n", max_size=40)
_ANSWER = st.one_of(_TEXT, st.builds("{}<think>{}</think>{}".format, st.sampled_from(["", "\n "]), _TEXT, _TEXT))


def split(pieces):
    splitter = ThinkSplitter()
    parts = [part for piece in pieces for part in splitter.feed(piece)] + splitter.close()
    assert all(part.text for part in parts)
    return tuple("".join(part.text for part in parts if part.kind == kind) for kind in ("think", "text"))


def cut(text, places):
    bounds = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(bounds)]


def test_thoughts_are_told_from_the_answer():
    assert split(["<thi", "nk>I won", "der.</th", "ink>\n\nIt ", "is so."]) == ("I wonder.", "It is so.")
    assert split(["Plain ", "answer."]) == ("", "Plain answer.")
    assert split(["The tag <think> is </think> text."]) == ("", "The tag <think> is </think> text.")
    assert split(["<think>never closed </thi"]) == ("never closed </thi", "")
    assert split(["<thi"]) == ("", "<thi")
    assert split(["  indented"]) == ("", "  indented")


@given(_ANSWER, st.lists(st.integers(0, 100), max_size=8))
def test_cuts_do_not_matter(text, places):
    assert split(cut(text, places)) == split([text])


@given(_TEXT, st.lists(st.integers(0, 100), max_size=8))
def test_a_stop_mark_ends_the_text_wherever_it_is_cut(text, places):
    marks = ("<t", "\nh")
    stop = StopFilter(marks)
    got = "".join(stop.feed(piece) for piece in cut(text, places)) + stop.close()
    assert got == text[: min((at for at in map(text.find, marks) if at >= 0), default=len(text))]
