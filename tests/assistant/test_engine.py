import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import Busy
from assistant.events import Accepted, Failed, Finished, MemoryWritten, Notice, Retrieved, TextDelta, Usage
from assistant.responder import Responder
from assistant.runtime import Runtime
from memory.errors import InvalidInput
from memory.types import NewMemory
from tests.assistant.fakes import REFUSED, FakeResponder, collect, of, say

Use = Callable[[Responder], Runtime]


async def test_a_turn_in_order(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("Hel", "lo."))
    conversation = runtime.conversations.create()
    events = await say(runtime.engine, conversation.id, "Hi")
    assert [type(e) for e in events] == [Accepted, Retrieved, TextDelta, TextDelta, Usage, Finished]
    assert [m.content for m in runtime.conversations.thread(conversation.id)] == ["Hi", "Hello."]
    answer = events[-1].message  # type: ignore[union-attr]
    assert (answer.model, answer.prompt_tokens, answer.status) == ("fake:one", 11, "complete")


async def test_the_message_is_stored_before_the_model_is_asked(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder(None))
    conversation = runtime.conversations.create()
    turn = runtime.engine.answer(conversation.id, "keep this")
    async for event in turn:
        if isinstance(event, Accepted):
            assert runtime.conversations.thread(conversation.id)[-1].content == "keep this"
            turn.cancel()


async def test_cancel_keeps_the_part_written(with_responder: Use) -> None:
    responder = FakeResponder("The first half", None)
    runtime = with_responder(responder)
    conversation = runtime.conversations.create()
    turn = runtime.engine.answer(conversation.id, "go on")
    events = []
    async for event in turn:
        events.append(event)
        if isinstance(event, TextDelta):
            turn.cancel()
    assert isinstance(events[-1], Finished)
    assert (events[-1].message.status, events[-1].message.content) == ("stopped", "The first half")
    assert responder.closed
    assert runtime.ledger.list()[0].status == "stopped"


async def test_a_reader_that_leaves_loses_nothing(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("half", None))
    conversation = runtime.conversations.create()

    async def read() -> None:
        await say(runtime.engine, conversation.id, "go on")

    task = asyncio.create_task(read())
    while len(runtime.conversations.thread(conversation.id)) < 1:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stored = runtime.conversations.thread(conversation.id)
    assert [(m.content, m.status) for m in stored] == [("go on", "complete"), ("half", "stopped")]
    await say(with_responder(FakeResponder("fine")).engine, conversation.id, "again")


@pytest.mark.parametrize(("pieces", "kept"), [((REFUSED,), 1), (("some of", REFUSED), 2)])
async def test_a_model_error_keeps_the_message_and_says_what_to_do(
    with_responder: Use, pieces: tuple[str | Exception, ...], kept: int
) -> None:
    runtime = with_responder(FakeResponder(*pieces))
    conversation = runtime.conversations.create()
    (failed,) = of(await say(runtime.engine, conversation.id, "hello?"), Failed)
    assert (failed.message, failed.hint, failed.kind) == (REFUSED.message, REFUSED.hint, "model")
    assert len(runtime.conversations.thread(conversation.id)) == kept
    assert (failed.partial is not None) == (kept == 2)
    assert runtime.ledger.list()[0].status == "failed"


async def test_a_defect_ends_the_turn_not_the_program(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("x", ZeroDivisionError("oops")))
    conversation = runtime.conversations.create()
    (failed,) = of(await say(runtime.engine, conversation.id, "hello?"), Failed)
    assert failed.kind == "bug" and "ZeroDivisionError" in failed.message and "oops" not in failed.message


async def test_only_given_ids_are_citations(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("You like tea [m1", "] and [m99] ```[m2]``` [t1].", give=1))
    for text in ("You like green tea.", "Tea is grown in the Azores."):
        runtime.memories.add(NewMemory(text=text))
    conversation = runtime.conversations.create()
    events = await say(runtime.engine, conversation.id, "Do I like green tea?")
    finished = events[-1]
    assert isinstance(finished, Finished)
    states = {r.hit_id: r.state for r in finished.recall}
    assert states == {"m1": "cited", "m2": "found"}
    assert runtime.conversations.recall_of(finished.message.id) == finished.recall
    assert "[m99]" in finished.message.content


async def test_the_ledger_names_what_left_the_machine(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("ok", give=1))
    runtime.memories.add(NewMemory(text="You like green tea."))
    conversation = runtime.conversations.create()
    await say(runtime.engine, conversation.id, "green tea?")
    (call,) = runtime.ledger.list()
    assert (call.model, call.remote, call.sent, call.status) == ("fake:one", True, ("m1",), "ok")
    assert (call.prompt_tokens, call.completion_tokens, call.conversation) == (11, 7, "c1")


async def test_escapes_in_an_answer_never_come_out(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("safe \x1b[3", "1mred\x1b]52;c;", "eA==\x07 end", "\x00"))
    conversation = runtime.conversations.create()
    events = await say(runtime.engine, conversation.id, "hi")
    assert "".join(e.text for e in of(events, TextDelta)) == "safe red end"
    assert events[-1].message.content == "safe red end"  # type: ignore[union-attr]


async def test_one_turn_at_a_time(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("x"))
    conversation = runtime.conversations.create()
    turn = runtime.engine.answer(conversation.id, "one")
    with pytest.raises(Busy):
        runtime.engine.answer(conversation.id, "two")
    await collect(turn)
    await say(runtime.engine, conversation.id, "three")


@pytest.mark.parametrize("text", ["", " \n", "\x1b[0m", "\x00"])
def test_nothing_to_say_is_refused_at_once(runtime: Runtime, text: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        runtime.engine.answer(runtime.conversations.create().id, text)


async def test_a_message_of_a_megabyte(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("long"))
    conversation = runtime.conversations.create()
    text = "a word of many " * 70_000
    events = await say(runtime.engine, conversation.id, text)
    assert isinstance(events[-1], Finished)
    assert runtime.conversations.thread(conversation.id)[0].content == text


async def test_retry_makes_a_sibling_and_shows_it(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("first"))
    conversation = runtime.conversations.create()
    await say(runtime.engine, conversation.id, "remember that I like tea")
    question = runtime.conversations.thread(conversation.id)[0]
    runtime.engine.responder = FakeResponder("second")
    events = await collect(runtime.engine.retry(conversation.id, question.id))
    assert of(events, MemoryWritten) == []
    thread = runtime.conversations.thread(conversation.id)
    assert [m.content for m in thread] == ["remember that I like tea", "second"]
    assert [m.content for m in runtime.conversations.siblings(thread[-1].id)] == ["first", "second"]


async def test_wishes_act_at_once_and_can_be_undone(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("ok"))
    conversation = runtime.conversations.create()
    events = await say(runtime.engine, conversation.id, "Remember that I live in Lyon.")
    (written,) = of(events, MemoryWritten)
    memory = runtime.memories.get("m1")
    assert memory.sources[0].quote in "Remember that I live in Lyon."
    assert "m1" in written.summary
    events = await say(runtime.engine, conversation.id, "Remember that I live in Porto.")
    (written,) = of(events, MemoryWritten)
    assert "Lyon" in written.summary
    assert [m.short_id for m in runtime.memories.list()] == ["m2"]
    runtime.memories.undo()
    assert [m.short_id for m in runtime.memories.list()] == ["m1"]
    events = await say(runtime.engine, conversation.id, "Remember that I live in Lyon.")
    assert of(events, MemoryWritten) == [] and "already" in of(events, Notice)[0].text
    await say(runtime.engine, conversation.id, "forget m1")
    assert runtime.memories.list() == ()


async def test_forgetting_something_unclear_asks(with_responder: Use) -> None:
    runtime = with_responder(FakeResponder("ok"))
    for text in ("You like green tea.", "You like black tea."):
        runtime.memories.add(NewMemory(text=text))
    conversation = runtime.conversations.create()
    events = await say(runtime.engine, conversation.id, "forget that I like tea")
    assert of(events, MemoryWritten) == []
    (notice,) = of(events, Notice)
    assert "m1" in notice.text and "m2" in notice.text
    events = await say(runtime.engine, conversation.id, "forget that I own a zeppelin")
    assert of(events, MemoryWritten) == []


async def test_a_temporary_chat_leaves_no_byte(with_responder: Use, home: Path) -> None:
    runtime = with_responder(FakeResponder("sure"))
    runtime.memories.add(NewMemory(text="You like green tea."))
    engine = runtime.temporary_engine()
    conversation = engine.conversations.create()
    events = await say(engine, conversation.id, "Remember that zanzibar is my green secret")
    assert [h.id for h in of(events, Retrieved)[0].hits] == ["m1"]
    assert of(events, MemoryWritten) == []
    assert runtime.conversations.list() == () and list(runtime.ledger.list()) == []
    runtime.close()
    assert not any(b"zanzibar" in p.read_bytes() for p in home.rglob("*") if p.is_file())
