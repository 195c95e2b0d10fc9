"""Lock files with hashes: `python -m supply.lock` makes them, `python -m supply.lock --check` compares, offline.

`locks/chat.txt` is what `make chat` installs, `locks/test.txt` what `make test` adds: every package by number, with the
hashes of its files, so that pip takes no other. torch is left out, with what only some builds of it need: which build
is right depends on the machine (pip's own index, one for processors alone, one in a folder), and each has hashes of its
own. The Makefile names its number.

The check needs no network: every direct requirement of pyproject.toml, in every extra, has to be in the lock at a
version that it allows, and every entry has to have a hash. What packages ask of each other, `pip check` looks at.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT = Path("pyproject.toml")
LOCKS = {"all": Path("locks/chat.txt"), "test": Path("locks/test.txt")}
"""Each extra with its lock."""
APART = re.compile(r"^(torch|triton|nvidia-.*|cuda-.*)$")
"""Installed with torch, whose build is the machine's choice."""
_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s;\\]+)")


@dataclass(frozen=True, slots=True)
class Pinned:
    """One entry of a lock."""

    name: str
    version: Version
    hashes: int


def pinned(path: Path) -> dict[str, Pinned]:
    """The entries of a lock by canonical name; several for different Pythons count as the last."""
    found: dict[str, Pinned] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if entry := _ENTRY.match(line):
            name = canonicalize_name(entry["name"])
            found[name] = Pinned(name, Version(entry["version"]), 0)
        elif "--hash=sha256:" in line and name:
            one = found[name]
            found[name] = Pinned(one.name, one.version, one.hashes + 1)
    return found


def wanted(extra: str) -> Iterator[Requirement]:
    """The direct requirements of the project with an extra, and of the extras that it names."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    todo, seen = [extra], {extra}
    yield from map(Requirement, project["dependencies"])
    while todo:
        for requirement in map(Requirement, extras[todo.pop()]):
            if requirement.name == project["name"]:
                todo += [name for name in requirement.extras if name not in seen]
                seen |= requirement.extras
            else:
                yield requirement


def problems(extra: str, path: Path) -> list[str]:
    """What does not agree between the project and a lock; empty if all does."""
    if not path.exists():
        return [f"{path} is missing"]
    lock = pinned(path)
    wrong = [f"{path}: {one.name} has no hash" for one in lock.values() if not one.hashes]
    wrong += [f"{path}: {name} is in it, and does not belong there" for name in lock if APART.match(name)]
    for requirement in wanted(extra):
        name = canonicalize_name(requirement.name)
        if APART.match(name):
            continue
        if name not in lock:
            wrong.append(f"{path}: {requirement} is not in it")
        elif not requirement.specifier.contains(lock[name].version, prereleases=True):
            wrong.append(f"{path}: {name} {lock[name].version} is not {requirement.specifier}")
    return wrong


def make(extra: str, path: Path, upgrade: bool) -> None:
    """Resolve for every Python and system that the project is for; what is locked stays unless it is upgraded."""
    command = [
        "uv", "pip", "compile", str(PROJECT), "--extra", extra, "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-header", "--no-annotate", "--quiet", "--output-file", str(path),
    ]  # fmt: skip
    command += ["--upgrade"] if upgrade else []
    command += ["--constraint", str(LOCKS["all"])] if extra != "all" else []
    path.parent.mkdir(exist_ok=True)
    subprocess.run([str(Path(sys.executable).with_name("uv")), *command[1:]], check=True)
    kept, keeping = [], True
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if entry := _ENTRY.match(line):
            keeping = not APART.match(canonicalize_name(entry["name"]))
        if keeping:
            kept.append(line)
    path.write_text("".join(kept), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--upgrade", action="store_true", help="take the newest that is allowed")
    options = parser.parse_args()
    if not options.check:
        for extra, path in LOCKS.items():
            make(extra, path, options.upgrade)
    wrong = [problem for extra, path in LOCKS.items() for problem in problems(extra, path)]
    print("\n".join(wrong) or "The locks agree with pyproject.toml.", file=sys.stderr if wrong else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
