"""What is typed wrongly: one line that says what, where and what to do, exit code 2, and nothing lost."""

import sys
from pathlib import Path

import pytest

from assistant.cli.reference import SHAPES
from tests.cli.conftest import Cli

WRONG = [
    (("memry",), "memory"),
    (("memory", "lst"), "list"),
    (("memory", "list", "--kind", "nothing"), "preference"),
    (("memory", "list", "--status", "nothing"), "retired"),
    (("memory", "show", "x9"), "m41"),
    (("memory", "show"), "Missing argument"),
    (("memory", "edit", "m1"), "say what to change"),
    (("memory", "list", "--limit", "0"), "greater than or equal to 1"),
    (("memory", "list", "--limt", "3"), "--limit"),
    (("recall",), "say what to look for"),
    (("recall", "x", "-k", "many"), "valid integer"),
    (("config", "set", "modle", "none"), "model"),
    (("config", "set", "index.backend", "nothing"), "chroma"),
    (("config", "set", "context.window", "soon"), "context"),
    (("--temporary", "memory", "list"), "take it out"),
    (("export", "--format", "pdf"), "jsonl"),
    (("import", "/nowhere/at/all.zip"), "/nowhere/at/all.zip"),
    (("ask", ""), "nothing to say"),
    (("--conversation", "m3"), "c"),
]


@pytest.mark.parametrize(("arguments", "hint"), WRONG, ids=[" ".join(row[0])[:40] for row in WRONG])
def test_one_line_and_a_way_on(cli: Cli, arguments: tuple[str, ...], hint: str) -> None:
    ended = cli(*arguments)
    assert ended.code in (1, 2), ended
    assert hint in ended.err and ended.err.startswith(("reverie: ", "Usage")), ended.err
    assert len(ended.err.strip().splitlines()) <= 3 and ended.out == ""


def test_an_unknown_memory_is_not_found(cli: Cli) -> None:
    for command in ("show", "pin", "retire", "restore", "purge"):
        ended = cli("memory", command, "m77")
        assert ended.code in (1, 3) and "m77" in ended.err, command


def test_help_is_there_for_every_command(cli: Cli) -> None:
    for name in SHAPES:
        words = name.split(" (")[0].split(" --")[0].split()
        ended = cli(*words, "--help")
        assert ended.code == 0 and "Usage: reverie " + " ".join(words) in ended.out


def test_the_version_is_the_package_s(cli: Cli) -> None:
    from importlib.metadata import version

    assert cli("--version").out == f"reverie {version('reverie')}\n"


def test_one_console_script() -> None:
    import tomllib
    from importlib.metadata import entry_points

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"reverie": "assistant.__main__:main"}
    ours = [e.name for e in entry_points(group="console_scripts") if e.value.split(".")[0] in ("assistant", "sleep")]
    assert ours == ["reverie"]


def test_shell_completion(program: Cli) -> None:
    shown = program("--show-completion", "bash")
    assert (shown.code == 0 and "_REVERIE_COMPLETE" in shown.out) or "complete" in shown.out


@pytest.mark.parametrize("arguments", [("--help",), ("memory", "list"), ("config", "show"), ("memory", "--help")])
def test_quick_commands_import_nothing_heavy(program: Cli, arguments: tuple[str, ...]) -> None:
    import subprocess

    code = (
        f"import sys\nfrom assistant.cli.run import run\nrun({list(arguments)!r})\nprint(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    loaded = {name.split(".")[0] for name in ended.stderr.split()}
    heavy = {"torch", "transformers", "chromadb", "sentence_transformers", "peft", "textual", "numpy", "pydantic_ai"}
    assert loaded and not loaded & heavy
    assert not {name for name in loaded if name.startswith(("langchain", "openai", "anthropic", "ollama"))}
