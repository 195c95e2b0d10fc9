"""Markdown: chats by their speakers, notes as they are."""

import os

import pytest

from tests.transfer.conftest import Import, write

HEADINGS = """# Planning the garden

## User
What grows in shade?

```markdown
## Assistant
not a speaker: this is code
```

## ChatGPT
Ferns, **hostas**.

---

### You said:
Thanks
"""

BOLD = """---
title: Tea
date: 2024-05-03
---
Exported by something.

**You:** Which tea?
Please.

**Claude** (2024-05-03 10:15):
Green.

**Human**: Why?

**Assistant:**
Because.
"""


def test_headings(tmp_path, bring: Import, told):
    bring(write(tmp_path / "garden.md", HEADINGS))
    assert told() == [
        (
            "Planning the garden",
            [
                "What grows in shade?\n\n```markdown\n## Assistant\nnot a speaker: this is code\n```",
                "Ferns, **hostas**.",
                "Thanks",
            ],
        )
    ]


def test_bold_speakers_front_matter_and_times(tmp_path, bring: Import, told, thread):
    report = bring(write(tmp_path / "tea.md", BOLD))
    assert told() == [("Tea", ["Which tea?\nPlease.", "Green.", "Why?", "Because."])]
    assert [m.role for m in thread()] == ["user", "assistant", "user", "assistant"]
    # Written without an offset: in the user's zone, which is Lisbon in summer.
    assert [m.said_at.isoformat()[:16] for m in thread()[:2]] == ["2024-05-03T11:00", "2024-05-03T09:15"]
    assert dict(report.reasons) == {"text before the first speaker": 1}


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Buy milk", "note"),
        ("# Milk\n\nBuy **some**: two litres", "Milk"),
        ("## User\nonly one speaker", "note"),
        ("**Important:** read\n\n**Also:** this", "note"),
        ("---\nnot: [valid\n---\ntext", "note"),
        ("---\ntitle: Named\n---\ntext", "Named"),
    ],
)
def test_notes(tmp_path, bring: Import, told, text, title):
    path = write(tmp_path / "note.md", text)
    bring(path)
    ((found, contents),) = told()
    assert found == title
    assert len(contents) == 1
    assert contents[0].strip().endswith(text.split("---\n")[-1].strip())
    assert bring(path).messages_imported == 0


def test_time_of_a_note_is_the_files(tmp_path, bring: Import, thread):
    path = write(tmp_path / "note.md", "Buy milk")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    bring(path)
    assert thread()[0].said_at.timestamp() == 1_600_000_000


def test_folder_with_equal_names(tmp_path, bring: Import, told):
    folder = tmp_path / "notes"
    for number in range(3):
        write(folder / str(number) / "index.md", f"Note {number}")
    write(folder / "photo.jpg", b"\xff\xd8")
    report = bring(folder)
    assert (report.format, report.messages_imported, report.files_ignored) == ("markdown", 3, 1)
    assert sorted(contents[0] for _, contents in told()) == ["Note 0", "Note 1", "Note 2"]
    assert bring(folder).messages_imported == 0


def test_transcript_that_went_on(tmp_path, bring: Import, told):
    path = write(tmp_path / "tea.md", BOLD)
    bring(path)
    report = bring(write(path, BOLD + "\n**You:** Ah.\n"))
    assert (report.messages_imported, report.messages_known) == (1, 4)
    assert told()[0][1][-1] == "Ah."


def test_same_words_twice_are_two_messages(tmp_path, bring: Import, told):
    text = "## User\nyes\n## Assistant\nok\n## User\nyes\n"
    bring(write(tmp_path / "a.md", text))
    assert told()[0][1] == ["yes", "ok", "yes"]


def test_western_encoding(tmp_path, bring: Import, thread):
    bring(write(tmp_path / "note.md", "Café à la crème".encode("cp1252")))
    assert thread()[0].content == "Café à la crème"
