"""Cartridges in the chat: made after the notes, read instead of them, kept, dropped and made again."""

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Event as Flag
from time import sleep

import pytest

from assistant.cartridges import OF_WINDOW, Cartridges, Train
from assistant.cli.health import look_at_cartridges
from assistant.engine import Begun
from assistant.events import Failed, Retrieved
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.forget_talk import delete_conversation
from memory.naps import Nap
from memory.purge import purge
from memory.purge_scope import scope_of
from memory.types import Message, NewMessage
from memory.vectors.hashing import HashEmbedder
from memory.weights import STANDS_FOR
from sleep.nap.cartridge.files import save
from sleep.nap.cartridge.making import Cartridge, part_ids
from sleep.nap.cartridge.manifest import folder_of, manifest_of, work_of
from sleep.nap.cartridge.prefix import read
from sleep.nap.cartridge.task import TASK, Task
from sleep.weights import stack
from sleep.weights.errors import WeightsError
from sleep.weights.lm import LanguageModel
from sleep.weights.seeding import Recipe, fresh_adapter
from tests.assistant.fakes import of, say
from tests.real.tiny_model import make_tiny_model
from tests.tui.driving import entries, idle, ready, type_line
from tests.tui.waiting import wait_until
from tui.app import ReverieApp
from tui.chat.messages import Remark, Said
from tui.chat.resting import Rested
from tui.desk import Desk

TOLD = "I live in Lisbon.", "My sister Ana plays the cello.", "I work as a baker.", "My dog is called Bruno."
AFTER = "I slept badly.", "We had soup.", "I like tea.", "It is cold."
HEARD = "I see, thank you for telling me about that, it is good to know."
TOKENS = 20


def at_once(folder: Path, task: Task, go_on: Callable[[], bool]) -> Path | None:
    """A trainer that does not train: the first keys and values of the part itself."""
    model = stack.load(task.base, task.adapters)
    values = read(model.model, part_ids(model, task.part))[:TOKENS]
    facts, beside = (tuple(dict.fromkeys(f.id for f in some)) for some in (task.part.facts, task.part.kept))
    made = folder / "made"
    save(Cartridge(values, facts, 99, task.how.passes, beside=beside), made, task.base, adapters=task.adapters)
    return made


Opening = Callable[..., Runtime]


@pytest.fixture
def opened(home: Path, clock: FixedClock, tiny_model: Path) -> Iterator[Opening]:
    """Opens the home, as the program does, with a small local model and a trainer."""
    open_now: list[Runtime] = []

    def open_it(train: Train = at_once, **changed: object) -> Runtime:
        paths = Paths(data=home, config=home, cache=home / "cache").ready()
        paths.settings.touch()
        wished = {
            "model": f"local:{tiny_model}", "context_tokens": 512, "memory": {"enabled": False},
            "nap": {"cartridge": True}, "index": {"backend": "exact"},
            "local": {"device": "cpu", "max_new_tokens": 4},
        }  # fmt: skip
        settings = Settings.model_validate(wished | changed)
        runtime = Runtime.open(
            paths=paths, settings=settings, clock=clock, load_embedder=lambda: HashEmbedder(64), train=train
        )
        open_now.append(runtime)
        return runtime

    yield open_it
    for runtime in open_now:
        runtime.close()


def tell(runtime: Runtime, talk: str, *texts: str) -> list[Message]:
    """What the user says, each with an answer; the user's messages."""
    said = []
    for text in texts:
        said.append(runtime.conversations.append(talk, NewMessage(role="user", content=text)))
        runtime.conversations.append(talk, NewMessage(role="assistant", content=HEARD))
    return said


def napped(runtime: Runtime, *more: str) -> tuple[str, list[Message]]:
    """A talk whose beginning became notes, and what the user said in it."""
    talk = runtime.conversations.create("talk").id
    said = tell(runtime, talk, *TOLD, *AFTER, *more)
    assert runtime.engine.nap(talk, early=True) is not None
    return talk, said


def made(runtime: Runtime, talk: str) -> tuple[Nap, ...]:
    future = runtime.engine.imprint(talk)
    return future.result(60) if future is not None else ()


def begun(runtime: Runtime, talk: str) -> Begun:
    return runtime.engine.begun(runtime.conversations.thread(talk))


async def test_it_is_read_instead_of_the_notes_once_it_is_there(opened: Opening) -> None:
    runtime = opened()
    talk, said = napped(runtime)
    before = runtime.engine.prospect(talk)
    assert before is not None and "Lisbon" in before.system and not before.cartridge_tokens
    (nap,) = made(runtime, talk)
    assert nap.cartridge == TOKENS
    after = runtime.engine.prospect(talk)
    assert after is not None and "Lisbon" not in after.system and "<memories>" not in after.system
    assert after.cartridge_tokens == TOKENS and after.tokens < before.tokens + TOKENS
    events = await say(runtime.engine, talk, "Where do I live?")
    assert not of(events, Failed)
    given = of(events, Retrieved)[0].given
    assert said[0].short_id in given, "what the answer was made from is told all the same"
    thread = runtime.conversations.thread(talk)
    assert [n.cartridge for n in runtime.engine.naps(thread)] == [TOKENS]
    assert made(runtime, talk) == (), "nothing is missing"


def test_it_survives_a_restart_and_is_not_for_others(opened: Opening, tiny_model: Path) -> None:
    first = opened()
    talk, _ = napped(first)
    made(first, talk)
    prefix = begun(first, talk).prefix
    first.close()
    second = opened()
    assert begun(second, talk).prefix == prefix and prefix.tokens == TOKENS
    for model in ("openai:gpt-x", "none", "local:/not/there"):
        second.use_model(model)
        assert begun(second, talk).prefix.tokens == 0 and begun(second, talk).noted
    second.use_model(f"local:{tiny_model}")
    assert begun(second, talk).prefix == prefix, "back again, it is there"
    off = opened(nap={"cartridge": False})
    assert off.engine.imprint(talk) is None and begun(off, talk).prefix.tokens == 0
    assert second.temporary_engine().imprint(talk) is None


def test_a_purged_message_takes_it_along_and_the_rest_is_made_anew(opened: Opening) -> None:
    runtime = opened()
    talk, said = napped(runtime)
    (nap,) = made(runtime, talk)
    folder = folder_of(runtime.paths.data, nap.number)
    assert said[0].id in manifest_of(folder).facts
    purge(runtime.database, scope_of(runtime.database, [said[0].short_id]), runtime.clock)
    assert not folder.exists()
    left = begun(runtime, talk)
    assert left.prefix.tokens == 0 and not any("Lisbon" in hit.text for hit in left.noted) and left.noted
    assert [n.number for n in made(runtime, talk)] == [nap.number]
    assert said[0].id not in manifest_of(folder).facts and said[1].id in manifest_of(folder).facts


def test_what_was_purged_meanwhile_is_not_taken_into_use(opened: Opening) -> None:
    def slow(folder: Path, task: Task, go_on: Callable[[], bool]) -> Path | None:
        finished = at_once(folder, task, go_on)
        purge(runtime.database, scope_of(runtime.database, [said[0].short_id]), runtime.clock)
        return finished

    runtime = opened(slow)
    talk, said = napped(runtime)
    assert made(runtime, talk) == ()
    assert not list((runtime.paths.data / "cartridges").glob(f"*/{STANDS_FOR}"))


def test_what_is_being_made_goes_with_a_purge_and_a_chat(opened: Opening) -> None:
    runtime = opened(lambda folder, task, go_on: None)
    talk, said = napped(runtime)
    for remove in (
        lambda: purge(runtime.database, scope_of(runtime.database, [said[1].short_id]), runtime.clock),
        lambda: delete_conversation(runtime.database, talk, runtime.clock),
    ):
        nap = runtime.engine.naps(runtime.conversations.thread(talk))[-1]
        folder, done = work_of(runtime.paths.data, nap.number), folder_of(runtime.paths.data, nap.number)
        other = folder.with_name("77")
        for one, ids in ((folder, [m.id for m in said]), (done, [m.id for m in said]), (other, ["another"])):
            one.mkdir(parents=True, exist_ok=True)
            (one / (TASK if one is not done else STANDS_FOR)).write_text(json.dumps({"facts": ids}))
        remove()
        assert not folder.exists() and not done.exists() and other.exists()


def test_another_model_or_adapter_has_its_own(opened: Opening, tiny_model: Path, tmp_path: Path) -> None:
    base = tmp_path / "copy"
    shutil.copytree(tiny_model, base)
    adapters: list[Path] = []
    runtime = opened(model=f"local:{base}")
    talk, _ = napped(runtime)
    naps = runtime.engine.parts.naps
    assert naps is not None
    own = Cartridges(
        runtime.paths.data, runtime.conversations, naps, lambda: runtime.settings, lambda base: tuple(adapters),
        train=at_once,
    )  # fmt: skip
    model, leaf = f"local:{base}", runtime.conversations.thread(talk)[-1].id
    assert own.make(talk, model) and own.before(leaf, model).tokens

    student = fresh_adapter(LanguageModel.load(str(base)), Recipe(rank=2))
    stack.save(student, tmp_path / "a1")
    adapters.append(tmp_path / "a1")
    assert own.before(leaf, model).tokens == 0, "an adapter is folded in since"
    assert own.make(talk, model) and own.before(leaf, model).tokens
    adapters.clear()
    assert own.before(leaf, model).tokens == 0
    assert own.make(talk, model) and own.before(leaf, model).tokens
    make_tiny_model(base, window=384)
    assert own.before(leaf, model).tokens == 0, "other weights by the same name"


def test_the_earliest_give_way_and_are_told_by_notes_again(opened: Opening) -> None:
    runtime = opened()
    talk = runtime.conversations.create("talk").id
    numbers = []
    for at in range(8):
        tell(runtime, talk, *(f"{text[:-1]} in year {at}." for text in (*TOLD, *AFTER, *AFTER, *AFTER)))
        nap = runtime.engine.nap(talk, early=True)
        assert nap is not None
        numbers.append(nap.number)
        made(runtime, talk)
    now = begun(runtime, talk)
    fit = int(OF_WINDOW * 512) // TOKENS
    assert [int(folder.name) for folder in now.prefix.folders] == numbers[-fit:] and fit < len(numbers)
    assert now.prefix.tokens == fit * TOKENS
    assert {hit.message.id for hit in now.read_as_text if hit.message}.isdisjoint(now.prefix.messages)


def test_it_is_stopped_by_a_turn_and_by_the_end(opened: Opening) -> None:
    at_work = Flag()

    def until_told(folder: Path, task: Task, go_on: Callable[[], bool]) -> Path | None:
        at_work.set()
        while go_on():
            sleep(0.01)
        return None

    runtime = opened(until_told)
    talk, _ = napped(runtime)
    stop: list[Callable[[], object]] = [lambda: runtime.engine.answer(talk, "Hello?"), runtime.close]
    for act in stop:
        at_work.clear()
        future = runtime.engine.imprint(talk)
        assert isinstance(future, Future) and at_work.wait(30) and not future.done()
        act()
        assert future.result(30) == ()
        runtime.engine.release(talk)


def test_one_that_cannot_be_made_is_not_tried_again_and_the_user_is_told(opened: Opening) -> None:
    tried = []

    def refuse(folder: Path, task: Task, go_on: Callable[[], bool]) -> Path | None:
        tried.append(task)
        raise WeightsError("This model wrote no question.", "")

    runtime = opened(refuse)
    talk, _ = napped(runtime)
    assert made(runtime, talk) == made(runtime, talk) == () and len(tried) == 1
    assert begun(runtime, talk).read_as_text == begun(runtime, talk).noted
    desk = Desk(runtime)
    desk.open(talk)
    assert "There is no cartridge: This model wrote no question." in desk.nap_lines("")


def test_numbers_that_come_again_after_an_old_backup_are_not_mistaken(opened: Opening) -> None:
    runtime = opened()
    talk, _ = napped(runtime)
    (nap,) = made(runtime, talk)
    folder = folder_of(runtime.paths.data, nap.number)
    told = json.loads((folder / STANDS_FOR).read_text())
    (folder / STANDS_FOR).write_text(json.dumps(told | {"facts": ["01ARZ3NDEKTSV4RRFFQ69G5FAV"]}))
    assert begun(runtime, talk).prefix.tokens == 0
    other = runtime.conversations.create("other").id
    elsewhere = tell(runtime, other, "I live in Porto.")[0]
    (folder / STANDS_FOR).write_text(json.dumps(told | {"facts": [elsewhere.id]}))
    assert begun(runtime, talk).prefix.tokens == 0
    assert made(runtime, talk) and begun(runtime, talk).prefix.tokens == TOKENS


@pytest.mark.parametrize("file", [STANDS_FOR, "adapter_model.safetensors", "adapter_config.json"])
def test_a_damaged_one_is_told_by_notes_and_made_anew(opened: Opening, file: str) -> None:
    runtime = opened()
    talk, _ = napped(runtime)
    (nap,) = made(runtime, talk)
    damaged = folder_of(runtime.paths.data, nap.number) / file
    whole = damaged.read_bytes()
    if file == "adapter_config.json":
        damaged.unlink()
    else:
        damaged.write_bytes(whole[: len(whole) // 2])
    assert begun(runtime, talk).prefix.tokens == 0 and begun(runtime, talk).read_as_text
    assert made(runtime, talk) and damaged.stat().st_size == len(whole)


async def test_the_line_of_the_nap_tells_of_it(opened: Opening) -> None:
    runtime = opened()
    talk = runtime.conversations.create("talk").id
    tell(runtime, talk, *TOLD, *AFTER, *AFTER)
    app = ReverieApp(runtime, conversation=talk)
    async with app.run_test(size=(120, 36)) as pilot:
        await ready(pilot, app)
        await wait_until(pilot, lambda: bool(entries(app, Said)))
        app.chat.send("Good morning.")
        await wait_until(pilot, lambda: any(rested.nap.cartridge for rested in entries(app, Rested)), 120)
        await idle(pilot, app)
        assert entries(app, Rested)[0].source.splitlines()[0].endswith(f"and a cartridge of {TOKENS} tokens")
        await type_line(pilot, "/nap")
        wanted = f"a cartridge of {TOKENS} tokens"
        await wait_until(pilot, lambda: any(wanted in remark.text for remark in entries(app, Remark)))
        await app.chat.talks.reopen()
        await wait_until(pilot, lambda: [r.nap.cartridge for r in entries(app, Rested)] == [TOKENS])


def test_doctor_knows_of_those_whose_chat_is_gone(opened: Opening) -> None:
    runtime = opened()
    assert list(look_at_cartridges(runtime)) == []
    talk, said = napped(runtime)
    (nap,) = made(runtime, talk)
    folder = folder_of(runtime.paths.data, nap.number)
    (found,) = look_at_cartridges(runtime)
    assert not found.wrong and found.value.startswith("1, ")
    shutil.copytree(folder, folder.with_name("99"))
    (found,) = look_at_cartridges(runtime)
    assert found.wrong and found.value == f"1 of chats that are gone; delete {folder.with_name('99')}"
    purge(runtime.database, scope_of(runtime.database, [said[0].short_id]), runtime.clock)
    made(runtime, talk)
    assert not next(look_at_cartridges(runtime)).wrong, "the next one that is made clears them away"
