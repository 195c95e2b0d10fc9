"""Homes with something in every table, made through the stores."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import ReverieError
from memory.ids import new_id
from memory.nights import Change, ChangeKind, Dream, ExamItem, ItemKind, Level, ProfileLine, Section, Summary
from memory.purge import purge_memory
from memory.store import ConversationStore, MemoryStore
from memory.store.feedback import FeedbackStore
from memory.store.ledger import Ledger
from memory.store.meta import set_meta
from memory.store.nights import NightStore
from memory.text import clean
from memory.types import ChannelScore, Message, ModelCall, NewMemory, NewMessage, RecallRecord, Source
from tests.acts import supersede

NASTY = [
    "-->",
    "<!-- reverie:message {} -->",
    '\n<!-- reverie:message {"bytes":3} -->\nabc\n\n',
    "--- \n# Heading\n```",
    "\u2028\u2029\x85\x0b",
    "\x1b[31mred\x00",
    "\r\nwindows\rmac",
    "\ud83d lone",
    "你好。مرحبا \u202eevil",
    "😀" * 3,
    " leading and trailing \n\n",
    '"quotes\\',
]
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=60), st.lists(st.sampled_from(NASTY)).map("".join))


@dataclass(frozen=True)
class Home:
    """A home and its stores, on a clock that moves with every act."""

    database: Database
    clock: FixedClock
    conversations: ConversationStore
    memories: MemoryStore

    @classmethod
    def of(cls, database: Database) -> "Home":
        clock = FixedClock(datetime(2026, 5, 3, 12, tzinfo=UTC), "Europe/Lisbon")
        return cls(database, clock, ConversationStore(database, clock), MemoryStore(database, clock))

    def tick(self) -> None:
        self.clock.instant += timedelta(seconds=61, microseconds=7)


ACTS = (
    "say",
    "retry",
    "note",
    "edit",
    "retire",
    "undo",
    "redo",
    "supersede",
    "purge",
    "recall",
    "aside",
    "call",
    "archive",
    "draft",
    "night",
)
scripts = st.lists(st.tuples(st.sampled_from(ACTS), texts, st.integers(0, 9)), max_size=25)


def play(home: Home, script: list[tuple[str, str, int]]) -> None:
    """Do what the script says, passing over what cannot be done."""
    for act, words, pick in [("say", "I live in Porto.", 0), ("note", "Lives in Porto", 0), *script]:
        home.tick()
        try:
            _ACTS[act](home, words, pick)
        except (ReverieError, IndexError):
            continue


def _messages(home: Home) -> list[Message]:
    return [m for c in home.conversations.list() for m in home.conversations.thread(c.id)]


def _say(home: Home, words: str, pick: int) -> None:
    talks = home.conversations.list()
    if not talks or pick == 9:
        talks = (home.conversations.create(words if pick % 2 else ""),)
    role = ("user", "assistant", "user", "system")[pick % 4]
    new = NewMessage(role=role, content=words, author=words if pick > 5 else "", model="m", prompt_tokens=pick)
    home.conversations.append(talks[pick % len(talks)].id, new)


def _retry(home: Home, words: str, pick: int) -> None:
    message = _messages(home)[pick]
    new = NewMessage(role="assistant", content=words, status=("stopped", "failed", "complete")[pick % 3])
    home.conversations.append(message.conversation_id, new, parent_id=message.id)
    if pick % 2:
        home.conversations.set_head(message.conversation_id, message.id)


def _note(home: Home, words: str, pick: int) -> None:
    said = [m for m in _messages(home) if m.role == "user"][pick % 3]
    end = min(len(said.content), 1 + pick)
    source = Source(message_id=said.id, quote=said.content[:end], start=0, end=end)
    new = NewMemory(text=words, subject=words[:20], slot="home", value=words, sources=(source,), confidence=0.1 * pick)
    home.memories.add(new, actor="you" if pick % 2 else "assistant", reason=words)


def _memory(home: Home, pick: int) -> str:
    found = home.memories.list()
    return found[pick % len(found)].id if found else "m999"


def _edit(home: Home, words: str, pick: int) -> None:
    home.memories.edit(_memory(home, pick), text=words, value=words, pinned=bool(pick % 2))


def _supersede(home: Home, words: str, pick: int) -> None:
    supersede(home.memories, _memory(home, pick), NewMemory(text=words, said_at=home.clock.now()))


def _recall(home: Home, words: str, pick: int) -> None:
    answer = _messages(home)[-1]
    records = [
        RecallRecord(
            rank=rank,
            state=("cited", "given", "found")[rank % 3],
            hit_id=f"{'mt'[rank % 2]}{pick + rank}",
            score=0.1 * rank + 0.01,
            channels=(ChannelScore(channel="words", rank=rank, score=1.5),),
            reasons=("found by its words",),
        )
        for rank in range(1, 4)
    ]
    home.conversations.record_recall(answer.id, records)


def _aside(home: Home, words: str, pick: int) -> None:
    """Something is not relevant to a question; said of what is there, and now and then of what is not."""
    FeedbackStore(home.database, home.clock).toggle(_messages(home)[pick], f"{'mt'[pick % 2]}{1 + pick}")


def _call(home: Home, words: str, pick: int) -> None:
    call = ModelCall(
        at=home.clock.now(),
        purpose="answer",
        model="local:x",
        remote=bool(pick % 2),
        prompt_tokens=pick or None,
        completion_tokens=None,
        milliseconds=pick,
        status="ok",
        sent=(f"m{pick}", "t1", "t999"),
        conversation="c1",
    )
    Ledger(home.database).record(call)
    set_meta(home.database, "model_hint_shown", str(pick))
    set_meta(home.database, "index_generation", "derived")


def _night(home: Home, words: str, pick: int) -> None:
    """A night that changed a little of everything, or was cut off."""
    said, memory, nights, now = clean(words), home.memories.list()[0], NightStore(home.database), home.clock.now()
    run = nights.begin(model="none", after=pick, until=pick + 5, at=now)
    summary = Summary(
        id=new_id(), level=Level.DAY, period=f"2026-05-{run.number:02d}", text=said, sources=("t1",), at=now
    )
    line = ProfileLine(
        id=new_id(), section=Section.WORK, position=pick, text=said, memories=(memory.id,), at=now,
        owner=("sleep", "you")[pick % 2],
    )  # fmt: skip
    dream = Dream(
        id=new_id(), motive=said, text=said, question=f"{said}?", memories=(memory.id,), at=now,
        status=("new", "kept", "dismissed")[pick % 3],
    )  # fmt: skip
    edited = Change(
        stage="dedupe", kind=ChangeKind.MERGE, before=memory, after=replace(memory, text=said), reason=said, note=said
    )
    made = [Change(stage="x", kind=ChangeKind.ADD, before=None, after=p, reason=said) for p in (summary, line, dream)]
    nights.record(run, "dream", [edited, *made])
    for change in made:
        nights.put(None, change.after)
    nights.wait_for({1: said}, done=())
    nights.move_cursor(pick)
    item = ExamItem(id=new_id(), kind=ItemKind.FACT, question=said, value=said, older=(said,), memory=memory.id)
    nights.keep_exam(run, [(item, 1, None if pick % 2 else -1, said)])
    if pick % 4:
        nights.update(run, status="applied", ended_at=now, report={"dropped": [said], "seconds": 0.1 * pick})


_ACTS = {
    "night": _night,
    "say": _say,
    "retry": _retry,
    "note": _note,
    "edit": _edit,
    "retire": lambda home, _, pick: home.memories.retire(_memory(home, pick)),
    "undo": lambda home, *_: home.memories.undo(),
    "redo": lambda home, *_: home.memories.redo(),
    "supersede": _supersede,
    "purge": lambda home, words, pick: purge_memory(home.database, _memory(home, pick), home.clock),
    "recall": _recall,
    "aside": _aside,
    "call": _call,
    "archive": lambda home, _, pick: home.conversations.archive(home.conversations.list()[pick % 2].id),
    "draft": lambda home, words, pick: home.conversations.save_draft(home.conversations.list()[pick % 2].id, words),
}
