"""Files that are broken, lying or meant to harm: one clear line, and what is good is kept."""

import io
import json
import os
import re
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.errors import ImportFailed
from memory.transfer.json_items import BrokenJson, json_items
from memory.transfer.sniff import json_shape
from tests.transfer.conftest import Import, line, small_talk, write
from tests.transfer.test_chatgpt import zipped


def refused(bring: Import, path: Path) -> str:
    with pytest.raises(ImportFailed) as caught:
        bring(path)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value.message


def test_missing(tmp_path, bring: Import):
    assert "There is no" in refused(bring, tmp_path / "nothing.json")


def test_name_with_nul(tmp_path, bring: Import):
    refused(bring, tmp_path / "a\0b")


def test_empty_file(tmp_path, bring: Import):
    assert "is empty" in refused(bring, write(tmp_path / "a.json", ""))


def test_empty_folder(tmp_path, bring: Import):
    (tmp_path / "empty").mkdir()
    assert "no files" in refused(bring, tmp_path / "empty")


@pytest.mark.parametrize(
    "data",
    [b"\0" * 5_000, b"[]", b"{}", b"[{}]", b"null", b"[" * 300_000, os.urandom(4_096), b"PK\x03\x04rest", b"  \n"],
)
@pytest.mark.parametrize("name", ["a.json", "a", "a.zip"])
def test_garbage(tmp_path, bring: Import, data, name):
    refused(bring, write(tmp_path / name, data))


def test_other_json(tmp_path, bring: Import):
    assert "nothing that can be imported" in refused(bring, write(tmp_path / "package.json", {"name": "x"}))


def test_fifo(tmp_path, bring: Import):
    os.mkfifo(tmp_path / "pipe")
    assert "neither a file nor a folder" in refused(bring, tmp_path / "pipe")
    write(tmp_path / "a.jsonl", line("s", "1", "x"))
    assert bring(tmp_path).messages_imported == 1


def test_circle_of_links(tmp_path, bring: Import):
    (tmp_path / "loop").symlink_to(tmp_path)
    write(tmp_path / "a.jsonl", line("s", "1", "x"))
    assert bring(tmp_path).messages_imported == 1


def test_json_that_breaks_off(tmp_path, bring: Import):
    text = json.dumps([small_talk(f"t{i}") for i in range(40)])
    report = bring(write(tmp_path / "conversations.json", text[: len(text) // 2]))
    assert 30 <= report.messages_imported <= 40
    assert report.skipped[-1].where == "conversations.json"
    assert report.skipped[-1].reason == "the file breaks off or is damaged here"


def test_json_that_breaks_off_at_once(tmp_path, bring: Import):
    text = json.dumps([small_talk("a")])
    assert "not valid JSON" in refused(bring, write(tmp_path / "conversations.json", text[:200]))


def test_bad_bytes_within_json(tmp_path, bring: Import, told):
    data = json.dumps([small_talk("a")]).encode().replace(b"a turn 0", b"a \xff turn")
    bring(write(tmp_path / "conversations.json", data))
    assert told()[0][1][0] == "a \ufffd turn"


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(["\ud83d", "\ude00", "\\", '"', "u", "d8", "\ud83d\ude00", "😀", "x", "\n"]), max_size=30),
    st.integers(1, 9),
)
def test_half_of_a_surrogate_pair_ends_nothing(parts: list[str], size: int):
    """Whatever pieces the file comes in: what follows a cut emoji is read, and all else is as the JSON says."""

    class Pieces(io.BytesIO):
        def read(self, most=-1):
            return super().read(size if most else 0)

    said = ["".join(parts), "after"]
    mended = json.loads(json.dumps(said))[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    found = list(json_items(Pieces(json.dumps(said).encode()), "item"))
    assert found[1] == "after" and len(found) == 2
    assert re.sub("\ufffd+", "\ufffd", found[0]) == re.sub("\ufffd+", "\ufffd", mended)


def test_deep_nesting_within_a_conversation(tmp_path, bring: Import):
    talks = json.dumps([small_talk(f"t{i}") for i in range(200)])
    text = talks[:-1] + ',{"mapping":{"x":' + "[" * 100_000 + "]" * 100_000 + "}}]"
    report = bring(write(tmp_path / "conversations.json", text))
    assert report.messages_imported > 200
    assert report.skipped[-1].where == "conversations.json"


def test_truncated_zip(tmp_path, bring: Import):
    path = zipped(tmp_path / "x.zip", {"conversations.json": [small_talk(f"t{i}") for i in range(50)]})
    write(path, path.read_bytes()[:-200])
    assert "damaged or incomplete zip" in refused(bring, path)


def test_zip_with_a_damaged_member(tmp_path, bring: Import):
    path = zipped(
        tmp_path / "x.zip",
        {"a.json": [small_talk("good")], "b.json": [small_talk(f"bad{i}") for i in range(3_000)]},
    )
    data = bytearray(path.read_bytes())
    middle = len(data) * 3 // 4
    data[middle : middle + 64] = bytes(64)
    report = bring(write(path, bytes(data)))
    assert report.messages_imported >= 2
    assert any(skip.where == "b.json" for skip in report.skipped)


def test_encrypted_zip(tmp_path, bring: Import):
    path = zipped(tmp_path / "x.zip", {"conversations.json": [small_talk("a")]})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    refused(bring, write(path, bytes(data)))


def test_names_that_climb_out_are_only_names(tmp_path, bring: Import, told):
    names = ["../../evil.json", "/etc/evil.json", "a/../../b.json", "C:\\evil.json", "x\x1b[31m.json"]
    members = {name: [small_talk(f"t{i}")] for i, name in enumerate(names)}
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    path = zipped(folder / "x.zip", members)
    report = bring(path)
    assert report.messages_imported == 10
    assert sorted(p for p in tmp_path.rglob("*") if p != path and "home" not in p.parts) == [
        p for p in before if "home" not in p.parts
    ]
    assert not any("\x1b" in skip.where for skip in report.skipped)


def test_zip_bomb(tmp_path, bring: Import):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("conversations.json", "w") as member:
        for _ in range(100):
            member.write(b" " * 1_000_000)
    assert "zip bomb" in refused(bring, path)


def test_zip_whose_members_lie_about_their_size(tmp_path, bring: Import):
    """A header that names fewer bytes than there are: no more than it names is ever read."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(b"[" + b" " * 50_000_000) + packer.flush()
    name, claimed = b"a.json", 100
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(packed), claimed, len(name), 0)
    local = b"PK\x03\x04" + common + name + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    refused(bring, write(tmp_path / "x.zip", local + central + end))


def test_zip_in_a_zip_is_not_opened(tmp_path, bring: Import):
    inner = zipped(tmp_path / "inner.zip", {"conversations.json": [small_talk("a")]}).read_bytes()
    refused(bring, zipped(tmp_path / "outer.zip", {"inner.zip": inner}))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_folder_without_rights(tmp_path, bring: Import):
    (tmp_path / "locked").mkdir(mode=0)
    refused(bring, tmp_path / "locked")


def test_entry_larger_than_the_bound(tmp_path, bring: Import, monkeypatch):
    monkeypatch.setattr("memory.transfer.json_items.MAX_ITEM_BYTES", 200_000)
    talks = [small_talk("small"), small_talk("huge", 20_000)]
    report = bring(write(tmp_path / "conversations.json", talks))
    assert report.messages_imported == 2


@pytest.mark.parametrize("number", ["1e9999999999999999999999", "-1e-9999999999999999999999", "9" * 5_000])
def test_a_number_that_no_decimal_holds_is_said_to_be_none(tmp_path: Path, number: str) -> None:
    """Found by fuzzing: Python's decimals have an end, and raise what is no ValueError."""
    json_shape(f"[{number}, {{}}]".encode())
    with pytest.raises(BrokenJson):
        list(json_items(io.BytesIO(f"[{number}}}]".encode()), "item"))
