"""The chat line by line: answers on standard output, everything else on standard error."""

import io
import subprocess
import sys

import pytest

from memory.errors import ReverieError
from tests.tui.fakes import USAGE, fill_conversation, fill_memories
from tui.plain import PlainChat


@pytest.fixture
def talk(runtime, monkeypatch, tmp_path):
    """Lines in, (exit code, standard output, standard error) out."""
    monkeypatch.chdir(tmp_path)

    def run(*lines, temporary=False, conversation=None):
        out, err = io.StringIO(), io.StringIO()
        source = io.StringIO("".join(line + "\n" for line in lines))
        chat = PlainChat(runtime, temporary=temporary, source=source, out=out, err=err)
        return chat.run(conversation), out.getvalue(), err.getvalue()

    return run


def test_only_answers_are_on_standard_output(runtime, talk):
    runtime.engine.play("Green ", "tea.", USAGE)
    code, out, err = talk("what?", "remember that I like it", "/quit", "never read")
    assert code == 0
    assert out == "Green tea.\nYou said: remember that I like it\n"
    assert "m1 remembered" in err and "/undo" in err
    assert runtime.engine.heard == ["what?", "remember that I like it"]


def test_a_failure_is_a_line_and_the_chat_goes_on(runtime, talk):
    runtime.engine.play("So", ReverieError("It broke.", "Mend it."))
    code, out, err = talk("one", "/retry")
    assert code == 0
    assert out == "So\nYou said: one\n"
    assert "It broke. What was written is kept. Mend it." in err


def test_escapes_never_reach_a_terminal(runtime, talk):
    runtime.engine.play("red \x1b[31m\u202etxt", USAGE)
    fill_memories(runtime.memories, ["tea \x1b[31m\u202e"])
    _, out, err = talk("x \x1b[31m", "/memory")
    assert "\x1b" not in out + err and "\u202e" not in out + err


def test_unknown_and_screen_only_commands_are_refused(talk):
    _, out, err = talk("/resme", "/theme nord")
    assert out == ""
    assert "Did you mean /resume?" in err and "belongs to the screen" in err


def test_a_stored_chat_is_gone_on_with(runtime, talk):
    conversation = runtime.conversations.get(fill_conversation(runtime.conversations, 2, title="Old"))
    _, _, err = talk("more", conversation=conversation.short_id)
    assert "Old, 4 messages" in err
    assert runtime.conversations.get(conversation.id).messages == 6


def test_every_command_says_something_and_ends_nothing(runtime, talk):
    fill_memories(runtime.memories, ["You like tea."])
    fill_conversation(runtime.conversations, 1, title="Old")
    lines = ["hello", "/new", "/resume", "/resume c1", "/search Question", "/retry", "/export md", "/export jsonl"]
    lines += ["/rename Newer", "/model", "/model ollama:x", "/model bad", "/remember tea is good", "/forget", "/memory"]
    lines += ["/memory xyzzy", "/why", "/pin m1", "/undo", "/redo", "/redo", "/help", "/help pin", "/help xx", "/debug"]
    lines += ["/temp on", "secret", "/temp", "/why 9", "/why x", "/pin", "/rename", "/search", "/quit"]
    code, out, err = talk(*lines)
    assert code == 0 and "Traceback" not in err
    for word in (
        "A new chat",
        "Old",
        "written to",
        "renamed",
        "names no model",
        "pinned m1",
        "undone",
        "nothing to redo",
    ):
        assert word in err
    assert "You said: secret" in out and "secret" not in str(runtime.conversations.list())


def test_a_temporary_chat_is_not_stored(runtime, talk):
    talk("secret", temporary=True)
    assert runtime.conversations.list() == ()


def test_an_export_is_never_written_over(runtime, talk, tmp_path):
    talk("hello", "/export md", "/export md", "/export jsonl notes.jsonl")
    assert {p.name for p in tmp_path.glob("*.*")} >= {"reverie-c1.md", "reverie-c1-2.md", "notes.jsonl"}
    assert "hello" in (tmp_path / "reverie-c1.md").read_text()
    assert (tmp_path / "reverie-c1.md").stat().st_mode & 0o077 == 0, "it is the user's alone"


def test_nothing_of_the_screen_is_needed_without_a_terminal():
    code = "import sys, tui.plain; print([m for m in ('torch', 'chromadb', 'transformers') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("question", ["Where is my home?", "What is my job?"])
def test_what_was_said_a_moment_ago_is_found_in_other_words(home, question):
    lines = f"I live in Lyon and work as a nurse.\nMy sister Ana is allergic to peanuts.\n{question}\n"
    command = [sys.executable, "-m", "assistant", "--plain"]
    ended = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120, check=True)
    assert "You told me today: “I live in Lyon and work as a nurse.” [t1]" in ended.stdout
    assert "Traceback" not in ended.stderr
