"""A question rewritten by the language model that answers, where `retrieval.rewrite` is on."""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from memory.ranking.rewriting import MOST, RewriteFailed, usable

if TYPE_CHECKING:
    from assistant.settings import Settings
    from memory.clock import Clock
    from memory.store.ledger import Ledger

PATIENCE = 20.0
"""Seconds without a word after which the question is asked as it is: somebody waits for the answer."""
_INSTRUCTIONS = f"""You help to search what a user said in earlier conversations. You are given a question. \
Write at most {MOST} other questions to search with: the same in the words that somebody would have said it in, \
and where it asks for several things, one question for each. Keep names, numbers and dates as they are. \
Answer nothing, add nothing that the question does not say. Where nothing helps, the list is empty."""


class Questions(BaseModel):
    """What the model answers."""

    questions: list[str] = Field(max_length=20)


class ModelRewriter:
    """Asks the model that the settings name at that moment. Safe to call from any thread."""

    def __init__(self, settings: "Callable[[], Settings]", clock: "Clock", ledger: "Ledger") -> None:
        self._settings = settings
        self._clock = clock
        self._ledger = ledger

    def rewrite(self, query: str) -> Sequence[str]:
        """Other ways to ask `query`, checked and bounded. Raises RewriteFailed."""
        from assistant.models.spec import parse_model
        from assistant.night_model import NightModel
        from sleep.errors import ModelFailed

        settings = self._settings()
        spec = parse_model(settings.model)
        if spec.provider == "none":
            raise RewriteFailed("retrieval.rewrite is on, but there is no model to rewrite a question.")
        hurried = settings.model_copy(update={"timeout_seconds": min(PATIENCE, settings.timeout_seconds)})
        with closing(NightModel(spec, hurried, self._clock, self._ledger, work="retrieval")) as model:
            try:
                answer = model.ask("rewrite", _INSTRUCTIONS, query, Questions)
            except ModelFailed as error:
                raise RewriteFailed(f"Searched without rewriting the question: {error.message}") from error
        return usable(query, answer.questions)
