"""The collection itself: large, varied, and readable."""

from collections import Counter

from tests.hostile.corpus import CHANNELS, CORPUS, FOLDER


def test_there_is_enough_of_it() -> None:
    assert len(CORPUS) >= 150
    assert len({one.id for one in CORPUS}) == len(CORPUS)
    assert {one.channel for one in CORPUS} == CHANNELS
    assert all(one.tries and one.text for one in CORPUS)
    assert min(Counter(one.kind for one in CORPUS).values()) >= 10


def test_it_can_be_opened_without_harm() -> None:
    for file in FOLDER.glob("*.jsonl"):
        assert all(c == "\n" or " " <= c <= "~" for c in file.read_text(encoding="ascii")), file
