"""ChatGPT exports in every shape they come in."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memory.transfer import ImportReport
from tests.transfer.conftest import Import, chatgpt, node, small_talk, write


def zipped(path: Path, members: dict[str, object]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in members.items():
            archive.writestr(name, value if isinstance(value, (bytes, str)) else json.dumps(value))
    return path


def reasons(report: ImportReport) -> dict[str, int]:
    return dict(report.reasons)


@pytest.mark.parametrize(
    "shape",
    ["file", "folder", "zip", "many in folders", "one a file", "wrapped", "renamed", "inside a folder of a zip"],
)
def test_shapes(tmp_path, bring: Import, told, shape):
    talks = [small_talk("cars"), small_talk("boats", 4)]
    extras = {"user.json": {"id": "u"}, "chat.html": "<html>", "message_feedback.json": [], "dalle/a.png": b"\x89PNG"}
    folder = tmp_path / "export"
    if shape == "file":
        path = write(tmp_path / "conversations.json", talks)
    elif shape == "renamed":
        path = write(tmp_path / "backup.old", talks)
    elif shape == "wrapped":
        path = write(tmp_path / "conversations.json", {"conversations": talks})
    elif shape == "zip":
        path = zipped(tmp_path / "x.zip", {"conversations.json": talks, **extras})
    elif shape == "inside a folder of a zip":
        path = zipped(
            tmp_path / "x.zip", {f"export/{k}": v for k, v in {"conversations.json": talks, **extras}.items()}
        )
    elif shape == "many in folders":
        many = {f"a/{i // 25:02}/conversations-{i:03}.json": [small_talk(f"t{i}")] for i in range(60)}
        report = bring(zipped(tmp_path / "x.zip", {**many, **extras}))
        assert (report.files, report.conversations_new, report.messages_imported) == (60, 60, 120)
        assert report.files_ignored == len(extras)
        return
    else:
        folder.mkdir()
        named = {"conversations.json": talks} if shape == "folder" else {f"{t['id']}.json": t for t in talks}
        for name, value in {**named, **extras}.items():
            write(folder / name, value)
        path = folder
    report = bring(path)
    assert report.format == "chatgpt"
    assert "ChatGPT" in report.summary()
    assert sorted(told()) == [
        ("About boats", [f"boats turn {i}" for i in range(4)]),
        ("About cars", ["cars turn 0", "cars turn 1"]),
    ]
    assert bring(path).messages_imported == 0


def test_tree_is_walked_from_its_current_node(tmp_path, bring: Import, thread):
    talk = chatgpt(
        "tree",
        node("root", None),
        node("q", "root", "user", "Which?"),
        node("a-old", "q", "assistant", "This."),
        node("a-new", "q", "assistant", "That."),
        node("thanks", "a-new", "user", "Thanks"),
    )
    report = bring(write(tmp_path / "conversations.json", [talk]))
    assert [m.content for m in thread()] == ["Which?", "That.", "Thanks"]
    assert [m.external_id for m in thread()] == ["q", "a-new", "thanks"]
    assert reasons(report) == {"on a branch that was not shown": 1}
    assert report.messages_found == 4


@pytest.mark.parametrize("current", [None, "gone", 7])
def test_without_a_usable_current_node_the_latest_leaf_counts(tmp_path, bring: Import, thread, current):
    talk = chatgpt(
        "tree",
        node("root", None),
        node("q", "root", "user", "Which?", create_time=100.0),
        node("new", "q", "assistant", "That.", create_time=300.0),
        node("old", "q", "assistant", "This.", create_time=200.0),
    )
    bring(write(tmp_path / "c.json", [talk | {"current_node": current}]))
    assert [m.content for m in thread()] == ["Which?", "That."]


def test_circle_in_the_tree_ends(tmp_path, bring: Import, thread):
    talk = chatgpt("ring", node("a", "b", "user", "one"), node("b", "a", "assistant", "two"))
    bring(write(tmp_path / "c.json", [talk]))
    assert [m.content for m in thread()] == ["one", "two"]


def test_another_branch_later_is_a_sibling(tmp_path, bring: Import, thread, conversations):
    first = chatgpt("t", node("r", None), node("q", "r", "user", "Which?"), node("a1", "q", "assistant", "This."))
    second = chatgpt("t", *first["mapping"].values(), node("a2", "q", "assistant", "That."))
    bring(write(tmp_path / "c.json", [first]))
    report = bring(write(tmp_path / "c.json", [second]))
    assert report.messages_imported == 1
    assert [m.content for m in thread()] == ["Which?", "That."]
    assert [m.content for m in conversations.siblings(thread()[1].id)] == ["This.", "That."]


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("missing", [None, 0, "", "soon", float("1e300"), True])
def test_missing_times(tmp_path, bring: Import, thread, missing):
    talk = chatgpt(
        "times",
        node("root", None),
        node("1", "root", "user", "a", create_time=missing),
        node("2", "1", "user", "b", create_time=missing, update_time=1_700_000_100.0),
        node("3", "2", "user", "c", create_time=missing),
        node("4", "3", "user", "d", create_time=1_700_000_300.5),
        node("5", "4", "user", "e", create_time="2023-11-14T23:00:00Z"),
        node("6", "5", "user", "f", create_time=1_700_003_700_000),
        create_time=1_700_000_050.0,
    )
    bring(write(tmp_path / "c.json", [talk]))
    assert [m.said_at for m in thread()] == [
        at(1_700_000_050),
        at(1_700_000_100),
        at(1_700_000_100),
        at(1_700_000_300.5),
        datetime(2023, 11, 14, 23, tzinfo=UTC),
        at(1_700_003_700),
    ]


def test_without_any_time_the_files_counts(tmp_path, bring: Import, thread):
    import os

    talk = chatgpt("t", node("1", None, "user", "a", create_time=None), create_time=None, update_time=None)
    path = write(tmp_path / "c.json", [talk])
    os.utime(path, (1_600_000_000, 1_600_000_000))
    bring(path)
    assert thread()[0].said_at == at(1_600_000_000)


def test_what_nobody_said_is_skipped_with_its_reason(tmp_path, bring: Import, thread):
    def content(kind: str, **more: object) -> dict[str, object]:
        return {"content_type": kind, **more}

    hidden = {"is_visually_hidden_from_conversation": True}
    talk = chatgpt(
        "t",
        node("0", None),
        node("1", "0", "system", "You are"),
        node("2", "1", "user", "profile", content=content("user_editable_context", user_profile="x")),
        node("3", "2", "user", "Draw a cat"),
        node("4", "3", "assistant", content=content("thoughts", thoughts=[])),
        node("5", "4", "assistant", content=content("code", text="draw()"), recipient="dalle.text2im"),
        node("6", "5", "tool", "drawn"),
        node("7", "6", "assistant", "Here", metadata={"model_slug": "gpt-9"}),
        node("8", "7", "user", "unseen", metadata=hidden),
        node("9", "8", "user", "  "),
        node("10", "9", "critic", "Hm"),
    )
    report = bring(write(tmp_path / "c.json", [talk]))
    assert [m.content for m in thread()] == ["Draw a cat", "Here"]
    assert thread()[1].model == "gpt-9"
    assert reasons(report) == {
        "a system message": 1,
        "hidden in ChatGPT, too": 2,
        "the model's reasoning": 1,
        "a call of a tool": 1,
        "a tool's output": 1,
        "empty": 1,
        "neither the user nor the assistant said it": 1,
    }
    assert report.messages_found == 10


def test_parts_that_are_no_text_are_named(tmp_path, bring: Import, thread):
    parts = [
        {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"},
        {"content_type": "audio_transcription", "text": "spoken words"},
        {"content_type": "something\x1b[2Jnew"},
        "What is this?",
        None,
        5,
    ]
    files = [{"name": "notes.pdf", "mime_type": "application/pdf"}, {"name": "a.png", "mime_type": "image/png"}, 3]
    talk = chatgpt(
        "t",
        node("1", None, content={"content_type": "multimodal_text", "parts": parts}, metadata={"attachments": files}),
        node("2", "1", "assistant", content={"content_type": "code", "text": "print(1)"}),
        node("3", "2", "user", content={"content_type": "multimodal_text", "parts": [{}]}),
    )
    bring(write(tmp_path / "c.json", [talk]))
    assert [m.content for m in thread()] == [
        "[image]\nspoken words\n[somethingnew]\nWhat is this?\n[file: notes.pdf]",
        "print(1)",
        "[None]",
    ]


def test_odd_entries_do_not_stop_the_rest(tmp_path, bring: Import):
    odd = [None, 7, "x", {}, {"mapping": []}, {"mapping": {"a": None, "b": {"message": 5}}}, small_talk("fine")]
    odd.append({"mapping": {"m": {"message": {"author": None, "content": [], "metadata": 1}, "parent": ["x"]}}})
    report = bring(write(tmp_path / "c.json", [small_talk("first"), *odd]))
    assert report.messages_imported == 4
    assert reasons(report)["not a conversation"] == 5


def test_titles_are_cleaned_and_missing_ones_made(tmp_path, bring: Import, told):
    talks = [small_talk("a") | {"title": "Red\x1b[31m\nflag\x00"}, small_talk("b") | {"title": None}]
    bring(write(tmp_path / "c.json", talks))
    assert [title for title, _ in told()] == ["Red flag", "b turn 0"]


def test_without_an_id_the_content_names_it(tmp_path, bring: Import):
    talk = small_talk("a")
    del talk["id"], talk["conversation_id"]
    path = write(tmp_path / "c.json", [talk])
    assert bring(path).messages_imported == 2
    assert bring(path).messages_known == 2


def test_grown_export(tmp_path, bring: Import, told):
    bring(write(tmp_path / "c.json", [small_talk("a", 2), small_talk("b", 2)]))
    report = bring(write(tmp_path / "c.json", [small_talk("c", 3), small_talk("b", 2), small_talk("a", 5)]))
    assert (report.messages_imported, report.messages_known) == (6, 4)
    assert (report.conversations_new, report.conversations_updated) == (1, 1)
    assert dict(told())["About a"] == [f"a turn {i}" for i in range(5)]


def test_forced_format_finds_the_same(tmp_path, bring: Import):
    assert bring(write(tmp_path / "c.json", [small_talk("a")]), format="chatgpt").messages_imported == 2


def test_progress_ends_at_the_total(tmp_path, bring: Import, seen):
    bring(write(tmp_path / "c.json", [small_talk(f"t{i}", 20) for i in range(60)]), progress=seen.append)
    assert seen[0].done == 0
    assert seen[-1].done == seen[-1].total == (tmp_path / "c.json").stat().st_size
    assert seen[-1].messages == 1_200
    assert [p.done for p in seen] == sorted(p.done for p in seen)
