"""A home in which everything that there can be holds something about Zbyszek."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

from assistant.nights import sleep_beside
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import IndexSettings, Settings
from memory.backup import make_backup, seal
from memory.clock import FixedClock
from memory.ids import new_id
from memory.naps import NapNote, NewNap
from memory.nights import Dream
from memory.preferences import NewPreference, PreferenceKind
from memory.store.adapters import AdapterStore
from memory.store.copies import note_copy
from memory.store.feedback import FeedbackStore
from memory.store.meta import set_meta
from memory.store.naps import NapStore
from memory.store.nights import NightStore
from memory.store.preferences import PreferenceStore
from memory.transfer import ImportReport, export_home, import_path
from memory.types import Message, ModelCall, NewMemory, Source
from memory.vectors.hashing import HashEmbedder
from memory.weights import AdapterFact, AdapterItem, AdapterStatus

SECRETS = ("Zbyszek", "xylophonist", "quinces", "Zaragoza", "81724")
PASSPHRASE = "correct horse"
TALK = [
    ("user", "My brother Zbyszek is a xylophonist. He is allergic to quinces."),
    ("assistant", "A xylophonist! No quinces for him, then."),
    ("user", "I live in Bergen and I work as a nurse."),
    ("assistant", "Noted."),
    ("user", "Zbyszek lives in Zaragoza."),
    ("assistant", "Far from Bergen."),
    ("user", "My sister Ana is a baker."),
]


class Life:
    """An opened home, its clock, and the file that its beginning was imported from."""

    def __init__(self, folder: Path, clock: FixedClock) -> None:
        self.folder, self.clock = folder, clock
        self.paths = Paths(data=folder, config=folder, cache=folder / "cache").ready()
        self.outside = folder.parent / "outside"
        self.outside.mkdir(exist_ok=True)
        self.source = self.outside / "messages.jsonl"
        self.source.write_text("".join(json.dumps(_line(n, *said)) + "\n" for n, said in enumerate(TALK)))
        settings = Settings(index=IndexSettings(backend="chroma"))
        self.runtime = Runtime.open(
            paths=self.paths, settings=settings, clock=clock, load_embedder=lambda: HashEmbedder(32)
        )  # fmt: skip

    def bring(self, path: Path | None = None) -> ImportReport:
        r = self.runtime
        return import_path(
            path or self.source, database=r.database, conversations=r.conversations, memories=r.memories,
            clock=self.clock,
        )  # fmt: skip

    def say(self, *texts: str) -> list[Message]:
        """Questions and what is answered to them, in a conversation of their own."""
        where = self.runtime.conversations.create().id

        async def all_of_it() -> None:
            for text in texts:
                self.clock.instant += timedelta(minutes=1)
                async for _ in self.runtime.engine.answer(where, text):
                    pass

        asyncio.run(all_of_it())
        return list(self.runtime.conversations.thread(where))

    def sleep(self) -> str:
        """A night, a day later; what became of it."""
        self.clock.instant += timedelta(days=1)
        run = sleep_beside(self.runtime, lambda event: None)
        return run.status if run else "nothing"

    def close(self) -> None:
        self.runtime.close()


def live(folder: Path, clock: FixedClock) -> Life:
    """Import, talk, two nights, and then everything else."""
    life = Life(folder, clock)
    life.bring()
    life.say(
        "Remember that Zbyszek's locker has the code 81724.", "What did I say about Zbyszek?", "Where does Ana work?"
    )
    assert life.sleep() == "applied"
    life.say("Zbyszek sent me a postcard from Zaragoza.", "I like strong coffee.")
    assert life.sleep() == "applied"
    _beside_the_chat(life)
    _learned(life)
    _copied(life)
    return life


def _line(number: int, role: str, text: str) -> dict[str, str]:
    at = f"2026-04-0{number + 1}T10:00:00Z"
    return {"id": str(number), "conversation": "family", "role": role, "content": text, "created_at": at}


def _beside_the_chat(life: Life) -> None:
    """Drafts, titles, views, a nap, a dream, feedback, the ledger, a wording taken back, logs."""
    r, now = life.runtime, life.clock.now()
    said = life.say("Zbyszek plays the drums, too.", "I like tea very much.")
    r.conversations.save_draft(said[0].conversation_id, "Tell Zbyszek that the postcard came")
    r.conversations.rename(r.conversations.create("x").id, "Zbyszek's birthday")
    set_meta(r.database, "screen.views", json.dumps({"About him": "zbyszek", "Coffee": "coffee"}))
    notes = tuple(
        NapNote(message_id=m.id, message=m.short_id, text=m.content, start=0, end=len(m.content)) for m in said
    )
    NapStore(r.database, life.clock).keep(
        NewNap(
            conversation_id=said[0].conversation_id, upto_id=said[-1].id, messages=len(said), tokens=20, passes=1,
            model="none", notes=notes,
        )
    )  # fmt: skip
    about, other = _memory(life, "locker"), _memory(life, "coffee")
    r.memories.edit(other, text="Zbyszek likes strong coffee.")
    r.memories.edit(other, text="You like strong coffee.")
    ids = tuple(r.memories.get(one).id for one in (about, other))
    dream = Dream(
        id=new_id(), motive="x", text="Coffee for Zbyszek?", question="Would he?", memories=ids, status="new", at=now
    )  # fmt: skip
    NightStore(r.database).put(None, dream)
    FeedbackStore(r.database, life.clock).toggle(said[2], about)
    r.ledger.record(
        ModelCall(
            at=now, purpose="chat", model="m", remote=True, prompt_tokens=1, completion_tokens=1, milliseconds=1,
            status="ok", sent=(about, other, said[0].short_id), conversation="c1",
        )
    )  # fmt: skip
    r.memories.add(_new(said[0], "You know that Zbyszek drums."))
    r.memories.undo()
    life.paths.log.write_text("DEBUG assistant: the prompt was: Zbyszek is a xylophonist\n")
    life.paths.sleep_log.write_text("n1 add Zbyszek is a xylophonist.\n")


def _learned(life: Life) -> None:
    """An adapter, a training that was killed, a cartridge, preferences."""
    r = life.runtime
    about, coffee = (r.memories.get(_memory(life, word)) for word in ("locker", "coffee"))
    adapters = AdapterStore(r.database)
    for memory, question in ((about, "What is the code of Zbyszek's locker?"), (coffee, "Which coffee?")):
        id_ = new_id()
        adapters.add(
            id=id_, status=AdapterStatus.ACTIVE, base="pocket", base_hash="x",
            below=[], manifest={"said": question}, metrics={},
            facts=[AdapterFact(memory_id=memory.id, fingerprint="f")],
            items=[AdapterItem(kind="fact", question=question, answer=memory.text, memories=(memory.id,))],
            at=life.clock.now(),
        )  # fmt: skip
        folder = life.folder / "adapters" / id_
        folder.mkdir(parents=True)
        (folder / "adapter_config.json").write_text(json.dumps({"learned": memory.text}))
    work = life.folder / "adapters" / "work"
    work.mkdir()
    (work / "task.json").write_text(json.dumps({"facts": [{"id": about.id, "text": about.text}]}))
    (work / "checkpoint.bin").write_bytes("Zbyszek’s locker: 81724".encode("utf-16-le"))
    said = life.say("Is Zbyszek in Zaragoza?", "Where is Ana?")
    cartridge = life.folder / "cartridges" / "1"
    cartridge.mkdir(parents=True)
    (cartridge / "cartridge.json").write_text(json.dumps({"facts": [said[0].id]}))
    (cartridge / "tokens.bin").write_bytes(b"Zaragoza")
    PreferenceStore(r.database).collect(
        [
            NewPreference(kind=PreferenceKind.RETRIED, question=m.id, chosen=said[1].id, rejected=said[3].id)
            for m in (said[0], said[2])
        ],
        life.clock.now(),
    )  # fmt: skip


def _copied(life: Life) -> None:
    """Backups, one of them encrypted, and an export outside the home."""
    made = make_backup(life.paths.database, life.paths.backups, "asked", life.clock)
    seal(made.path, PASSPHRASE)
    life.clock.instant += timedelta(minutes=1)
    make_backup(life.paths.database, life.paths.backups, "asked", life.clock)
    export_home(life.runtime.database, life.outside / "export", format="jsonl")
    note_copy(life.runtime.database, life.outside / "export")
    life.runtime.vectors.work()


def _memory(life: Life, word: str) -> str:
    return next(m.short_id for m in life.runtime.memories.list() if word in m.text)


def _new(message: Message, text: str) -> NewMemory:
    quote = Source(message_id=message.id, quote=message.content, start=0, end=len(message.content))
    return NewMemory(text=text, sources=(quote,))
