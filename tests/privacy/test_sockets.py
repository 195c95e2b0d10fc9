"""With a local configuration no command opens a socket beyond this machine, and no file is for other eyes."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.privacy.commands import LONG, USED, leaves

SITE = Path(__file__).parent / "site"
ROOT = Path(__file__).parents[2]
REFUSED = {
    "sleep undo", "sleep journal keep", "sleep journal dismiss", "adapter show", "adapter activate", "adapter export",
    "adapter remove", "adapter deactivate", "preference show", "preference dismiss", "preference restore",
    "sleep schedule", "sleep schedule install", "sleep schedule show", "sleep schedule remove",
}  # fmt: skip
"""Commands that may find nothing to do here: no adapter, no dream, no scheduler."""
LINES = [
    {"id": str(n), "conversation": "a", "role": "user", "content": text, "created_at": f"2026-05-0{n}T10:00:00Z"}
    for n, text in enumerate(("I live in Lyon.", "My sister Ana is a baker.", "I work as a nurse."), start=1)
]


@pytest.fixture
def watched(home: Path, tmp_path: Path) -> dict[str, str]:
    """An environment in which sockets are watched, and a local configuration."""
    seen = tmp_path / "seen"
    seen.touch()
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    (tmp_path / "tmp").mkdir()
    return own | {
        "PYTHONPATH": f"{SITE}:{ROOT}", "SOCKETS_SEEN": str(seen), "HOME": str(tmp_path / "user"), "PATH": "/nowhere",
        "TMPDIR": str(tmp_path / "tmp"), "REVERIE_PASSPHRASE": "correct horse", "REVERIE_INDEX__BACKEND": "chroma",
    }  # fmt: skip


def run_all(
    commands: dict[str, list[list[str]]], watched: dict[str, str], tmp_path: Path
) -> list[tuple[str, int, str]]:
    file, batch, outside = tmp_path / "messages.jsonl", tmp_path / "batch.jsonl", tmp_path / "outside"
    file.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    batch.write_text('{"id": "1", "query": "Lyon"}\n')
    outside.mkdir(exist_ok=True)
    places = json.dumps({"file": str(file), "batch": str(batch), "outside": str(outside)})
    wanted = [arguments for name in commands for arguments in commands[name]]
    old = os.umask(0)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.privacy.commands", places], input=json.dumps(wanted), env=watched, text=True,
            capture_output=True, timeout=1200, cwd=ROOT,
        )  # fmt: skip
    finally:
        os.umask(old)
    assert ended.returncode == 0, ended.stderr
    names = [name for name in commands for _ in commands[name]]
    done = json.loads(ended.stdout.splitlines()[-1])
    return [(name, code, err) for name, (_, code, err) in zip(names, done, strict=True)]


def test_the_guard_sees_what_leaves(watched: dict[str, str], tmp_path: Path) -> None:
    """Without this the other tests proved nothing."""
    tries = "lambda: socket.create_connection(('192.0.2.1', 9), 1), lambda: socket.getaddrinfo('example.org', 80)"
    code = f"import socket\nfor t in ({tries}):\n    try: t()\n    except OSError as e: print(e)\n"
    ended = subprocess.run([sys.executable, "-c", code], env=watched, capture_output=True, text=True, check=True)
    assert ended.stdout.count("is not this machine") == 2 and len((tmp_path / "seen").read_text().splitlines()) == 2


def test_every_command_is_known_here() -> None:
    """A new command has to be added to one of the two tables."""
    assert set(leaves()) == set(USED) | set(LONG)


@pytest.mark.timeout(900)
def test_no_command_leaves_the_machine_or_a_file_for_others(
    home: Path, watched: dict[str, str], tmp_path: Path
) -> None:
    wrong = [(n, c, e) for n, c, e in run_all(USED, watched, tmp_path) if c and not (n in REFUSED and c in (1, 3))]
    assert not wrong, wrong
    assert (tmp_path / "seen").read_text() == ""
    found = [home, *home.rglob("*"), *(tmp_path / "outside").rglob("*"), *(tmp_path / "tmp").rglob("*")]
    assert {"index", "backups", "cache"} <= {path.name for path in found}
    open_to_others = [f"{path}: {mode:o}" for path in found if (mode := stat.S_IMODE(path.lstat().st_mode)) & 0o077]
    assert not open_to_others, open_to_others


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_long_command_leaves_the_machine(home: Path, watched: dict[str, str], tmp_path: Path) -> None:
    run_all({"import": USED["import"], "ask": USED["ask"], **LONG}, watched, tmp_path)
    assert (tmp_path / "seen").read_text() == ""
