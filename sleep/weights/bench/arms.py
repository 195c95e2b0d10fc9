"""The arms: ways of learning that are compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sleep.weights.bench.baselines import Questions, RawText, SelfDistillation
from sleep.weights.bench.learners import Desk, Learner, Parts, Seeding


@dataclass(frozen=True, slots=True)
class Arm:
    """A name, what it shows, and how it learns; nothing to learn with: the base, with memories in its prompt."""

    name: str
    shows: str
    learner: Callable[[Desk], Learner] | None = None
    prompt: str = ""
    """Whose memories are in the prompt: of ``retrieval``, of the ``night``, or none."""
    beside: bool = False
    """Whether it is run only where it is named."""


OURS = "seeding"
WHOLE = Parts()

ARMS: Mapping[str, Arm] = {
    arm.name: arm
    for arm in (
        Arm("teacher", "the night's memories in the prompt: the ceiling", prompt="night"),
        Arm("retrieval", "the five nearest memories in the prompt", prompt="retrieval"),
        Arm("raw text", "fine-tuning on what was said", RawText),
        Arm("questions", "fine-tuning on questions and answers (as SEAL)", Questions),
        Arm("questions, replay", "the same with earlier nights replayed", lambda desk: Questions(desk, replay=True)),
        Arm(
            "questions, replay, 2.5 x items", "the same with items in the place of what Seeding keeps as it is",
            lambda desk: Questions(desk, replay=True, full=True),
        ),
        Arm(
            "distillation", "from the teacher, nothing else",
            lambda desk: Seeding(desk, Parts(rehearsal=False, anchors=False, looks=False, evenly=False)),
        ),
        Arm(
            "distillation, rehearsal, anchors", "the same with earlier nights and general anchors",
            lambda desk: Seeding(desk, Parts(unrelated=False, looks=False, evenly=False)),
        ),
        Arm("SDFT", "self-distillation fine-tuning (trl)", SelfDistillation),
        Arm("OSF", "questions in orthogonal subspaces (peft)", lambda desk: Questions(desk, adapter="osf")),
        Arm(OURS, "Seeding + Dreaming, as `reverie sleep --weights` does it", lambda desk: Seeding(desk, WHOLE)),
        Arm("+ imitation reward", "", lambda desk: Seeding(desk, Parts(imitation=True))),
        Arm(
            "+ gradient selection", "of the dreams those with the largest gradients",
            lambda desk: Seeding(desk, Parts(gradient=True)),
        ),
        Arm(
            "+ rewarded dreams", "dreams tried out in copies, and a dreamer tuned on those that taught (ReST-EM)",
            lambda desk: Seeding(desk, Parts(rewarded=True)),
        ),
        Arm("- unrelated memory", "", lambda desk: Seeding(desk, Parts(unrelated=False))),
        Arm("- new capacity", "one adapter for all nights", lambda desk: Seeding(desk, Parts(fresh=False))),
        Arm("- rehearsal", "", lambda desk: Seeding(desk, Parts(rehearsal=False))),
        Arm(
            "- looks", "drawn evenly, whatever is learned already",
            lambda desk: Seeding(desk, Parts(looks=False)), beside=True,
        ),
        Arm(
            "- evenly", "as often as dreams of a memory came out",
            lambda desk: Seeding(desk, Parts(evenly=False)), beside=True,
        ),
        Arm("- halfway", "all of the adapter laid on", lambda desk: Seeding(desk, Parts(halfway=False)), beside=True),
    )
}  # fmt: skip
COMPARED = tuple(name for name, arm in ARMS.items() if not arm.beside)
WITH_RETRIEVAL = "seeding + retrieval"
"""What users run; measured on the models of the arm of ours."""
