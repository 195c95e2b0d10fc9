"""Exports among the downloads: known by what they hold, the newest first, and nothing else is offered."""

import json
import os
import zipfile

from memory.transfer.lying import exports_in
from tests.transfer.conftest import small_talk, write
from tests.transfer.test_remembered import AGENT, CLAUDE, MEM0


def at(path, day):
    os.utime(path, (1_700_000_000 + day * 86_400,) * 2)
    return path


def zipped(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in files.items():
            archive.writestr(name, json.dumps(value))
    return path


def test_what_is_an_export_is_found_newest_first(tmp_path):
    at(zipped(tmp_path / "photos.zip", **{"a.json": {"x": 1}}), 9)
    at(zipped(tmp_path / "data-2026.zip", **{"users.json": [], "conversations.json": [small_talk("k")]}), 1)
    at(zipped(tmp_path / "b.zip", **{"memories.json": CLAUDE}), 3)
    at(write(tmp_path / "m.json", MEM0), 2)
    at(write(tmp_path / "agent.af", AGENT), 4)
    at(write(tmp_path / "package.json", {"name": "x", "version": "1"}), 8)
    at(write(tmp_path / "notes.md", "# A note"), 7)
    at(write(tmp_path / "broken.zip", b"PK\x03\x04 and no more"), 6)
    at(write(tmp_path / "empty.json", ""), 5)
    (tmp_path / "folder.zip").mkdir()
    found = exports_in(tmp_path, seconds=30)
    assert [(one.path.name, one.format) for one in found] == [
        ("agent.af", "letta"), ("b.zip", "claude-memory"), ("m.json", "mem0"), ("data-2026.zip", "chatgpt"),
    ]  # fmt: skip
    assert all(one.size == one.path.stat().st_size for one in found)
    assert len(exports_in(tmp_path, most=1, seconds=30)) == 1


def test_no_folder_no_time_no_trouble(tmp_path):
    write(tmp_path / "m.json", MEM0)
    assert exports_in(tmp_path / "nowhere") == () and exports_in(tmp_path / "m.json") == ()
    assert exports_in(tmp_path, seconds=-1) == ()
