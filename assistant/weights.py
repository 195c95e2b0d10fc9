"""Weights of an opened home, as the settings want them."""

from typing import TYPE_CHECKING

from assistant.settings import Settings
from sleep.weights.alignment import Manner
from sleep.weights.course import Dreaming
from sleep.weights.gate import Thresholds
from sleep.weights.night import Plan, WeightsNight
from sleep.weights.seeding import Recipe

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from memory.preferences import Preference


GENTLER = 8
"""Preferences move a model that much less a step than memories do: they must not move what it knows."""


def plan_of(settings: Settings) -> Plan:
    """How the settings want weights to be learned."""
    wanted = settings.weights
    return Plan(
        base=wanted.base,
        device=_device(settings.local.device),
        sensitive=wanted.sensitive,
        most=wanted.facts,
        compact_every=wanted.compact_every,
        least_pairs=wanted.least_pairs,
        manner=Manner(rate=wanted.rate / GENTLER, rank=max(1, wanted.rank // 4)),
        recipe=Recipe(steps=wanted.steps, batch=wanted.batch, rate=wanted.rate, rank=wanted.rank),
        dreaming=Dreaming(gradient=wanted.gradient, rewarded=wanted.rewarded),
        limits=Thresholds(
            recall=wanted.min_recall,
            forgetting=wanted.max_forgetting,
            false_memories=wanted.max_false,
            anchors=wanted.min_anchors,
            perplexity=wanted.max_perplexity,
        ),
    )


def _device(wanted: str) -> str:
    from assistant.models.local_loading import choose_device

    return choose_device(wanted).name


def place_of_training(settings: Settings) -> str:
    """Where a model is trained and in which numbers, and why, in one line."""
    from assistant.models.local_loading import choose_device
    from sleep.weights.lm import half_on_cpu

    device = choose_device(settings.local.device)
    half = device.name == "cpu" and half_on_cpu()
    numbers = "products in bfloat16, which this processor is quick at" if half else "in single precision"
    return f"{device.name} ({device.reason}), {numbers}"


def preferences_of(runtime: "Runtime", night: WeightsNight) -> "tuple[Preference, ...]":
    """What the user preferred and no adapter in force has learned, collected anew; none where that is switched off."""
    from sleep.weights.preferences import collect

    if not runtime.settings.weights.preferences:
        return ()
    collect(runtime.database, runtime.clock)
    return night.preferences()


def weights_night(runtime: "Runtime") -> WeightsNight:
    """A night of weights. Hold the NightLock while it runs."""
    return WeightsNight(runtime.database, runtime.paths.data, runtime.clock, plan_of(runtime.settings))
