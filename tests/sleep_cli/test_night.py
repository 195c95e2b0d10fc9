"""`reverie sleep`: what it prints, what it writes, and what it leaves alone."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from assistant.cli.reference import SHAPES
from memory.store import MemoryFilter
from sleep.lock import NightLock
from tests.sleep_cli.conftest import Reverie, Say, Stores, started


def contents(home: Path) -> dict[str, str]:
    """The bytes of every file, the write-ahead log and its index aside."""
    files = (p for p in home.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm")))
    return {str(p.relative_to(home)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def texts(stores: Stores) -> list[str]:
    return sorted(m.text for m in stores.memories.list(MemoryFilter()))


def test_a_night_makes_memories_and_says_so(reverie: Reverie, stores: Stores, talk: None) -> None:
    night = reverie("sleep", "--yes")
    assert night.code == 0
    assert "n1: 4 messages read" in night.out
    assert "4 new messages, no model calls" in night.err
    assert "You live in Porto now." in texts(stores)
    assert "You live in Lisbon." not in texts(stores)


def test_without_a_terminal_one_line_and_2(reverie: Reverie, stores: Stores, talk: None) -> None:
    night = reverie("sleep")
    assert night.code == 2
    assert night.err.count("\n") == 1
    assert "--yes" in night.err
    assert not stores.nights.list()


def test_a_dry_run_changes_no_byte(home: Path, talk: None, stores: Stores) -> None:
    stores.nights.cursor()
    before = contents(home)
    assert (home / "reverie.db-wal").stat().st_size > 0, "what a closing connection would fold in"
    done = started("sleep", "--dry-run")
    out, err = done.communicate(timeout=120)
    assert done.returncode == 0, err
    assert "+ You live in Porto now." in out
    assert "Planned, nothing written" in out
    assert contents(home) == before
    assert not (home / "sleep.lock").exists()
    assert not stores.nights.list()


def test_a_dry_run_of_no_home_makes_none(home: Path, reverie: Reverie) -> None:
    assert reverie("sleep", "--dry-run").code == 0
    assert reverie("sleep", "--estimate").code == 0
    assert not home.exists()


def test_nothing_new_is_known_before_anything_heavy_is_loaded(home: Path, reverie: Reverie, talk: None) -> None:
    reverie("sleep", "--yes")
    heavy = "('sqlalchemy', 'torch', 'chromadb', 'langchain', 'numpy', 'rich', 'dateparser')"
    code = (
        "import sys; from assistant.cli.run import run; code = run(['sleep', '--yes']);"
        f"print([m for m in {heavy} if m in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["Nothing is new since the last night.", "[]"]


def test_an_estimate_alone(reverie: Reverie, stores: Stores, talk: None) -> None:
    told = reverie("sleep", "--estimate", "--json").events
    assert [e["event"] for e in told] == ["estimate"]
    assert told[0]["messages"] == 4
    assert told[0]["calls"] == told[0]["tokens"] == 0
    assert told[0]["minutes"] > 0
    assert not stores.nights.list()


def test_json_is_one_event_a_line(reverie: Reverie, talk: None) -> None:
    events = reverie("sleep", "--yes", "--json").events
    names = [e["event"] for e in events]
    assert names[0] == "estimate"
    assert names[-1] == "report"
    assert {"run", "stage", "progress", "change", "exam"} < set(names)
    assert all(set(SHAPES["sleep"].keys) <= set(e) for e in events)
    assert events[-1]["run"] == "n1"


def test_a_budget_stops_at_a_stage_and_the_next_night_goes_on(reverie: Reverie, stores: Stores, talk: None) -> None:
    night = reverie("sleep", "--yes", "--budget-seconds", "0")
    assert night.code == 0
    assert "budget" in night.err
    assert not texts(stores)


def test_doubtful_changes_are_left_out_and_listed(reverie: Reverie, stores: Stores, say: Say) -> None:
    say("I love sushi.")
    reverie("sleep", "--yes")
    say("I hate sushi.")
    reverie("sleep", "--yes")
    shown = reverie("sleep", "show", "n2")
    assert "ask" in shown.out
    assert "(doubtful)" in shown.out


def test_two_nights_at_once(home: Path, reverie: Reverie, stores: Stores, talk: None) -> None:
    lock = NightLock(home)
    with lock.held():
        lock.at("n9", "dedupe")
        second = started("sleep", "--yes")
        _, err = second.communicate(timeout=120)
    assert second.returncode == 3
    assert "Another night is under way" in err
    assert str(os.getpid()) in err
    assert "dedupe" in err
    assert not stores.nights.list()
    assert reverie("sleep", "--yes").code == 0


def test_ctrl_c_stops_and_the_next_night_goes_on(stores: Stores, say: Say, reverie: Reverie) -> None:
    for i in range(150):
        say(f"My cousin {chr(65 + i % 26)}nna{i} lives in Porto.", f"I bought {i + 2} lamps on 3 May 2025.")
    night = started("sleep", "--yes", "--json")
    assert night.stdout is not None
    for line in night.stdout:
        if '"stage": "extract"' in line and '"progress"' in line:
            night.send_signal(signal.SIGINT)
            break
    _, err = night.communicate(timeout=120)
    assert night.returncode == 130
    assert "Traceback" not in err
    assert "the next night goes on" in err
    assert not texts(stores)
    assert reverie("sleep", "status", "--json").json["interrupted"] == "n1"
    again = reverie("sleep", "--yes")
    assert again.code == 0
    assert "n1 was interrupted" in again.err
    assert [r.status for r in stores.nights.list()] == ["applied"]
    assert texts(stores)
