"""The command line: in this process where that is quick, as a program where the process matters."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.run import run

PROGRAM = [sys.executable, "-m", "assistant"]


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Result]


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in this process."""

    def do(*arguments: str) -> Result:
        capsys.readouterr()
        try:
            code = run(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Result(code, captured.out, captured.err)

    return do


@pytest.fixture
def program(home: Path) -> Cli:
    """Run a command as a program of its own."""

    def do(*arguments: str, given: str = "", limit: int = 0, **environment: str) -> Result:
        command = [*PROGRAM, *arguments]
        if limit:  # no file may grow beyond this, as on a full disk
            most = f"import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
            command = [sys.executable, "-c", f"{most}os.execv(sys.argv[1], sys.argv[1:])", *command]
        ended = subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=120, env={**os.environ, **environment}
        )
        assert "Traceback" not in ended.stdout + ended.stderr, ended.stderr
        return Result(ended.returncode, ended.stdout, ended.stderr)

    return do
