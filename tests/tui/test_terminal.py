"""The terminal is told how far a night is, where it understands that."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.driving import ready
from tui.app import ReverieApp
from tui.sleeping.terminal import TerminalProgress, progress_of, understands
from tui.sleeping.work import Look, Stage


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"TERM_PROGRAM": "ghostty"}, True),
        ({"TERM_PROGRAM": "ghostty", "TMUX": "/tmp/x"}, False),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"WT_SESSION": "1"}, True),
        ({"VTE_VERSION": "8003"}, True),
        ({"VTE_VERSION": "7600"}, False),
        ({"VTE_VERSION": "new"}, False),
    ],
)
def test_only_terminals_that_understand_are_told(environment, expected):
    assert understands(environment) is expected


looks = st.builds(
    Look,
    state=st.sampled_from(["idle", "working", "reviewing", "applying", "done", "failed"]),
    stages=st.lists(st.builds(Stage, name=st.just("extract"), done=st.integers(-5, 50), total=st.integers(0, 40))),
)


@given(st.lists(looks))
def test_nothing_is_told_twice_and_nothing_stays(many):
    told: list[str] = []
    progress = TerminalProgress(told.append)
    for look in many:
        progress.show(look)
    progress.clear()
    assert all(re.fullmatch(r"\x1b\]9;4;[0134];(\d\d?|100)\x1b\\", line) for line in told)
    assert all(a != b for a, b in pairwise(told))
    assert not told or told[-1] == "\x1b]9;4;0;0\x1b\\"


def test_the_share_is_that_of_the_stage():
    look = Look(state="working", stages=[Stage("extract", 4, 4), Stage("dedupe", 3, 12)])
    assert progress_of(look) == (1, 25)
    assert progress_of(Look(state="working")) == (3, 0)
    assert progress_of(Look(state="reviewing")) == (4, 100)


async def test_the_chat_follows_a_night_and_leaves_nothing(runtime):
    told: list[str] = []
    app = ReverieApp(runtime)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        assert app.chat.away.progress is None, "a test is no terminal that understands"
        app.chat.away.progress = TerminalProgress(told.append)
        app.chat.night.look = Look(state="working", stages=[Stage("extract", 1, 4)])
        app.chat.show_activity()
        assert told == ["\x1b]9;4;1;25\x1b\\"]
    assert told[-1] == "\x1b]9;4;0;0\x1b\\"
