"""Public conversations in a fresh home of their own: converted by the script beside the data, imported, slept on."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.nights import make_night
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from memory.clock import FixedClock, parse_instant
from memory.nights import Run
from memory.transfer import import_path
from sleep.lock import NightLock
from sleep.night import Options

if TYPE_CHECKING:
    from memory.vectors.base import Embedder

Row = dict[str, Any]


def converted(source: Path, out: Path) -> list[Path]:
    """A folder for each person of a data set, made by `to_jsonl.py` beside the data's folder."""
    script = source.parent.parent / "to_jsonl.py"
    subprocess.run([sys.executable, str(script), str(source), str(out)], check=True, stdout=subprocess.DEVNULL)
    return sorted(path for path in out.iterdir() if path.is_dir())


def rows_of(path: Path) -> list[Row]:
    """The lines of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


@contextmanager
def told(person: Path, home: Path, embedder: "Embedder") -> Iterator[Runtime]:
    """A fresh home with a person's messages, embedded; its clock stands a day after the last of them."""
    messages = rows_of(person / "messages.jsonl")
    clock = FixedClock(parse_instant(max(m["created_at"] for m in messages)) + timedelta(days=1))
    paths = Paths(data=home, config=home, cache=home / "cache")
    settings = Settings(model="none")
    with closing(Runtime.open(paths=paths, settings=settings, clock=clock, load_embedder=lambda: embedder)) as runtime:
        import_path(
            person / "messages.jsonl",
            database=runtime.database,
            conversations=runtime.conversations,
            memories=runtime.memories,
            clock=clock,
        )
        runtime.vectors.work()
        yield runtime


def sleep_once(runtime: Runtime) -> Run | None:
    """A whole night without a model, all of it applied."""
    with NightLock(runtime.paths.data).held(), make_night(runtime, Options(), None) as night:
        return night.run()


def share(part: float, whole: float) -> str:
    """A share as people read it."""
    return f"{part / whole:.1%}" if whole else "-"


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
