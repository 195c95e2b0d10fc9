"""Blocks of `console` on the pages: each command is run in a throw-away home, and must print what stands below it.

A page has one home for all its blocks, in their order. `<!-- now: 2026-05-01T09:00:00Z -->` before a block sets the
clock; `<!-- file: NAME`, its lines and `-->` lay a file into the folder where the commands run. In what is expected,
`…` stands for anything, and alone on a line for any lines.
"""

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser

from assistant.cli.run import run

_NOW = re.compile(r"<!-- now: (\S+) -->")
_FILE = re.compile(r"<!-- file: (\S+)\n(.*?)-->", re.DOTALL)
_PROMPT = "$ "


def pages(docs: Path) -> Sybil:
    """The parser of the pages: `Sybil.parse(path)` gives a page's examples."""
    return Sybil(parsers=[_moments, _files, CodeBlockParser(language="console", evaluator=_evaluate)], path=str(docs))


def _moments(document: Document) -> Iterator[Region]:
    for found in _NOW.finditer(document.text):
        yield Region(found.start(), found.end(), found[1], _set_clock)


def _set_clock(example: Example) -> None:
    os.environ["REVERIE_NOW"] = str(example.parsed)


def _files(document: Document) -> Iterator[Region]:
    for found in _FILE.finditer(document.text):
        yield Region(found.start(), found.end(), found.groups(), _lay_file)


def _lay_file(example: Example) -> None:
    name, content = example.parsed
    Path(name).write_text(content, encoding="utf-8")


@dataclass
class Step:
    """One command and what it is expected to print."""

    command: str
    expected: list[str] = field(default_factory=list)


def steps(block: str) -> list[Step]:
    """The commands of a block."""
    found: list[Step] = []
    for line in block.rstrip("\n").splitlines():
        if line.startswith(_PROMPT):
            found.append(Step(line.removeprefix(_PROMPT)))
        else:
            found[-1].expected.append(line)
    return found


def _evaluate(example: Example) -> str | None:
    """Run a block; returns what differs, if anything does."""
    ran = [(step, printed(step.command)) for step in steps(example.parsed)]
    wrong = [(step, said) for step, said in ran if not alike(step.expected, said)]
    return "\n".join(_difference(step, said) for step, said in wrong) or None


def _difference(step: Step, said: str) -> str:
    lines = unified_diff(step.expected, said.splitlines(), "the page", "the program", lineterm="")
    return "\n".join([f"$ {step.command}", *lines])


def printed(command: str) -> str:
    """What a command prints on both streams: `reverie` in this process, anything else, and pipes, in a shell."""
    words = shlex.split(command)
    if words[0] != "reverie" or {"|", ">", "<"} & set(words):
        return _in_shell(command)
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        try:
            run(words[1:])
        except SystemExit as ended:  # --help
            assert not ended.code, command
    return out.getvalue().rstrip("\n")


def _in_shell(command: str) -> str:
    function = f'reverie() {{ "{sys.executable}" -m assistant "$@"; }}'
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(
        ["bash", "-c", f"{function}\n{command}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        env=environment,
    )
    return ended.stdout.rstrip("\n")


def alike(expected: list[str], said: str) -> bool:
    """Whether what was said is what is expected, where `…` stands for anything."""
    parts = ["(?:.*\n)*?" if line.strip() == "…" else _line(line) for line in expected]
    return re.fullmatch("".join(parts), "".join(f"{line.rstrip()}\n" for line in said.splitlines())) is not None


def _line(line: str) -> str:
    return ".*?".join(map(re.escape, line.rstrip().split("…"))) + "\n"
