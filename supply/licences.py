"""The licences of everything that is installed: `python -m supply.licences` lists, `--check` compares with the allowed.

A package names its licence as an SPDX expression, in its classifiers, or in words of its own; the first that is there
counts. What says nothing that is understood has to be looked at by a person, who writes the finding into `LOOKED_AT`.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions

from packaging.utils import canonicalize_name

from supply.lock import LOCKS, pinned

ALLOWED = frozenset(
    line.strip().lower()
    for line in """
    0BSD
    3-Clause BSD License
    Apache 2.0
    Apache 2.0 License
    Apache License 2.0
    Apache License, Version 2.0
    Apache Software License
    Apache-2.0
    Apache-2.0 WITH LLVM-exception
    BSD
    BSD License
    BSD-2-Clause
    BSD-3-Clause
    BSL-1.0
    CC0-1.0
    CNRI-Python
    GNU Lesser General Public License v3 (LGPLv3)
    HPND
    ISC
    ISC License (ISCL)
    LGPL-3.0-only
    LGPL-3.0-or-later
    MIT
    MIT License
    MIT-0
    MIT-CMU
    MPL-2.0
    Mozilla Public License 2.0 (MPL 2.0)
    PSF-2.0
    Python Software Foundation License
    The Unlicense (Unlicense)
    Unlicense
    Zlib
    """.splitlines()
    if line.strip()
)
"""Permissive licences, and those that ask for changes to the package itself alone: it is used as it is."""
LOOKED_AT = {"click-default-group": "BSD-3-Clause", "pyrage": "MIT", "tiktoken": "MIT"}
"""By name: the licence that a person found in the package's files."""
OWN = frozenset({"reverie"})


@dataclass(frozen=True, slots=True)
class Licensed:
    """A package with what it says of its licence."""

    name: str
    version: str
    licence: str

    @property
    def allowed(self) -> bool:
        """Whether every part of it, or of a choice one part, is allowed."""
        choices = re.split(r"\s+OR\s+", self.licence)
        parts = ([part.strip(" ").lower() for part in re.split(r"\s+AND\s+|;", choice)] for choice in choices)
        return any(all(part in ALLOWED or part.strip("()") in ALLOWED for part in some) for some in parts)


def licence_of(found: Distribution) -> str:
    """What a package says; empty if nothing that can be compared."""
    meta = found.metadata
    name = canonicalize_name(meta["Name"])
    if name in LOOKED_AT:
        return LOOKED_AT[name]
    if expression := meta.get("License-Expression"):
        return str(expression)
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in meta.get_all("Classifier") or []
        if line.startswith("License :: OSI Approved ::")
    ]
    words = str(meta.get("License") or "").strip()
    return "; ".join(classifiers) or (words if "\n" not in words and len(words) < 80 else "")


def installed() -> Iterator[Licensed]:
    """Everything in this environment that is locked, by name; and torch, which is installed apart."""
    names = {name for path in LOCKS.values() for name in pinned(path)} | {"torch"}
    for found in sorted(distributions(), key=lambda one: one.metadata["Name"].lower()):
        name = canonicalize_name(found.metadata["Name"])
        if name in names - OWN:
            yield Licensed(found.metadata["Name"], found.version, licence_of(found))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only tell what is not allowed")
    options = parser.parse_args()
    packages = list(installed())
    for one in packages:
        if not (options.check and one.allowed):
            print(f"{one.name} {one.version}: {one.licence or 'says nothing'}{'' if one.allowed else '  NOT ALLOWED'}")
    wrong = [one for one in packages if not one.allowed]
    print(f"{len(packages)} packages, {len(wrong)} to be looked at.", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
