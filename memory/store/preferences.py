"""Preferences as stored: pointers to what was said, so that what is gone there is gone here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from memory.database import Database
from memory.errors import InvalidInput, NotFound
from memory.ids import new_id
from memory.preferences import NewPreference, Preference, PreferenceKind, without_name
from memory.schema import MemoryRow, MessageRow
from memory.schema_nights import DreamRow
from memory.schema_weights import PreferenceRow

DREAM_QUESTION = "What did you notice?"


class PreferenceStore:
    """Reads and writes preferences. Every method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> tuple[Preference, ...]:
        """All that still have both texts, newest first, dismissed ones among them."""
        with self._database.read() as session:
            rows = session.scalars(select(PreferenceRow).order_by(PreferenceRow.number.desc())).all()
            return resolved(session, rows)

    def get(self, reference: str) -> Preference:
        """By `v3`, or 3. Raises NotFound or InvalidInput."""
        bare = reference.strip().lower().removeprefix("v")
        if not bare.isdecimal() or len(bare) > 9:
            raise InvalidInput(f"{reference!r} is no preference.", "`reverie preference list` lists them: v1, v2 ...")
        found = [p for p in self.list() if p.number == int(bare)]
        if not found:
            raise NotFound(f"There is no preference {reference}.", "`reverie preference list` lists them.")
        return found[0]

    def collect(self, found: Iterable[NewPreference], at: datetime) -> int:
        """Keep those that are not known yet, and drop what is no longer found unless it was dismissed.

        Returns how many are new.
        """
        with self._database.write() as session:
            known = {(r.kind, r.chosen, r.rejected, r.wish): r for r in session.scalars(select(PreferenceRow))}
            wanted = {(str(n.kind), n.chosen, n.rejected, n.wish): n for n in found}
            gone = [row.number for key, row in known.items() if key not in wanted and not row.dismissed]
            session.execute(delete(PreferenceRow).where(PreferenceRow.number.in_(gone)))
            new = [n for key, n in wanted.items() if key not in known]
            session.add_all(
                PreferenceRow(
                    id=new_id(), kind=n.kind, question=n.question, chosen=n.chosen, rejected=n.rejected, wish=n.wish,
                    dismissed=False, at=at,
                )
                for n in new
            )  # fmt: skip
            return len(new)

    def dismiss(self, preference: Preference, *, dismissed: bool = True) -> None:
        """Let a preference not be learned; an adapter that learned it is dirty from now on."""
        with self._database.write() as session:
            session.get_one(PreferenceRow, preference.number).dismissed = dismissed


def in_force(session: Session, ids: Iterable[str]) -> Mapping[str, str]:
    """The fingerprints of preferences that still hold, by id."""
    rows = session.scalars(select(PreferenceRow).where(PreferenceRow.id.in_(list(ids)))).all()
    return {p.id: p.fingerprint for p in resolved(session, rows) if not p.dismissed}


def resolved(session: Session, rows: Sequence[PreferenceRow]) -> tuple[Preference, ...]:
    """Preferences with their texts; those whose texts are gone are left out."""
    wanted = {i for r in rows for i in (r.question, r.chosen, r.rejected, r.wish) if i}
    said = {m.id: m for m in session.scalars(select(MessageRow).where(MessageRow.id.in_(wanted)))}
    dreams = {d.id: d for d in session.scalars(select(DreamRow).where(DreamRow.id.in_(wanted)))}
    made = (_dreamt(session, r, dreams) if r.kind == PreferenceKind.DREAMT else _spoken(r, said) for r in rows)
    return tuple(p for p in made if p is not None)


def _spoken(row: PreferenceRow, said: Mapping[str, MessageRow]) -> Preference | None:
    parts = [said.get(i) for i in (row.question, row.rejected, row.wish or row.chosen)]
    if any(part is None for part in parts) or (row.kind != PreferenceKind.NAMED and row.chosen not in said):
        return None
    named = row.kind == PreferenceKind.NAMED
    rejected = said[row.rejected].content
    chosen = without_name(rejected, said[row.wish].content) if named else said[row.chosen].content
    if not chosen.strip() or not rejected.strip() or chosen == rejected:
        return None
    sources = [row.question, row.rejected, *([row.wish] if row.wish else []), *([] if named else [row.chosen])]
    return _preference(row, said[row.question].content, "", chosen, rejected, [f"t{said[i].number}" for i in sources])


def _dreamt(session: Session, row: PreferenceRow, dreams: Mapping[str, DreamRow]) -> Preference | None:
    kept, gone = dreams.get(row.chosen), dreams.get(row.rejected)
    if kept is None or gone is None or (kept.status, gone.status) != ("kept", "dismissed"):
        return None
    ids = [*kept.memories, *gone.memories]
    texts = session.scalars(select(MemoryRow.text).where(MemoryRow.id.in_(ids)).order_by(MemoryRow.number)).all()
    sources = [f"d{kept.number}", f"d{gone.number}"]
    return _preference(row, DREAM_QUESTION, "\n".join(texts), kept.text, gone.text, sources)


def _preference(
    row: PreferenceRow, question: str, given: str, chosen: str, rejected: str, sources: Sequence[str]
) -> Preference:
    return Preference(
        id=row.id, number=row.number, kind=PreferenceKind(row.kind), question=question, given=given, chosen=chosen,
        rejected=rejected, sources=tuple(sources), dismissed=row.dismissed, at=row.at,
    )  # fmt: skip
