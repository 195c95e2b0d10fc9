"""Loads a transformers model and says where it runs and why, and in plain words why it cannot."""

import logging
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.models.privacy import switch_off_telemetry
from assistant.models.window import window_in
from memory.text import one_line
from sleep.weights.pocket import NAME as POCKET
from sleep.weights.pocket import folder as pocket_folder

log = logging.getLogger(__name__)

_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")

_REASONS: tuple[tuple[str, str, str], ...] = (
    (
        r"gated repo|access to .* is restricted|401",
        "{source} is only given to those who asked for it.",
        "Accept its terms on huggingface.co, then `hf auth login`.",
    ),
    (
        r"couldn't connect|offline|cannot find the requested files|local_files_only|name resolution|ConnectError",
        "{source} is not on this machine, and the Hugging Face hub cannot be reached.",
        "Go online once to fetch it, or give the folder of a model: local:/path/to/model.",
    ),
    (
        r"not a valid model identifier|404",
        "The Hugging Face hub has no model {source}.",
        "Check the name (it is case-sensitive), or give a folder: local:/path/to/model.",
    ),
    (
        r"out of memory|can't allocate|cannot allocate|MemoryError",
        "There is not enough memory for {source}.",
        "Choose a smaller model, or set local.device to cpu.",
    ),
    (
        r"does not recognize this architecture|Unrecognized (model|configuration)|not a .*causal",
        "{source} is no language model that the installed transformers can run.",
        "Choose a text generation model, or upgrade: pip install -U transformers.",
    ),
    (
        r"no file named|is incomplete|SafetensorError|header|Unable to load weights",
        "The weights of {source} are missing or damaged.",
        "Fetch the model again.",
    ),
    (
        r"tokenizer",
        "The tokenizer of {source} cannot be loaded.",
        "Some need another package: pip install sentencepiece tiktoken protobuf.",
    ),
)
"""What transformers says, what it means, what to do. It raises OSError or ValueError for nearly everything."""


@dataclass(frozen=True)
class Device:
    """Where a model runs (`cuda`, `mps`, `cpu`), and why there."""

    name: str
    reason: str


@dataclass(frozen=True)
class Loaded:
    """A model in memory with its tokenizer. `window` is None where the model states none."""

    tokenizer: Any
    model: Any
    device: Device
    window: int | None

    @property
    def where(self) -> str:
        """One line: device, number format, reason."""
        dtype = str(self.model.dtype).removeprefix("torch.")
        return f"{self.device.name}, {dtype}: {self.device.reason}"


def choose_device(wanted: str) -> Device:
    """The device asked for, or for `auto` the best there is. Raises ModelError for one that is not there."""
    import torch

    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if (wanted == "cuda" and not cuda) or (wanted == "mps" and not mps):
        raise ModelError(f"There is no {wanted} device on this machine.", "Set local.device to auto or cpu.")
    if wanted != "auto":
        return Device(wanted, "the setting local.device asks for it")
    if cuda:
        return Device("cuda", f"{torch.cuda.get_device_name()} is the fastest here")
    if mps:
        return Device("mps", "this Mac's graphics processor is the fastest here")
    return Device("cpu", "no graphics processor that PyTorch can use")


def load(source: str, device: str, adapters: Sequence[Path] = ()) -> Loaded:
    """Load the shipped model, a folder, or a hub model: from the hub's cache where it is there, else downloaded.
    Adapters are folded into its weights, the lowest first.

    Takes seconds to minutes. No code that comes with a model is run. Raises ModelError.
    """
    switch_off_telemetry()
    place = _place(source)
    chosen = choose_device(device)
    _be_quiet()
    online = place == source and os.environ.get("HF_HUB_OFFLINE", "0") not in ("1", "true", "TRUE")
    try:
        loaded = _load(place, chosen, cached_only=True) if online else None
    except OSError:
        loaded = None  # not in the cache: fetched below
    except Exception as error:  # whatever transformers raises becomes one line for the user
        raise _explained(error, source) from error
    try:
        loaded = loaded or _load(place, chosen, cached_only=not online)
    except Exception as error:
        raise _explained(error, source) from error
    log.info("%s runs on %s", source, loaded.where)
    return _with_adapters(loaded, adapters) if adapters else loaded


def _with_adapters(loaded: Loaded, adapters: Sequence[Path]) -> Loaded:
    from sleep.weights.stack import fold

    model = loaded.model
    for adapter in adapters:
        model = fold(model, adapter)
    return replace(loaded, model=model)


def _load(place: str, device: Device, *, cached_only: bool) -> Loaded:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=cached_only)
    model = AutoModelForCausalLM.from_pretrained(place, dtype="auto", local_files_only=cached_only)
    if device.name == "cpu" and model.dtype == torch.float16:
        model = model.float()  # processors compute in half precision slowly, if at all
    model = model.to(device.name).eval()
    return Loaded(tokenizer, model, device, window_in(model.config.to_dict()))


def _place(source: str) -> str:
    """The folder that `source` names, or `source` itself where it is a hub id. Raises ModelError."""
    if source == POCKET:
        return str(pocket_folder())
    path = Path(source).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise ModelError(
                f"{one_line(source)} is not a model's folder: it has no config.json.",
                "Give the folder that holds config.json, the tokenizer and the weights.",
            )
        return str(path)
    if path.is_file():
        raise ModelError(
            f"{one_line(source)} is a file; a local model is a folder in the format of transformers.",
            "GGUF files run in Ollama or llama.cpp: ollama:NAME or openai:NAME.",
        )
    if not _HUB_ID.fullmatch(source) or source.startswith("."):
        raise ModelError(
            f"There is no folder {one_line(source)}.", "Check the path, or give a hub id: local:OWNER/NAME."
        )
    return source


def _explained(error: Exception, source: str) -> ModelError:
    log.warning("%s cannot be loaded", source, exc_info=error)
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, ImportError):
        return ModelError(f"{one_line(source)} needs a package: {one_line(str(error), 200)}", "Install it with pip.")
    for pattern, message, hint in _REASONS:
        if re.search(pattern, said, re.IGNORECASE):
            return ModelError(message.format(source=one_line(source)), hint)
    return ModelError(f"{one_line(source)} cannot be loaded: {one_line(said, 200)}", "The log has more.")


def _be_quiet() -> None:
    """No bars and warnings of the libraries on the terminal: the screen is ours."""
    from huggingface_hub.utils.tqdm import disable_progress_bars
    from transformers.utils import logging as transformers_logging

    disable_progress_bars()
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
