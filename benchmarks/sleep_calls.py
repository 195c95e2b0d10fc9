"""What a night asks of a language model: `python -m benchmarks.sleep_calls MESSAGES.jsonl --mem0 PYTHON [--new N]`.

MESSAGES.jsonl is a conversation that `reverie import` reads; PYTHON is an interpreter that has mem0 (pip install
mem0ai). Both programs are lent the same counting model: mem0 with `add(infer=True)` for each exchange of user and
assistant, as its documentation shows, Reverie in one night over all of them.
"""

import argparse
import json
import subprocess
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.models import parse_model
from assistant.nights import make_night
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import OpenAISettings, Settings
from benchmarks.counting_server import Counts, counting
from benchmarks.report import machine, table
from memory.clock import FixedClock
from memory.transfer import import_path
from sleep.night import Options


def exchanges(path: Path, new: int) -> list[list[dict[str, Any]]]:
    """The first `new` messages of the user, each with what came before the next one."""
    found: list[list[dict[str, Any]]] = []
    with path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["role"] == "user":
                if len(found) == new:
                    break
                found.append([])
            if found:
                found[-1].append(row)
    return found


def by_mem0(python: str, talk: list[list[dict[str, Any]]], folder: Path) -> Counts:
    """mem0, in a process of its own."""
    file = folder / "exchanges.jsonl"
    plain = ([{"role": m["role"], "content": m["content"]} for m in exchange] for exchange in talk)
    file.write_text("".join(json.dumps(exchange) + "\n" for exchange in plain), encoding="utf-8")
    with counting() as (address, counts):
        script = Path(__file__).with_name("mem0_add.py")
        subprocess.run([python, str(script), str(file), address, str(folder)], check=True, capture_output=True)
        return counts


def by_a_night(talk: list[list[dict[str, Any]]], folder: Path) -> Counts:
    """One night of a home of its own."""
    file = folder / "messages.jsonl"
    file.write_text("".join(json.dumps(m) + "\n" for exchange in talk for m in exchange), encoding="utf-8")
    paths = Paths(data=folder / "home", config=folder / "home", cache=folder / "home").ready()
    last = datetime.fromisoformat(talk[-1][-1]["created_at"]).astimezone(UTC)
    with counting() as (address, counts):
        settings = Settings(model="openai:counting", openai=OpenAISettings(base_url=address))
        with closing(Runtime.open(paths=paths, settings=settings, clock=FixedClock(last))) as runtime:
            import_path(
                file, database=runtime.database, conversations=runtime.conversations, memories=runtime.memories,
                clock=runtime.clock,
            )  # fmt: skip
            runtime.vectors.work()
            with make_night(runtime, Options(), parse_model(settings.model)) as night:
                night.run()
        return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("messages", type=Path)
    parser.add_argument("--mem0", required=True, help="a Python that has mem0")
    parser.add_argument("--new", type=int, default=200, help="messages of the user")
    wanted = parser.parse_args()
    talk = exchanges(wanted.messages, wanted.new)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        theirs, ours = by_mem0(wanted.mem0, talk, Path(one)), by_a_night(talk, Path(other))
    said = len(talk)
    print(machine(), "\n")
    print(
        table(
            [f"for {said} messages of the user", "calls", "a message", "ratio", "prompt tokens a message", "ratio"],
            [_row("mem0 add(infer=True)", theirs, theirs, said), _row("one night", ours, theirs, said),
             ["at most", "", "", "0.20x", "", "0.33x"]],
        )
    )  # fmt: skip
    print(f"\nThe night's calls by what they ask for: {ours.purposes}")


def _row(name: str, counts: Counts, base: Counts, said: int) -> list[object]:
    calls, tokens = counts.calls / base.calls, counts.prompt_tokens / base.prompt_tokens
    return [name, counts.calls, f"{counts.calls / said:.2f}", f"{calls:.2f}x",
            f"{counts.prompt_tokens / said:,.0f}", f"{tokens:.2f}x"]  # fmt: skip


if __name__ == "__main__":
    main()
