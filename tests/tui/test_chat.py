"""The chat with real keys: say, stream, stop, wait, come back."""

from tests.tui.fakes import USAGE, Gate
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Answer, Said
from tui.chat.welcome import Welcome


def entries(app, kind):
    return [e for e in app.chat.history.entries if isinstance(e, kind)]


async def test_an_answer_streams_and_is_shown_whole(runtime):
    gate = Gate()
    runtime.engine.play("Green **tea**", gate, " it is.", USAGE)
    app = ReverieApp(runtime)
    async with app.run_test(size=(120, 36)) as pilot:
        await wait_until(pilot, lambda: app.chat.query_one(Welcome).display)
        await pilot.press(*"what", "enter")
        await wait_until(pilot, lambda: gate.reached)
        assert entries(app, Answer)[0].text == "Green **tea**"
        gate.open()
        await wait_until(pilot, lambda: entries(app, Answer)[0].message)
        await wait_until(pilot, lambda: not app.chat.talks.talk.busy)
        assert entries(app, Answer)[0].source == "Green **tea** it is."
        assert entries(app, Said)[0].message.short_id == "t1"
        assert not app.chat.query_one(Welcome).display
        assert "1.2 s" in str(app.chat.status.render())
