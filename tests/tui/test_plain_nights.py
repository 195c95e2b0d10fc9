"""Line by line everything that the screens can do: a night with its review, one change taken back, dreams, the page."""

import io

from memory.store.nights import NightStore
from tests.tui_screens.slept import slept, template
from tui.plain import PlainChat

__all__ = ["slept", "template"]


def talk(runtime, *lines):
    """Say these lines; what was said on standard error."""
    out, err = io.StringIO(), io.StringIO()
    chat = PlainChat(runtime, temporary=False, source=io.StringIO("\n".join(lines) + "\n"), out=out, err=err)
    assert chat.run() == 0
    return err.getvalue()


def answer(runtime, question):
    """What is answered, on standard output."""
    out = io.StringIO()
    chat = PlainChat(runtime, temporary=False, source=io.StringIO(f"{question}\n"), out=out, err=io.StringIO())
    assert chat.run() == 0
    return out.getvalue()


def test_a_night_is_looked_at_reviewed_and_taken_back(slept):
    said = talk(slept, "/sleep preview")
    assert "Marc" in said and "Nothing was written" in said
    assert len(NightStore(slept.database).list()) == 1
    said = talk(slept, "/sleep", "n", *["y"] * 9)
    assert "1 of" in said and "n2:" in said
    store = NightStore(slept.database)
    changes = store.changes(store.get("n2"))
    assert changes[0].decision == "declined"
    place = next(i for i, c in enumerate(changes) if c.decision == "applied" and c.target == "memory")
    said = talk(slept, "/night", f"/night n2 undo {place + 1}", "/night n2 undo 99", "/sleep undo n2", "/sleep status")
    assert "taken back: " in said and "names no change" in said and "n2 is undone" in said
    assert "n2" in said and store.get("n2").status == "undone"


def test_quitting_the_review_changes_nothing(slept):
    before = {m.text for m in slept.memories.list()}
    assert "Nothing was changed" in talk(slept, "/sleep", "q")
    assert {m.text for m in slept.memories.list()} == before


def test_dreams_the_page_and_figures(slept):
    lines = ["/dreams", "/dreams keep d99", "/profile", "/profile add people: Jo is your neighbour.", "/profile"]
    lines += [
        "/profile edit p99 x",
        "/profile dance",
        "/stats",
        "/ledger",
        "/history",
        "/asof 3 May 2026",
        "/asof never",
    ]
    lines += ["/weights", "/weights on a9", "/find", "/edit", "/branch", "/without m1", "/sleep tight"]
    said = talk(slept, *lines)
    for words in (
        "There is no dream d99", "Jo is your neighbour. (yours)", "There is no line p99", "/profile does not know",
        "memories, ", "No language model", "Known then", "is no day", "Nothing is learned", "There is no adapter a9",
        "Find what?", "no such message", "/sleep does not know",
    ):  # fmt: skip
        assert words in said, words


def test_what_is_not_relevant_is_said_line_by_line(slept):
    home = next(m for m in slept.memories.list() if "Lyon" in m.text)
    before = answer(slept, "Where do I live?")
    assert "Lyon" in before
    acts = [f"/irrelevant {which}".strip() for which in (home.short_id, "", "x9", "m99")]
    said = talk(slept, "Where do I live?", *acts)
    for words in (
        "no longer comes up",
        "Write /irrelevant m41",
        "'x9' does not name a memory",
        "no memory m99",
    ):
        assert words in said, words
    assert "Lyon" not in answer(slept, "Where do I live?")
    assert "comes up again" in talk(slept, "Where do I live?", *acts[:1], *acts[:1])


def test_tags_are_set_line_by_line(slept):
    said = talk(slept, "/tag m1 Work trips/2026", "/tag", "/tag m1 what?", "/tag m99 x", "/tag m1")
    for words in (": trips/2026 work", "Which memory?", "is no tag", "m99", ": nothing"):
        assert words in said, words
    assert slept.memories.get("m1").tags == ""


def test_a_message_in_the_place_of_another(slept):
    said = talk(slept, "hello there", "/edit", "good morning", "/find morning")
    assert "In the place of: hello there" in said and "you: good morning" in said
    newest = slept.conversations.list(limit=1)[0]
    assert [m.content for m in slept.conversations.thread(newest.id) if m.role == "user"] == ["good morning"]
