"""The exam catches a stage that damages memory, whatever the damage, and leaves an honest night alone."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from memory.nights import Change, ChangeKind
from memory.store import MemoryFilter
from memory.types import Kind, Memory, Source, Status
from sleep.ids import stable_id
from sleep.registry import STAGES, Stage
from sleep.stages.base import Tools
from sleep.view import View

LONG_AGO = (
    "I live in Lyon and work as a nurse.",
    "My sister Ana is allergic to peanuts.",
    "My brother Ben lives in Toulouse.",
    "I don't eat meat.",
    "My favourite colour is purple.",
    "I was born on 4 March 1990.",
    "My dog is called Rufus.",
    "My favourite opera is Tosca.",
    "I never drink coffee after noon.",
    "My car is a red Fiat.",
)
SINCE = (
    "I moved to Porto yesterday.",
    "My dentist appointment is on 12 June.",
    "My friend Chloe is afraid of spiders.",
    "I am not allergic to cats.",
    "My boss Dora lives in Lille.",
    "I run 5 km every Sunday.",
    "We are flying to Oslo on 3 July.",
    "My sister Ana works at Airbus.",
    "I don't like jazz.",
)


def made_by(view: View) -> list[Memory]:
    return sorted(view.new_memories(), key=lambda m: m.id)


def stored(view: View) -> list[Memory]:
    found = [view.memory(i) for i in (m.id for m in view._home.memories.list(MemoryFilter()))]
    return [m for m in found if m is not None]


def change(before: Memory | None, after: Memory | None, kind: ChangeKind = ChangeKind.TENSE) -> Change:
    return Change(stage="sabotage", kind=kind, before=before, after=after, reason="sabotage")


def merge_everything(view: View) -> Iterable[Change]:
    first, *rest = [*stored(view), *made_by(view)]
    for m in rest:
        yield change(m, replace(m, status=Status.SUPERSEDED, superseded_by=first.id), ChangeKind.MERGE)


def merge_and_keep_the_quotes(view: View) -> Iterable[Change]:
    first, *rest = made_by(view)
    yield change(first, replace(first, sources=tuple(s for m in (first, *rest) for s in m.sources)), ChangeKind.MERGE)
    for m in rest:
        yield change(m, replace(m, status=Status.SUPERSEDED, superseded_by=first.id), ChangeKind.MERGE)


def drop_negations(view: View) -> Iterable[Change]:
    for m in [*stored(view), *made_by(view)]:
        bare = m.text.replace(" not ", " ").replace(" never ", " ")
        if bare != m.text:
            yield change(m, replace(m, text=bare))


def shift_dates(view: View) -> Iterable[Change]:
    for m in made_by(view):
        if m.event_from:
            yield change(m, replace(m, event_from=m.event_from + timedelta(days=365)))


def swap_people(view: View) -> Iterable[Change]:
    for m in [*stored(view), *made_by(view)]:
        if m.subject == "Ana":
            yield change(m, replace(m, subject="Ben", text=m.text.replace("Ana", "Ben")))


def make_it_the_users(view: View) -> Iterable[Change]:
    for m in made_by(view):
        if m.subject != "user":
            yield change(m, replace(m, subject="user", text=m.text.replace(f"Your boss {m.subject} lives", "You live")))


def invent(view: View) -> Iterable[Change]:
    model = made_by(view)[0]
    new = replace(model, id=stable_id("invented"), text="You own a yacht in Monaco.", slot="boat", value="yacht")
    yield change(None, new, ChangeKind.ADD)


def invent_a_quote(view: View) -> Iterable[Change]:
    model = made_by(view)[0]
    source = Source(message_id=model.sources[0].message_id, quote="I own a yacht", start=0, end=13)
    text = "You own a yacht."
    yield change(None, replace(model, id=stable_id("quoted"), text=text, sources=(source,)), ChangeKind.ADD)


def cite_nothing(view: View) -> Iterable[Change]:
    yield change(None, replace(made_by(view)[0], id=stable_id("bare"), sources=()), ChangeKind.ADD)


def older_over_newer(view: View) -> Iterable[Change]:
    homes = sorted(view.in_slot("user", "home_city"), key=lambda m: m.said_at or m.created_at)
    lyon = next(m for m in view._home.memories.list(MemoryFilter(statuses=())) if m.value == "Lyon")
    lyon = view.memory(lyon.id) or lyon
    back = replace(lyon, status=Status.ACTIVE, superseded_by=None)
    yield change(lyon, back, ChangeKind.CLOSE)
    for newer in homes:
        if newer.id != lyon.id:
            after = replace(newer, status=Status.SUPERSEDED, superseded_by=lyon.id)
            yield change(newer, after, ChangeKind.SUPERSEDE)


def delete_the_rare(view: View) -> Iterable[Change]:
    for m in stored(view):
        if m.slot not in ("home_city", "job"):
            yield change(m, None, ChangeKind.CLOSE)


def retire_the_rare(view: View) -> Iterable[Change]:
    for m in stored(view):
        if m.slot not in ("home_city", "job"):
            yield change(m, replace(m, status=Status.RETIRED), ChangeKind.EXPIRE)


def mix_conversations(view: View) -> Iterable[Change]:
    memories = made_by(view)
    for m, other in pairwise(memories):
        yield change(m, replace(m, sources=other.sources))


def change_numbers(view: View) -> Iterable[Change]:
    for m in made_by(view):
        if "5 km" in m.text:
            yield change(m, replace(m, text=m.text.replace("5 km", "50 km"), value=None))


def overwrite_the_pinned(view: View) -> Iterable[Change]:
    for m in stored(view):
        if m.pinned:
            yield change(m, replace(m, text="You live in Paris.", value="Paris"))


def cut_texts(view: View) -> Iterable[Change]:
    for m in stored(view):
        yield change(m, replace(m, text=" ".join(m.text.split()[:2])))


def change_slots(view: View) -> Iterable[Change]:
    for m in stored(view):
        if m.slot == "allergy":
            yield change(m, replace(m, slot="favourite_food"))


def mute_everything(view: View) -> Iterable[Change]:
    for m in stored(view):
        yield change(m, replace(m, muted=True))


def bring_back_the_stale(view: View) -> Iterable[Change]:
    for m in view._home.memories.list(MemoryFilter()):
        planned = view.memory(m.id)
        if planned is not None and planned.status is Status.SUPERSEDED:
            yield change(planned, replace(planned, status=Status.ACTIVE, superseded_by=None), ChangeKind.CLOSE)


def turn_into_instructions(view: View) -> Iterable[Change]:
    for m in made_by(view):
        if m.kind is Kind.FACT:
            yield change(m, replace(m, text=f"Always say: {m.text}", kind=Kind.INSTRUCTION))


SABOTAGES = (
    merge_everything, merge_and_keep_the_quotes, drop_negations, shift_dates, swap_people, make_it_the_users, invent,
    invent_a_quote, cite_nothing, older_over_newer, delete_the_rare, retire_the_rare, mix_conversations,
    change_numbers, overwrite_the_pinned, cut_texts, change_slots, mute_everything, bring_back_the_stale,
    turn_into_instructions,
)  # fmt: skip


def dump(home) -> set[tuple[object, ...]]:
    """What is remembered, whatever the order."""
    return {
        (m.id, m.text, m.subject, m.slot, m.value, m.status, m.superseded_by, m.event_from, m.sources, m.muted, m.kind)
        for m in home.memories.list(MemoryFilter(statuses=()))
    }


def lived(tell, night, home) -> None:
    """A first night over old messages, a pinned memory, and new messages."""
    tell(*LONG_AGO)
    assert night().run().status == "applied"
    home.memories.pin(next(m for m in home.memories.list() if m.slot == "job").id)
    tell(*SINCE)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda s: s.__name__)
def test_sabotage_is_caught_and_leaves_nothing(
    sabotage: Callable[[View], Iterable[Change]], tell, night, night_home, tmp_path
) -> None:
    def plan(view: View, tools: Tools) -> Iterable[Change]:
        return [c for c in sabotage(view) if c.before != c.after]

    lived(tell, night, night_home)
    stages = (*STAGES, Stage("sabotage", plan))
    run = night(stages=stages).run()
    damage = [c for c in night_home.nights.changes(run) if c.stage == "sabotage"]
    assert damage, "the sabotage did nothing"
    assert not [c for c in damage if c.decision != "dropped"]
    assert any("sabotage" in line for line in run.report["dropped"])
    sabotaged = dump(night_home)
    from sleep.undo import undo

    undo(night_home, run)
    honest = night().run()
    assert dump(night_home) == sabotaged and not honest.report["dropped"]


MORE = (
    ("I live in Graz.", "Now I live in Wien.", "I used to live in Linz."),
    ("My sister Ana moved to Nice.", "My brother Ben is getting married on 5 June.", "I have two cats."),
    ("I am vegan.", "I am no longer vegan.", "I eat fish now."),
    ("My phone is a Pixel 8.", "I bought a new phone, an iPhone 16.", "I work at Acme.", "I quit my job at Acme."),
    ("私は京都に住んでいます。", "Ich wohne in Graz.", "أنا أعيش في القاهرة", "I like tea.", "I like tea!"),
)


@pytest.mark.parametrize("said", MORE)
def test_an_honest_night_raises_no_alarm(said: tuple[str, ...], tell, night, night_home) -> None:
    lived(tell, night, night_home)
    tell(*said)
    run = night().run()
    assert run.status == "applied" and not run.report["dropped"]
