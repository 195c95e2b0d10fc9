"""`reverie demo`: the story as a person sees it, and that nothing is left of it."""

from pathlib import Path

import pytest

from assistant.cli.demoing import tell_story
from assistant.demo import script
from assistant.demo.closed_book import Effort
from docs.record import COLUMNS, Output, cast, lines, picture
from tests.cli.conftest import Cli


@pytest.mark.timeout(400)
def test_the_story_without_weights(cli: Cli, home: Path) -> None:
    found = cli("demo", "--quick")
    assert found.code == 0 and found.err == ""
    told = found.out.split("\n== ")
    titles = [part.splitlines()[0] for part in told]
    assert titles[1:] == [
        "A week of talk", "Night n2, Monday at 02:00", "Asked before the night, and after it",
        f"Purge: everything about {script.PURGED}, for good", "The last night taken back", "What it took",
    ]  # fmt: skip
    _, talk, night, asked, purge, undo, _ = told
    assert all(text in talk for day in script.WEEK for text in day) and "night n1: 7 messages read" in talk
    assert "1 superseded, 1 put into the past" in night and "1 dreamt" in night and "Is there something" in night
    assert "You flew to Lisbon on 8 May 2026." in night and "wrong" not in night
    where, flight, _, never = asked.split("\n? ")[1:]
    assert "before: You told me on 9 May: “I live in Paris.”" in where and "Lyon" not in where.partition("after:")[2]
    assert "I assume: “You flew to Lisbon" in flight.partition("after:")[2]
    assert "You haven't told me that." in never
    assert "messages" in purge and "fingerprints" in purge
    assert "before: You told me on 8 May: “Your neighbour is called Oscar.”" in purge
    assert "after: You haven't told me that." in purge
    assert "n2 is undone" in undo and "“You are flying to Lisbon on 8 May 2026.”" in undo
    assert not home.exists() or not list(home.rglob("*.db"))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_story_with_weights(capsys: pytest.CaptureFixture[str]) -> None:
    """As `reverie demo` tells it: nights that are too short pass no gate, and leave nothing to learn anew."""
    assert tell_story(Effort()) == 0
    told = capsys.readouterr().out
    assert "Night 2 learns:" in told and "Recall of what each night learned" in told
    assert "other memories learned anew" in told and "adapters, to be trained anew without it" in told
    assert "Closed book: what learned of it is off" in told


def test_a_recording_is_what_was_printed() -> None:
    outputs = [Output(0.5, "one\r\ntw"), Output(90.0, "o\r\n"), Output(90.1, "x" * (COLUMNS + 1) + "\r\n<&>\r\n")]
    shown = lines(outputs)
    assert [line for _, line in shown] == ["one", "two", "x" * COLUMNS, "x", "<&>"]
    assert shown[0][0] == 0.5 and shown[1][0] == 2.5  # a long wait is cut
    assert cast(outputs, "a story").count("\n") == len(outputs) + 1
    assert "&lt;&amp;&gt;" in picture(shown, "a story") and "http://www.w3.org" in picture(shown, "a story")
