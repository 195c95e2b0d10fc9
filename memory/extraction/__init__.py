"""Understanding plain statements, wishes and questions without a model. High precision first: miss, never invent."""

from memory.extraction.clauses import holds_pasted, pasted
from memory.extraction.commands import CallMe, Command, DontBringUp, Forget, Remember, parse_command
from memory.extraction.questions import QuestionSlot, is_question, question_slot
from memory.extraction.slots import is_functional
from memory.extraction.statements import extract

__all__ = [
    "CallMe",
    "Command",
    "DontBringUp",
    "Forget",
    "QuestionSlot",
    "Remember",
    "extract",
    "holds_pasted",
    "is_functional",
    "is_question",
    "parse_command",
    "pasted",
    "question_slot",
]
