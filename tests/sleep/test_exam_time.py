"""A question of the exam that names a time by what happened is searched as in a chat."""

from memory.nights import ExamItem, ItemKind
from sleep.exam.sit import Examiner
from sleep.home import Home
from tests.sleep.conftest import PlainTaker, Tell

QUESTION = "What did I cook since I moved to Lyon?"


def test_what_happened_at_that_time_is_found(night_home: Home, tell: Tell) -> None:
    tell("I cooked fish soup.", "I moved to Lyon.", "I cooked a gratin.")
    item = ExamItem(id="e1", kind=ItemKind.FACT, question=QUESTION)
    sitting = Examiner(night_home, PlainTaker(), [item]).sit()
    (given,) = sitting.given.values()
    channels = {hit.text: {channel.channel for channel in hit.channels} for hit in given}
    assert "dense" in channels["I cooked a gratin."] and "time" in channels["I cooked a gratin."]
    assert list(channels).index("I cooked a gratin.") < list(channels).index("I cooked fish soup.")
