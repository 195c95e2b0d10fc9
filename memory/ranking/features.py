"""What speaks for each candidate, as numbers: the columns that the weights of `weights.json` are for.

A column is a property of the candidate, of its neighbourhood (the message before, the one after, the best of its
conversation), or a product of one of these with a property of the question: that is how the fusion depends on what is
asked. Cosines are as they are; BM25 is in standard deviations of the question's candidates ("z"), since its scale
depends on the question and on how much a home holds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from operator import attrgetter
from typing import TYPE_CHECKING

from memory.ranking.asking import Asked, Sort
from memory.ranking.gather import Candidate, Pool
from memory.ranking.traits import Traits
from memory.schema import format_instant
from memory.types import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

WISHES = frozenset({Kind.PREFERENCE, Kind.CONSTRAINT, Kind.INSTRUCTION, Kind.REJECTION})
"""What memories of these kinds say holds for what is done from then on."""
SESSION_BEST = 3
"""What a conversation is worth is the mean of its best so many."""


@dataclass(frozen=True)
class Table:
    """One row a candidate; a column by its name."""

    candidates: Sequence[Candidate]
    columns: "Mapping[str, Column]"

    def matrix(self, names: Sequence[str]) -> "Column":
        """The columns of these names, side by side."""
        import numpy as np

        return np.stack([self.columns[name] for name in names], axis=1)


class _Rows:
    """The candidates as arrays, with who stands beside whom."""

    def __init__(self, pool: Pool) -> None:
        import numpy as np

        self.every = list(pool.candidates.values())
        at = {one.number: i for i, one in enumerate(self.every) if one.owner == "message"}
        nobody = len(self.every)
        self.before = np.array([at.get(one.before, nobody) for one in self.every], int)
        self.after = np.array([at.get(one.after, nobody) for one in self.every], int)
        total = sum(pool.idf) or 1.0
        self.dense = self.of(lambda one: one.dense or 0.0)
        self.words = self.of(lambda one: one.words)
        self.cover = self.of(lambda one: sum(pool.idf[i] for i in one.matched if i < len(pool.idf)) / total)

    def of(self, value: Callable[[Candidate], float]) -> "Column":
        """A column of what `value` says of each candidate."""
        return _column(value(one) for one in self.every)

    def trait(self, name: str) -> "Column":
        """A column of one of `Traits`."""
        told = attrgetter(name)
        return _column(told(one.traits or _PLAIN) for one in self.every)

    def beside(self, values: "Column", places: "Column") -> "Column":
        """The values of each one's neighbour; 0 where it has none, or none that is a candidate."""
        import numpy as np

        found: Column = np.append(values, 0.0)[places]
        return found


_PLAIN = Traits(0, 0, 0, 0, 0, 0, 0)


def table(pool: Pool, asked: Asked) -> Table:
    """The columns of every candidate."""
    rows = _Rows(pool)
    if not rows.every:
        return Table((), {})
    columns = _itself(rows, asked)
    columns |= _neighbourhood(rows, columns)
    columns |= _question(rows, asked, columns)
    return Table(rows.every, columns)


def _itself(rows: _Rows, asked: Asked) -> "dict[str, Column]":
    """What is said of a candidate by itself."""
    trigrams = rows.of(lambda one: one.trigrams)
    return {
        "dense": rows.dense,
        "words": rows.words / 10,
        "words z": _z(rows.words),
        "cover": rows.cover,
        "trigrams z": _z(trigrams),
        "slot": rows.of(lambda one: 1.0 / one.slot_rank if one.slot_rank else 0.0),
        "names": rows.of(lambda one: float(any(name in one.content.lower() for name in asked.others)))
        if asked.others
        else rows.dense * 0.0,
        "length": rows.trait("length"),
        "when": rows.of(lambda one: _when(one, asked)),
        "speaker": rows.of(lambda one: float(one.author in asked.authors)),
        "not speaker": rows.of(
            lambda one: float(bool(asked.authors and one.author) and one.author not in asked.authors)
        ),
    }


def _neighbourhood(rows: _Rows, columns: "Mapping[str, Column]") -> "dict[str, Column]":
    """What is said of those around it. A reply is found by what it replies to."""
    import numpy as np

    dense, words = _z(rows.dense), columns["words z"]
    base = dense + words
    before = rows.beside(base, rows.before)
    return {
        "dense before": rows.beside(dense, rows.before),
        "dense after": rows.beside(dense, rows.after),
        "words before": rows.beside(words, rows.before),
        "words after": rows.beside(words, rows.after),
        "cover after": rows.beside(rows.cover, rows.after),
        "two before": rows.beside(before, rows.before),
        "reply": rows.beside(rows.trait("asks"), rows.before) * np.maximum(before, 0.0),
        "session": _session(rows.every, base),
    }


def _question(rows: _Rows, asked: Asked, columns: "Mapping[str, Column]") -> "dict[str, Column]":
    """What depends on the kind of question."""
    own, named = float(asked.own and not asked.authors), float(bool(asked.authors))
    theirs = rows.of(lambda one: float(one.role in ("user", "memory")))
    return {
        "user own": theirs * own * (not asked.yours),
        "length own": columns["length"] * own,
        "session own": columns["session"] * own,
        "asks named": rows.trait("asks") * named,
        "speaker words": columns["speaker"] * columns["words z"],
        "wish request": rows.of(_wish) * theirs * asked.request,
        "time asked": rows.trait("time") * (asked.sort is Sort.TIME),
        "count asked": rows.trait("count") * (asked.sort is Sort.COUNT),
        "place asked": rows.trait("place") * (asked.sort is Sort.PLACE),
        "person asked": rows.trait("person") * (asked.sort is Sort.PERSON),
    }


def _z(values: "Column") -> "Column":
    """In standard deviations from the mean."""
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-9 else values * 0.0


def _session(every: Sequence[Candidate], base: "Column") -> "Column":
    """The mean of the best of the candidate's conversation."""
    groups: dict[str, list[float]] = {}
    for one, value in zip(every, base.tolist(), strict=True):
        groups.setdefault(one.conversation, []).append(value)
    best = {name: nlargest(SESSION_BEST, values) for name, values in groups.items()}
    mean = {name: sum(values) / len(values) for name, values in best.items()} | {"": 0.0}
    return _column(mean[one.conversation] for one in every)


def _column(values: Iterable[float]) -> "Column":
    import numpy as np

    return np.array(list(values), float)


def _wish(one: Candidate) -> float:
    """Whether it is a standing wish, which bears on whatever is to be done."""
    return 1.0 if one.kind in WISHES else (one.traits or _PLAIN).wish


def _when(one: Candidate, asked: Asked) -> float:
    """Whether it was said at the time that the question names."""
    if asked.when is None:
        return 0.0
    return float(format_instant(asked.when.start) <= one.said_at < format_instant(asked.when.end))
