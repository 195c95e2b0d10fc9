"""Nights at a set time: what is installed where, the gates, and the silence of the night that it starts."""

import plistlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.gates import closed, on_mains
from assistant.schedule import Crontab, Job, Launchd, Ran, ScheduleFailed, Systemd, available
from assistant.settings import SleepSettings
from memory.errors import InvalidInput
from memory.news import News
from tests.sleep_cli.conftest import Reverie, Stores

JOB = Job(
    command=("/opt/100% mine/reverie", "sleep", "--scheduled"),
    hour=3,
    minute=5,
    environment={"REVERIE_HOME": "/home/x y"},
)
CRONTAB = """#!/bin/sh
table="$(dirname "$0")/table"
if [ "$1" = -l ]; then
  [ -f "$table" ] && exec cat "$table"
  echo "no crontab for you" >&2; exit 1
fi
exec cat > "$table"
"""


@dataclass
class FakeSystem:
    """Answers every program of the system alike, and remembers what was run."""

    answer: Ran = field(default_factory=lambda: Ran(0))
    ran: list[str] = field(default_factory=list)

    def __call__(self, command: Sequence[str], text: str) -> Ran:
        self.ran.append(" ".join(command))
        return self.answer


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but a crontab of our own, and what a shell needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat", "dirname"):
        (folder / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    (folder / "crontab").write_text(CRONTAB)
    (folder / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_install_show_remove_with_a_crontab(reverie: Reverie, programs: Path, home: Path) -> None:
    others = "# mine\n0 1 * * * echo 'hello %'\n\n@daily true"
    (programs / "table").write_text(others)
    assert "No night is scheduled" in reverie("sleep", "schedule").err
    first = reverie("sleep", "schedule", "install")
    assert first.code == 0
    assert reverie("sleep", "schedule", "install").out == first.out
    table = (programs / "table").read_text()
    assert table == f"{others}\n{first.out}"
    assert first.out.startswith("30 3 * * * ")
    assert f"REVERIE_HOME={home}" in first.out
    assert reverie("sleep", "schedule", "show").out == first.out
    assert reverie("sleep", "schedule", "show", "--json").json == [{"with": "crontab", "text": first.out}]
    assert reverie("sleep", "schedule", "remove").code == 0
    assert (programs / "table").read_text() == f"{others}\n"
    assert "No night was scheduled" in reverie("sleep", "schedule", "remove").err


def test_a_changed_time_takes_the_place_of_the_old_one(
    reverie: Reverie, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reverie("sleep", "schedule", "install")
    monkeypatch.setenv("REVERIE_SLEEP__AT", "23:15")
    reverie("sleep", "schedule", "install")
    (line,) = (programs / "table").read_text().splitlines()
    assert line.startswith("15 23 ")


def test_a_time_that_is_none(reverie: Reverie, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVERIE_SLEEP__AT", "25:00")
    assert reverie("sleep", "schedule", "install").code == 2
    assert not (programs / "table").exists()


def test_no_scheduler_at_all(reverie: Reverie, programs: Path) -> None:
    (programs / "crontab").unlink()
    refused = reverie("sleep", "schedule", "install")
    assert refused.code == 3
    assert "reverie sleep --scheduled" in refused.err


def test_a_crontab_that_cannot_be_read_is_not_overwritten() -> None:
    system = FakeSystem(Ran(1, "", "you are not allowed to use this program"))
    with pytest.raises(ScheduleFailed, match="not allowed"):
        Crontab(system).install(JOB)
    assert system.ran == ["crontab -l"]


def test_a_crontab_line_means_what_it_says(tmp_path: Path) -> None:
    """cron turns \\% into %, and hands the rest to a shell."""
    script = tmp_path / "100% 'mine'"
    script.write_text('#!/bin/sh\necho "$REVERIE_HOME|$*"\n')
    script.chmod(0o755)
    job = Job(command=(str(script), "sleep"), hour=0, minute=0, environment={"REVERIE_HOME": "/a b/$c"})
    line = Crontab(FakeSystem()).text(job).split(" ", 5)[5].replace("\\%", "%")
    assert subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True).stdout == "/a b/$c|sleep\n"


def test_systemd(tmp_path: Path) -> None:
    system = FakeSystem()
    timer = Systemd(system, tmp_path / "user")
    assert timer.installed() == ""
    timer.install(JOB)
    timer.install(JOB)
    assert timer.installed() == timer.text(JOB)
    assert "OnCalendar=*-*-* 03:05:00" in timer.installed()
    assert 'Environment="REVERIE_HOME=/home/x y"' in timer.installed()
    assert 'ExecStart="/opt/100%% mine/reverie" "sleep" "--scheduled"' in timer.installed()
    assert "systemctl --user enable --now reverie-sleep.timer" in system.ran
    timer.remove()
    assert timer.installed() == ""
    assert list((tmp_path / "user").iterdir()) == []
    system.ran.clear()
    timer.remove()
    assert system.ran == []


def test_launchd(tmp_path: Path) -> None:
    system = FakeSystem()
    agent = Launchd(system, tmp_path / "LaunchAgents")
    agent.install(JOB)
    assert agent.installed() == agent.text(JOB)
    values = plistlib.loads(agent.installed().encode())
    assert values["ProgramArguments"] == list(JOB.command)
    assert values["EnvironmentVariables"] == dict(JOB.environment)
    assert values["StartCalendarInterval"] == {"Hour": 3, "Minute": 5}
    agent.remove()
    assert agent.installed() == ""


def test_a_failure_is_said_in_the_systems_words(tmp_path: Path) -> None:
    with pytest.raises(ScheduleFailed, match="no bus"):
        Systemd(FakeSystem(Ran(1, "", "Failed to connect: no bus")), tmp_path).install(JOB)


def test_which_one_is_taken(programs: Path, tmp_path: Path) -> None:
    for name in ("systemctl", "launchctl"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    assert [s.name for s in available(FakeSystem(), tmp_path, "linux")] == ["systemd user timer", "crontab"]
    assert [s.name for s in available(FakeSystem(Ran(1)), tmp_path, "linux")] == ["crontab"]
    assert [s.name for s in available(FakeSystem(Ran(1)), tmp_path, "darwin")] == ["launchd agent", "crontab"]


def test_a_line_break_cannot_be_smuggled_in() -> None:
    with pytest.raises(InvalidInput):
        Job(command=("a\n* * * * * rm",), hour=0, minute=0)


# -- gates

HOUR = timedelta(hours=1)
NIGHT = datetime(2026, 5, 1, 2, tzinfo=UTC)
SETTINGS = SleepSettings(hours=20, messages=5)


@pytest.mark.parametrize(
    ("news", "mains", "reason"),
    [
        (News(), True, "nothing is new"),
        (News(messages=5), True, ""),
        (News(messages=5), None, ""),
        (News(messages=5), False, "on battery"),
        (News(messages=4), True, "4 new of the 5"),
        (News(messages=3, waiting=2), True, ""),
        (News(messages=1, due=1), True, ""),
        (News(messages=9, last_night=NIGHT - 19 * HOUR), True, "less than 20 hours"),
        (News(messages=9, last_night=NIGHT - 20 * HOUR), True, ""),
        (News(unfinished="n3", last_night=NIGHT - HOUR), True, ""),
        (News(unfinished="n3"), False, "on battery"),
    ],
)
def test_gates(news: News, mains: bool | None, reason: str) -> None:
    found = closed(SETTINGS, news, NIGHT, mains=mains)
    assert bool(found) == bool(reason)
    assert reason in found


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ({}, None),
        ({"AC": {"type": "Mains", "online": "1"}, "BAT0": {"type": "Battery"}}, True),
        ({"AC": {"type": "Mains", "online": "0"}, "BAT0": {"type": "Battery"}}, False),
        ({"BAT0": {"type": "Battery"}}, False),
        ({"hid": {"type": "Battery", "scope": "Device"}}, None),
        ({"ucsi": {"type": "USB", "online": "1"}, "BAT0": {"type": "Battery"}}, True),
    ],
)
def test_mains(tmp_path: Path, supplies: dict[str, dict[str, str]], expected: bool | None) -> None:
    for name, values in supplies.items():
        (tmp_path / name).mkdir()
        for key, value in values.items():
            (tmp_path / name / key).write_text(f"{value}\n")
    assert on_mains(tmp_path) is expected
    assert on_mains(tmp_path / "missing") is None


# -- the night that it starts


def test_a_scheduled_night_is_silent_and_logged(
    reverie: Reverie, stores: Stores, talk: None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVERIE_SLEEP__ON_POWER", "false")
    first, second = reverie("sleep", "--scheduled"), reverie("sleep", "--scheduled")
    assert [(o.code, o.out, o.err) for o in (first, second)] == [(0, "", ""), (0, "", "")]
    assert [r.status for r in stores.nights.list()] == ["applied"]
    log = (home / "sleep.log").read_text()
    assert "2026-05-01T02:00:00Z a night begins" in log
    assert "n1: 4 messages read" in log
    assert log.endswith("2026-05-01T02:00:00Z no night: nothing is new\n")


def test_a_failure_goes_into_the_log(reverie: Reverie, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("modle = 'none'\n")
    failed = reverie("sleep", "--scheduled")
    assert (failed.code, failed.out, failed.err) == (2, "", "")
    assert "modle" in (home / "sleep.log").read_text()
    (home / "settings.toml").unlink()
    assert reverie("sleep", "--scheduled").code == 0
