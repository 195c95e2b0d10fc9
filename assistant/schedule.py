"""Nights at a set time: a systemd user timer, a launchd agent or a line of the crontab, whichever this machine has.

Each is one piece of text that is shown before and after; installing twice is installing once.
"""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import escape

from memory.errors import InvalidInput, ReverieError

NAME = "reverie-sleep"
LABEL = "reverie.sleep"
MARK = f"# {NAME}"
SECONDS = 30


class ScheduleFailed(ReverieError):
    """The system's scheduler refused, in its own words."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program of the system answered."""

    code: int
    out: str = ""
    err: str = ""


Run = Callable[[Sequence[str], str], Ran]
"""Runs a program with a text on its standard input."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is run, when, and with which environment."""

    command: tuple[str, ...]
    hour: int
    minute: int
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for text in (*self.command, *self.environment.values()):
            if not text.isprintable():
                raise InvalidInput(f"{text!r} cannot be written into a schedule.", "Use a path without line breaks.")


class Scheduler(Protocol):
    """One way of this system to start a program at a time."""

    @property
    def name(self) -> str: ...

    def text(self, job: Job) -> str:
        """Exactly what `install` writes."""
        ...

    def installed(self) -> str:
        """What is there now; empty if nothing is."""
        ...

    def install(self, job: Job) -> None:
        """Put it there, in place of an earlier one. Raises ScheduleFailed."""
        ...

    def remove(self) -> None:
        """Take it away, if it is there. Raises ScheduleFailed."""
        ...


def run_program(command: Sequence[str], text: str) -> Ran:
    """Run a program of the system; one that is missing or hangs has failed."""
    try:
        done = subprocess.run(
            list(command), input=text, capture_output=True, text=True, timeout=SECONDS, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Ran(127, "", str(error))
    return Ran(done.returncode, done.stdout, done.stderr)


def available(run: Run, home: Path, platform: str = sys.platform) -> tuple[Scheduler, ...]:
    """The schedulers of this machine, the best first."""
    found: list[Scheduler] = []
    if shutil.which("systemctl") and run(("systemctl", "--user", "show-environment"), "").code == 0:
        found.append(Systemd(run, home / ".config" / "systemd" / "user"))
    if platform == "darwin" and shutil.which("launchctl"):
        found.append(Launchd(run, home / "Library" / "LaunchAgents"))
    if shutil.which("crontab"):
        found.append(Crontab(run))
    return tuple(found)


def _checked(run: Run, command: Sequence[str], text: str = "") -> str:
    done = run(command, text)
    if done.code != 0:
        said = " ".join((done.err or done.out).split())[:200]
        raise ScheduleFailed(f"`{shlex.join(command)}` failed: {said or done.code}.")
    return done.out


class Systemd:
    """A timer and a service of the user's systemd. A night that was missed is made up for."""

    name = "systemd user timer"

    def __init__(self, run: Run, folder: Path) -> None:
        self._run = run
        self._timer = folder / f"{NAME}.timer"
        self._service = folder / f"{NAME}.service"

    def text(self, job: Job) -> str:
        return f"# {self._timer}\n{_timer(job)}\n# {self._service}\n{_service(job)}"

    def installed(self) -> str:
        parts = [f"# {p}\n{p.read_text(encoding='utf-8')}" for p in (self._timer, self._service) if p.is_file()]
        return "\n".join(parts)

    def install(self, job: Job) -> None:
        self._timer.parent.mkdir(parents=True, exist_ok=True)
        self._service.write_text(_service(job), encoding="utf-8")
        self._timer.write_text(_timer(job), encoding="utf-8")
        _checked(self._run, ("systemctl", "--user", "daemon-reload"))
        _checked(self._run, ("systemctl", "--user", "enable", "--now", self._timer.name))

    def remove(self) -> None:
        if not self.installed():
            return
        _checked(self._run, ("systemctl", "--user", "disable", "--now", self._timer.name))
        self._timer.unlink(missing_ok=True)
        self._service.unlink(missing_ok=True)
        _checked(self._run, ("systemctl", "--user", "daemon-reload"))


def _timer(job: Job) -> str:
    return (
        "[Unit]\nDescription=Reverie sleeps\n\n"
        f"[Timer]\nOnCalendar=*-*-* {job.hour:02}:{job.minute:02}:00\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def _service(job: Job) -> str:
    def quoted(text: str) -> str:
        inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
        return f'"{inner}"'

    variables = "".join(f"Environment={quoted(f'{name}={value}')}\n" for name, value in job.environment.items())
    command = " ".join(quoted(word).replace("$", "$$") for word in job.command)
    return f"[Unit]\nDescription=Reverie sleeps\n\n[Service]\nType=oneshot\nNice=10\n{variables}ExecStart={command}\n"


class Launchd:
    """An agent of macOS. It runs after waking up where the machine slept through its time."""

    name = "launchd agent"

    def __init__(self, run: Run, folder: Path) -> None:
        self._run = run
        self._file = folder / f"{LABEL}.plist"

    def text(self, job: Job) -> str:
        words = "".join(f"    <string>{escape(word)}</string>\n" for word in job.command)
        pairs = "".join(
            f"    <key>{escape(name)}</key><string>{escape(value)}</string>\n"
            for name, value in job.environment.items()
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">\n<dict>\n'
            f"  <key>Label</key><string>{LABEL}</string>\n"
            f"  <key>ProgramArguments</key>\n  <array>\n{words}  </array>\n"
            f"  <key>EnvironmentVariables</key>\n  <dict>\n{pairs}  </dict>\n"
            "  <key>StartCalendarInterval</key>\n  <dict>\n"
            f"    <key>Hour</key><integer>{job.hour}</integer>\n    <key>Minute</key><integer>{job.minute}</integer>\n"
            "  </dict>\n  <key>LowPriorityIO</key><true/>\n</dict>\n</plist>\n"
        )

    def installed(self) -> str:
        return self._file.read_text(encoding="utf-8") if self._file.is_file() else ""

    def install(self, job: Job) -> None:
        if self.installed():
            self._run(("launchctl", "unload", str(self._file)), "")
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(self.text(job), encoding="utf-8")
        _checked(self._run, ("launchctl", "load", "-w", str(self._file)))

    def remove(self) -> None:
        if self.installed():
            _checked(self._run, ("launchctl", "unload", "-w", str(self._file)))
            self._file.unlink(missing_ok=True)


class Crontab:
    """A line of the user's crontab. The other lines stay as they are."""

    name = "crontab"

    def __init__(self, run: Run) -> None:
        self._run = run

    def text(self, job: Job) -> str:
        variables = [f"{name}={shlex.quote(value)}" for name, value in job.environment.items()]
        command = " ".join([*variables, shlex.join(job.command)]).replace("%", "\\%")
        return f"{job.minute} {job.hour} * * * {command} {MARK}\n"

    def installed(self) -> str:
        return "".join(line for line in self._lines() if _ours(line))

    def install(self, job: Job) -> None:
        kept = [line for line in self._lines() if not _ours(line)]
        if kept and not kept[-1].endswith("\n"):
            kept[-1] += "\n"
        self._write([*kept, self.text(job)])

    def remove(self) -> None:
        lines = self._lines()
        kept = [line for line in lines if not _ours(line)]
        if kept != lines:
            self._write(kept)

    def _lines(self) -> list[str]:
        done = self._run(("crontab", "-l"), "")
        if done.code == 0:
            return done.out.splitlines(keepends=True)
        # Anything but "there is none" must not be taken for an empty one, which would then be written back.
        if "no crontab" in done.err.lower() or "no such file" in done.err.lower():
            return []
        raise ScheduleFailed(f"The crontab cannot be read: {' '.join(done.err.split())[:200] or done.code}.")

    def _write(self, lines: Sequence[str]) -> None:
        _checked(self._run, ("crontab", "-"), "".join(lines))


def _ours(line: str) -> bool:
    return line.rstrip().endswith(MARK)
