"""`reverie sleep schedule`, and the night that it starts."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from assistant.cli.output import fail, say, show, show_json
from assistant.cli.sleeping import Wishes, sleep_now
from assistant.databases import find_news
from assistant.gates import closed, on_mains
from assistant.logfile import traced
from assistant.paths import Paths, find_paths
from assistant.schedule import Job, Scheduler, available, run_program
from assistant.settings_file import load_settings
from memory.clock import clock_from_environment
from memory.errors import Refused, ReverieError
from memory.news import News
from memory.processes import running

LOG_BYTES = 1_000_000
"""From this size on the older half of the log goes."""


def show_schedule(*, as_json: bool) -> int:
    """What is installed, to the letter."""
    found = [(s.name, s.installed()) for s in _schedulers()]
    there = [{"with": name, "text": text} for name, text in found if text]
    if as_json:
        show_json(there)
        return 0
    for entry in there:
        say(f"{entry['with']}:")
        show(entry["text"].rstrip("\n"))
    if not there:
        say("No night is scheduled; `reverie sleep schedule install` does it.")
    return 0


def install_schedule() -> int:
    """Put it where this machine looks first, and nowhere else."""
    best, *others = _schedulers()
    job = _job(find_paths())
    for other in others:
        other.remove()
    best.install(job)
    say(f"Scheduled with the {best.name}:")
    show(best.text(job).rstrip("\n"))
    return 0


def remove_schedule() -> int:
    """Take it away, wherever it is."""
    there = [scheduler for scheduler in _schedulers() if scheduler.installed()]
    for scheduler in there:
        scheduler.remove()
        say(f"Removed from the {scheduler.name}.")
    if not there:
        say("No night was scheduled.")
    return 0


def _schedulers() -> tuple[Scheduler, ...]:
    found = available(run_program, Path.home())
    if not found:
        raise Refused(
            "This machine has neither a systemd user session, nor launchd, nor crontab.",
            "Let whatever starts your programs run `reverie sleep --scheduled`.",
        )
    return found


def _job(paths: Paths) -> Job:
    hour, minute = load_settings(paths).sleep.at.split(":")
    script = Path(sys.executable).with_name("reverie")
    command = (str(script),) if script.is_file() else running("assistant")
    home = os.environ.get("REVERIE_HOME")
    return Job(
        command=(*command, "sleep", "--scheduled"),
        hour=int(hour),
        minute=int(minute),
        environment={"REVERIE_HOME": str(paths.data)} if home else {},
    )


# -- the night that it starts


def scheduled_night(wishes: Wishes) -> int:
    """A night that nobody watches: gates first, and every word into the log."""
    paths = find_paths().ready()
    with _logged(paths.sleep_log):
        return _guarded(lambda: _if_open(paths, wishes))


def _if_open(paths: Paths, wishes: Wishes) -> int:
    clock = clock_from_environment()
    settings = load_settings(paths).sleep
    found = find_news(paths, clock.now())
    # A home of an earlier version cannot tell: its night brings it up to date.
    reason = closed(settings, found or News(unfinished="?"), clock.now(), mains=on_mains())
    print(f"{clock.now():%Y-%m-%dT%H:%M:%SZ} {f'no night: {reason}' if reason else 'a night begins'}")
    return 0 if reason else sleep_now(wishes)


def _guarded(night: Callable[[], int]) -> int:
    """Failures go into the log, too."""
    try:
        return night()
    except ReverieError as error:
        fail(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # our own defect: there is nobody else to tell
        print(traced(error))
        return 1


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.write_bytes(path.read_bytes()[-LOG_BYTES // 2 :])
    with (
        path.open("a", encoding="utf-8", errors="backslashreplace") as log,
        redirect_stdout(log),
        redirect_stderr(log),
    ):
        yield
