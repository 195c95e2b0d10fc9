"""Claude exports."""

from tests.transfer.conftest import Import, write
from tests.transfer.test_chatgpt import zipped


def said(number: int, sender: str, text: str = "", **more: object) -> dict[str, object]:
    return {
        "uuid": f"m{number}",
        "sender": sender,
        "text": text,
        "created_at": f"2025-01-01T00:00:{number:02}Z",
        **more,
    }


def talk(key: str = "c1") -> dict[str, object]:
    blocks = [
        {"type": "thinking", "thinking": "hm"},
        {"type": "text", "text": "First part."},
        {"type": "tool_use", "name": "search"},
        {"type": "text", "text": "Second part."},
    ]
    return {
        "uuid": key,
        "name": "Tea",
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-02T00:00:00Z",
        "account": {"uuid": "me"},
        "chat_messages": [
            said(1, "human", "Which tea?", content=[{"type": "text", "text": "Which tea?"}]),
            said(2, "assistant", "This block is not supported", content=blocks),
            said(3, "human", "", attachments=[{"file_name": "list.csv", "extracted_content": "..."}]),
            said(4, "assistant", "Plain", content=[]),
            said(5, "assistant", "", content=[{"type": "tool_use"}]),
            said(6, "robot", "Beep"),
            "garbage",
        ],
    }


def test_blocks_text_and_attachments(tmp_path, bring: Import, thread):
    report = bring(write(tmp_path / "conversations.json", [talk()]))
    assert report.format == "claude"
    assert [(m.role, m.content) for m in thread()] == [
        ("user", "Which tea?"),
        ("assistant", "First part.\nSecond part."),
        ("user", "[file: list.csv]"),
        ("assistant", "Plain"),
    ]
    assert thread()[1].said_at.isoformat() == "2025-01-01T00:00:02+00:00"
    assert dict(report.reasons) == {
        "no text in it": 1,
        "neither the user nor the assistant said it": 1,
        "not a message": 1,
    }
    assert report.messages_found == 7


def test_zip_with_users_and_projects(tmp_path, bring: Import, told):
    members = {"conversations.json": [talk("a"), talk("b")], "users.json": [{"uuid": "u"}], "projects.json": []}
    path = zipped(tmp_path / "claude.zip", members)
    report = bring(path)
    assert (report.messages_imported, report.files, report.files_ignored) == (8, 1, 2)
    assert {s.where for s in report.skipped if s.reason == "a file that is not part of it"} == {
        "users.json",
        "projects.json",
    }
    assert [title for title, _ in told()] == ["Tea", "Tea"]
    assert bring(path).messages_known == 8


def test_single_conversation_and_missing_ids(tmp_path, bring: Import):
    value = talk()
    del value["uuid"]
    for message in value["chat_messages"]:  # type: ignore[attr-defined]
        if isinstance(message, dict):
            message.pop("uuid", None)
            message.pop("created_at", None)
    path = write(tmp_path / "one.json", value)
    assert bring(path).messages_imported == 4
    assert bring(path).messages_imported == 0
