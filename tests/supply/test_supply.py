"""What the project rests on: a lock that is behind, and a licence that is not allowed, are told."""

from pathlib import Path

import pytest

from supply.licences import Licensed
from supply.lock import LOCKS, pinned, problems

SQLALCHEMY = "sqlalchemy=="


@pytest.mark.parametrize("extra", LOCKS)
def test_the_locks_agree_with_the_project(extra: str) -> None:
    assert problems(extra, LOCKS[extra]) == []
    assert all(one.hashes for one in pinned(LOCKS[extra]).values())


def _changed(tmp_path: Path, old: str, new: str) -> Path:
    text = LOCKS["all"].read_text(encoding="utf-8")
    start = text.index("\n" + SQLALCHEMY) + 1
    end = text.index("\n", text.rindex("--hash", start, text.index("==", start + len(SQLALCHEMY)))) + 1
    changed = tmp_path / "lock.txt"
    entry = text[start:end]
    assert old in entry
    changed.write_text(text[:start] + (entry.replace(old, new) if old else new) + text[end:], encoding="utf-8")
    return changed


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    (told,) = problems("all", _changed(tmp_path, "", ""))
    assert "sqlalchemy>=2.0.36 is not in it" in told
    assert problems("all", tmp_path / "none.txt") == [f"{tmp_path / 'none.txt'} is missing"]


def test_a_version_that_is_not_allowed_is_told(tmp_path: Path) -> None:
    (told,) = problems("all", _changed(tmp_path, SQLALCHEMY + str(pinned(LOCKS["all"])["sqlalchemy"].version),
                                       SQLALCHEMY + "1.4.0"))  # fmt: skip
    assert "sqlalchemy 1.4.0 is not >=2.0.36" in told


def test_an_entry_without_a_hash_and_a_build_of_torch_are_told(tmp_path: Path) -> None:
    told = problems("all", _changed(tmp_path, "--hash=sha256:", "# "))
    assert any("sqlalchemy has no hash" in one for one in told)
    path = tmp_path / "lock.txt"
    path.write_text(LOCKS["all"].read_text(encoding="utf-8") + "torch==2.13.0 \\\n    --hash=sha256:00\n")
    assert any("torch is in it" in one for one in problems("all", path))


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True), ("Apache-2.0 OR GPL-3.0-only", True), ("BSD-3-Clause AND MIT", True),
        ("MIT AND GPL-3.0-only", False), ("GPL-3.0-only", False), ("", False), ("see the file", False),
    ],
)  # fmt: skip
def test_licences(licence: str, allowed: bool) -> None:
    assert Licensed("some", "1", licence).allowed is allowed
