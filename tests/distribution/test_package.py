"""What is handed out: the wheel and the archive, built from a copy of the project, and the wheel installed and used."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(400)  # building and installing counts towards the first test
ROOT = Path(__file__).parents[2]
UNWANTED = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
NEEDED = (
    "memory/migrations/env.py",
    "memory/migrations/versions/0001_initial.py",
    "memory/ranking/weights.json",
    "sleep/data/thresholds.json",
    "sleep/weights/pocket/data/model.safetensors",
    "sleep/weights/pocket/data/chat_template.jinja",
    "sleep/weights/pocket/data/README.md",
    "tui/reverie.tcss",
)


@dataclass(frozen=True)
class Built:
    wheel: Path
    archive: Path


def done(*command: object, **environment: str) -> str:
    """What a command prints; it has to end well."""
    ended = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=170, env={**os.environ, **environment}
    )
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both, the wheel made from the archive; from a copy, for building leaves files beside the source."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(ROOT, folder / "source", ignore=UNWANTED)
    done(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder / "source")
    (wheel,), (archive,) = (folder / "dist").glob("*.whl"), (folder / "dist").glob("*.tar.gz")
    return Built(wheel, archive)


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment that has the wheel alone, and finds what it depends on where these tests do."""
    place = tmp_path_factory.mktemp("clean")
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    done(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", built.wheel)
    libraries = Path(done(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # A path in such a file is searched, but the files of that kind in it are not read: the checkout stays unseen.
    (libraries / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return place / "bin"


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somewhere else than in the checkout."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    yield


def test_the_wheel_holds_what_the_program_reads(built: Built) -> None:
    names = zipfile.ZipFile(built.wheel).namelist()
    assert set(NEEDED) <= set(names)
    assert any(name.endswith("data/share/man/man1/reverie.1") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "docs/"))]
    ours = {
        path.relative_to(ROOT)
        for layer in ("memory", "sleep", "assistant", "tui")
        for path in (ROOT / layer).rglob("*.py")
    }
    assert {str(path) for path in ours} <= set(names)


def test_the_archive_is_the_project(built: Built) -> None:
    with tarfile.open(built.archive) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"README.md", "CHANGELOG.md", "LICENSE", "Makefile", "mkdocs.yml", "docs/tutorial.md", "docs/hooks.py"}
    assert {*NEEDED, *wanted, "tests/conftest.py", "memory/migrations/script.py.mako"} <= names


def test_the_wheel_installed_elsewhere(installed: Path, away: None, home: Path) -> None:
    """The version is said, the first words are stored and found, the front ends are there, shells can complete."""
    program, python = installed / "reverie", installed / "python"
    assert done(python, "-c", "import memory; print(memory.__file__)").startswith(str(installed.parent))
    version = done(python, "-c", "from importlib.metadata import version; print(version('reverie'))").strip()
    assert done(program, "--version").strip() == f"reverie {version}"
    assert "“I live in Lyon”" in done(program, "ask", "I live in Lyon.")
    assert (home / "reverie.db").is_file()
    ended = subprocess.run([program, "--plain"], input="/quit\n", capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0 and "Traceback" not in ended.stderr
    asked = {"_REVERIE_COMPLETE": "complete_bash", "COMP_WORDS": "reverie sle", "COMP_CWORD": "1"}
    assert done(program, **asked).strip() == "sleep"


def test_the_manual_is_installed(installed: Path) -> None:
    page = installed.parent / "share" / "man" / "man1" / "reverie.1"
    assert page.read_text(encoding="utf-8") == (ROOT / "docs" / "man" / "reverie.1").read_text(encoding="utf-8")
    if shutil.which("man"):
        assert "reverie - A personal assistant" in done("man", "-P", "cat", "-l", page, MANWIDTH="100")


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_everything_from_the_index(built: Built, tmp_path: Path, away: None, home: Path) -> None:
    """With all that it depends on, as a person installs it: gigabytes, and minutes."""
    venv.create(tmp_path / "whole", with_pip=True)
    python = tmp_path / "whole" / "bin" / "python"
    pin = next(line.split("'")[1] for line in (ROOT / "Makefile").read_text().splitlines() if "'torch==" in line)
    for wanted in (pin, f"{built.wheel}[all]"):
        subprocess.run([python, "-m", "pip", "install", "--quiet", wanted], check=True, timeout=3000)
    assert "“I live in Lyon”" in done(python.with_name("reverie"), "ask", "I live in Lyon.")
