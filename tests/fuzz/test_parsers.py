"""A bounded share of the fuzzing, the same in every run; `python -m benchmarks.fuzz` is the large one."""

from itertools import islice

import pytest

from tests.fuzz.targets import TARGETS, cases

SHARE = {"backups": 15, "files": 60, "wishes": 120, "times": 150}


@pytest.mark.parametrize("name", TARGETS)
def test_a_share_of_it(name: str) -> None:
    for said in islice(cases(name, seed=1), SHARE.get(name, 300)):
        try:
            TARGETS[name](said)
        except Exception as error:
            raise AssertionError(f"{name} fails on {said!r}") from error
