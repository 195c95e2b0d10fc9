"""The ledger: one row for every call of a language model."""

from collections.abc import Sequence

from sqlalchemy import func, select

from memory.database import Database
from memory.schema import ModelCallRow
from memory.types import ModelCall


class Ledger:
    """What was asked of which model, what it cost, and which memories left the machine."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, call: ModelCall) -> None:
        """Add a row."""
        with self._database.write() as session:
            session.add(
                ModelCallRow(
                    at=call.at,
                    purpose=call.purpose,
                    model=call.model,
                    remote=call.remote,
                    prompt_tokens=call.prompt_tokens,
                    completion_tokens=call.completion_tokens,
                    milliseconds=call.milliseconds,
                    status=call.status,
                    sent=list(call.sent),
                    conversation=call.conversation,
                )
            )

    def list(self, limit: int = 200) -> Sequence[ModelCall]:
        """The latest calls, newest first."""
        query = select(ModelCallRow).order_by(ModelCallRow.number.desc()).limit(limit)
        with self._database.read() as session:
            return [_call(row) for row in session.scalars(query)]

    def count(self) -> int:
        """How many calls were made."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(ModelCallRow)) or 0


def _call(row: ModelCallRow) -> ModelCall:
    return ModelCall(
        number=row.number,
        at=row.at,
        purpose=row.purpose,
        model=row.model,
        remote=row.remote,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        milliseconds=row.milliseconds,
        status=row.status,  # type: ignore[arg-type]
        sent=tuple(row.sent),
        conversation=row.conversation,
    )
