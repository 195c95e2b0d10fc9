"""Answers by a language model: prompt, fitted history, stream."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from assistant.context import CountTokens, FittedContext, choose_given, estimate_tokens, fit_history
from assistant.events import Notice, TextDelta, ThinkDelta, Usage
from assistant.models import ModelSpec, build_chat_model, explain, is_remote, window_tokens
from assistant.models.stream import TextPiece, ThinkPiece, UsagePiece, stream_pieces
from assistant.prompt import PASTED_RULE, just_done, system_prompt
from assistant.prospect import Prospect
from assistant.responder import Piece, Turn
from assistant.settings import Settings
from memory.errors import ReverieError
from memory.extraction import holds_pasted
from memory.ranking.packing import shortened
from memory.text import display
from memory.types import Hit, Message

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

MODEL_SHARE = 0.35
"""The most of the window that memories may take, whatever the settings allow."""


class ModelResponder:
    """Answers with a LangChain chat model, which is built at the first turn."""

    def __init__(
        self,
        spec: ModelSpec,
        settings: Settings,
        build: "Callable[[ModelSpec, Settings], BaseChatModel]" = build_chat_model,
    ) -> None:
        self._spec = spec
        self._settings = settings
        self._build = build
        self._chat: BaseChatModel | None = None
        self._count: CountTokens = estimate_tokens

    @property
    def model(self) -> str:
        return f"{self._spec.provider}:{self._spec.name}"

    @property
    def remote(self) -> bool:
        return is_remote(self._spec, self._settings)

    def given(self, turn: Turn) -> tuple[str, ...]:
        """Those of the prompt, behind the notes that the model knows by its cartridges."""
        told = (note.id for note in turn.noted if _stood_for(note, turn))
        return tuple(dict.fromkeys((*told, *(hit.id for hit in self._given(turn)))))

    def _given(self, turn: Turn) -> tuple[Hit, ...]:
        memory = self._settings.memory
        in_view = {message.short_id for message in turn.history[-20:]}
        budget = min(memory.budget_tokens, int(self._window() * MODEL_SHARE))
        fresh = [hit for hit in turn.hits if hit.id not in in_view]
        found = choose_given([*map(shortened, fresh)], most=memory.give, budget=budget, count=self._count)
        whole = {hit.id for hit in found}  # a message that bears on the question says more than a note of it
        return (*(note for note in turn.noted if note.id not in whole and not _stood_for(note, turn)), *found)

    def _window(self) -> int:
        return window_tokens(self._spec, self._settings, self._chat)

    async def respond(self, turn: Turn) -> AsyncIterator[Piece]:
        started = time.perf_counter()
        try:
            if self._chat is None:
                # Providers take a second to import: in a thread, or the screen would stand still.
                self._chat = await asyncio.to_thread(self._build, self._spec, self._settings)
            messages, notice, tokens = self._messages(turn)
            if notice:
                yield Notice(text=notice)
            usage, written = None, 0
            stream = stream_pieces(
                self._chat, messages, silence_seconds=self._settings.timeout_seconds, cartridges=turn.prefix.folders
            )
            async with aclosing(stream) as pieces:
                async for piece in pieces:
                    if isinstance(piece, UsagePiece):
                        usage = piece
                    else:
                        written += estimate_tokens(piece.text)
                        yield _delta(piece)
            yield Usage(
                prompt_tokens=usage.prompt_tokens if usage else tokens,
                completion_tokens=usage.completion_tokens if usage else written,
                estimated=usage is None,
                seconds=time.perf_counter() - started,
                context_tokens=self._window(),
            )
        except ReverieError:
            raise
        except Exception as error:  # a provider may raise anything; it becomes one line for the user
            raise explain(error, self._spec) from error

    def _messages(self, turn: Turn) -> "tuple[list[BaseMessage], str, int]":
        """The messages to send, a notice about what was left out, and the estimated tokens."""
        from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

        system = self._system(turn, self._given(turn))
        fitted = self._fitted(turn, system)

        def message(m: Message) -> "BaseMessage":
            shown = display(m.content)  # what nobody sees in a message is not whispered to a model, either
            return HumanMessage(shown) if m.role == "user" else AIMessage(shown)

        past = [message(m) for m in _sent(fitted)]
        return (
            [SystemMessage(system), *past, message(turn.message)],
            _left_out(fitted.left_out),
            fitted.tokens,
        )

    def _system(self, turn: Turn, memories: Sequence[Hit]) -> str:
        # An empty list of memories would say that nothing was told; and a cartridge is trained without one.
        untold = bool(turn.prefix.tokens) and not memories
        system = system_prompt(
            now=turn.now,
            zone=turn.zone,
            instructions=" ".join(filter(str.strip, (self._settings.instructions, *turn.standing))),
            memories=memories,
            remembers=(self._settings.memory.enabled or bool(turn.noted)) and not untold,
        )
        if any(m.role == "user" and holds_pasted(m.content) for m in (*turn.history, turn.message)):
            system += "\n" + PASTED_RULE
        return system + "".join(f"\n{just_done(summary)}" for _, summary in turn.written)

    def _fitted(self, turn: Turn, system: str) -> FittedContext:
        fixed = self._count(system) + self._count(turn.message.content) + turn.prefix.tokens
        return fit_history(turn.history, fixed_tokens=fixed, window=self._window(), count=self._count)

    def prospect(self, turn: Turn) -> Prospect:
        """What would be sent for a turn. Raises ModelError for what does not fit."""
        given, question = self._given(turn), turn.message.content
        system = self._system(turn, given)
        fitted = self._fitted(turn, system)
        system_tokens, question_tokens = self._count(system), self._count(question)
        return Prospect(
            model=self.model,
            remote=self.remote,
            system=system,
            memories=given,
            history=_sent(fitted),
            left_out=fitted.left_out,
            question=question,
            system_tokens=system_tokens,
            memory_tokens=max(0, system_tokens - self._count(self._system(turn, ()))),
            history_tokens=fitted.tokens - system_tokens - question_tokens - turn.prefix.tokens,
            cartridge_tokens=turn.prefix.tokens,
            question_tokens=question_tokens,
            window=self._window(),
        )


def _stood_for(note: Hit, turn: Turn) -> bool:
    return note.message is not None and note.message.id in turn.prefix.messages


def _sent(fitted: FittedContext) -> tuple[Message, ...]:
    return tuple(m for m in fitted.history if m.content.strip() and m.role != "system")


def _left_out(count: int) -> str:
    if not count:
        return ""
    what = "message does" if count == 1 else f"{count} messages do"
    return f"The first {what} not fit the model's window and {'was' if count == 1 else 'were'} not sent."


def _delta(piece: TextPiece | ThinkPiece) -> TextDelta | ThinkDelta:
    return ThinkDelta(text=piece.text) if isinstance(piece, ThinkPiece) else TextDelta(text=piece.text)
