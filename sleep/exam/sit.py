"""Sitting the exam: on the home as it is, or as it would be with changes that are then rolled back."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.database import Database
from memory.errors import EmbedderError
from memory.nights import Change, ExamItem
from memory.passages import embedded_text
from memory.ranking.asking import Asked
from memory.ranking.gather import TermRows, find_by_terms
from memory.ranking.traits import Traits
from memory.retrieval import DEPTH, Retriever
from memory.schema import MemoryRow, PassageRow
from memory.types import Hit, Memory, OwnerType
from memory.vectors.base import PassageScore
from sleep.apply import apply
from sleep.exam.grade import Grade, Sitting, grade
from sleep.home import Home, Taker

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

HITS = 36
MOMENT = 0.5
"""Seconds that a trial holds the write lock before it lets others write."""
PAUSE = 0.15
"""Seconds in which they do: SQLite looks every 100 milliseconds whether a lock is free."""


class Examiner:
    """Asks the same items again and again. Questions are embedded and searched in the index once."""

    def __init__(self, home: Home, taker: Taker, items: Sequence[ExamItem]) -> None:
        self._home = home
        self._taker = taker
        self.items = tuple(items)
        self._dense = _Dense(home, [item.question for item in items])
        self._terms = _Terms()
        self._traits: dict[int, tuple[int, Traits]] = {}

    def sit(self, changes: Sequence[Change] = ()) -> Sitting:
        """One sitting with `changes` made, which are rolled back.

        The write lock is held for a moment at a time, so that whoever chats meanwhile never waits long.
        """
        changed = [c.after for c in changes if isinstance(c.after, Memory) and c.decision == "planned"]
        self._dense.learn([memory.text for memory in changed])
        found: dict[str, tuple[Hit, ...]] = {}
        waiting = list(reversed(self.items))
        while waiting:
            if found:
                time.sleep(PAUSE)
            with self._home.database.together(keep=False) as trial:
                until = time.monotonic() + MOMENT
                if changes:
                    apply(trial, self._home.clock, "trial", changes)
                self._dense.place(trial, [memory.id for memory in changed])
                retriever = Retriever(trial, self._dense, self._home.clock, self._terms, traits=self._traits)
                while waiting:
                    item = waiting.pop()
                    found[item.id] = retriever.search(item.question, HITS).hits
                    if time.monotonic() > until:
                        break
        given = {item.id: self._taker.given(item.question, found[item.id]) for item in self.items}
        return Sitting(items=self.items, grades=self._graded(found), given=given)

    def _graded(self, found: dict[str, tuple[Hit, ...]]) -> dict[str, Grade]:
        return {item.id: grade(item, found[item.id], self._taker) for item in self.items}


class _Terms:
    """Full text, which finds the same messages in every sitting: a night changes none."""

    def __init__(self) -> None:
        self._messages: dict[tuple[tuple[tuple[str, ...], ...], int], TermRows] = {}

    def __call__(self, session: Session, owner: OwnerType, asked: Asked, k: int) -> TermRows:
        if owner == "memory":
            return find_by_terms(session, owner, asked, k)
        if (asked.terms, k) not in self._messages:
            self._messages[asked.terms, k] = find_by_terms(session, owner, asked, k)
        return self._messages[asked.terms, k]


class _Dense:
    """The index, with the vectors of texts that it does not hold yet beside it."""

    def __init__(self, home: Home, questions: Sequence[str]) -> None:
        self._home = home
        self._questions: dict[str, Matrix] = {}
        self._indexed: dict[str, list[PassageScore]] = {}
        self._vectors: dict[str, Matrix] = {}
        self._placed: list[tuple[int, str]] = []
        self._notice = ""
        try:
            vectors = home.vectors.embed([*questions, ""])
            for number, question in enumerate(questions):
                self._questions[question] = vectors[number]
                self._indexed[question] = home.vectors.search_vector(vectors[number : number + 1], DEPTH)
        except EmbedderError as error:
            self._notice = error.message

    def learn(self, texts: Sequence[str]) -> None:
        """Embed texts, outside any transaction."""
        missing = [t for t in dict.fromkeys(texts) if t not in self._vectors]
        if missing and not self._notice:
            vectors = self._home.vectors.embed([embedded_text(t, "") for t in missing])
            self._vectors |= dict(zip(missing, vectors, strict=True))

    def place(self, trial: Database, memories: Sequence[str]) -> None:
        """Find the passages that the changed memories have in the trial."""
        with trial.read() as session:
            query = select(PassageRow.number, MemoryRow.text).join(
                MemoryRow, MemoryRow.number == PassageRow.owner_number
            )
            query = query.where(PassageRow.owner_type == "memory", MemoryRow.id.in_(set(memories)))
            self._placed = [(number, text) for number, text in session.execute(query)]

    def search(self, query: str, k: int) -> list[PassageScore]:
        if query not in self._questions and not self._notice:
            # Retrieval took the words for a time out of it ("since I moved"): rare, and one more embedding.
            self._questions[query] = self._home.vectors.embed([query])[0]
            self._indexed[query] = self._home.vectors.search_vector(self._questions[query].reshape(1, -1), DEPTH)
        found = {hit.passage: hit for hit in self._indexed.get(query, [])}
        vector = self._questions.get(query)
        for number, text in self._placed:
            if vector is not None and text in self._vectors:
                found[number] = PassageScore(number, float(vector.reshape(-1) @ self._vectors[text].reshape(-1)))
        return sorted(found.values(), key=lambda hit: -hit.score)[:k]

    def cosines(self, query: str, passages: Sequence[int]) -> dict[int, float]:
        """Of messages beside those found; what a trial places is found by `search`."""
        vector = self._questions.get(query)
        return {} if vector is None else self._home.vectors.cosines_of(vector, passages)

    def made_by(self) -> str:
        return self._home.vectors.made_by()

    def notice(self) -> str:
        return self._notice
