"""The pages: their examples run, their commands exist, and what is made from the program is as the program says."""

import re
from pathlib import Path

import pytest
import typer.main

from assistant.cli import reference as commands
from assistant.cli.app import app
from memory import reference as schema
from tests.docs.examples import alike, pages, steps

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
WITH_EXAMPLES = [page for page in PAGES if "```console\n" in page.read_text(encoding="utf-8")]


def called(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=called)
def test_the_examples_print_what_the_page_says(
    page: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVERIE_NOW", "2026-05-01T09:00:00Z")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    found = list(pages(page.parent).parse(page).examples())
    assert found
    for example in found:
        example.evaluate()


def test_what_differs_is_seen() -> None:
    assert [s.command for s in steps("$ a\n1\n2\n$ b\n")] == ["a", "b"]
    assert alike(["1", "…", "3 … 5"], "1\n2\n2\n3 4 5") and alike(["…"], "") and alike([], "")
    assert (
        not alike(["1"], "2") and not alike(["1"], "1\n2") and not alike([], "1") and not alike(["1", "…", "3"], "1\n2")
    )


_CALLS = re.compile(r"(?m)(?:`|^\s*(?:\$ )?|\| )reverie ([^`\n]*)")


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "commands-cli.md"], ids=called)
def test_commands_on_the_pages_exist(page: Path) -> None:
    for call in _CALLS.findall(page.read_text(encoding="utf-8")):
        command, words = typer.main.get_command(app), call.partition(" #")[0].split()
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
        used = {word.partition("=")[0].strip(",.;:)") for word in words if re.match(r"--[a-z]", word)}
        assert used <= {*known, "--help", "--install-completion", "--show-completion"}, call
        if words and hasattr(command, "commands"):
            assert not re.fullmatch(r"[a-z]+", words[0]), f"{page.name}: there is no command: reverie {call}"


@pytest.mark.parametrize(
    ("module", "name"),
    [(m, name) for m in (commands, schema) for name in m.PAGES],
    ids=lambda v: getattr(v, "__name__", v),
)
def test_pages_made_from_the_program_are_as_it_says(module, name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == module.PAGES[name](), f"run `python -m {module.__name__}`"


def test_the_changelog_has_this_version() -> None:
    """Keep a Changelog: newest first, each version with its day, and the one that is built among them."""
    headings = re.findall(r"(?m)^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    version = re.search(r'(?m)^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert version and headings[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", heading) for heading in headings[1:])
    assert headings[1].startswith(f"[{version[1]}]")
    days = [heading.rpartition(" ")[2] for heading in headings[1:]]
    assert days == sorted(days, reverse=True)
