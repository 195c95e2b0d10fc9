"""A local model that reads everything after the cartridges of the conversation's naps.

Who answers for a conversation names them: `model.bind(cartridges=folders)`, the folders as
`sleep.nap.cartridge.manifest.in_force` gives them. Imported only when a local model is built.
"""

import logging
from pathlib import Path
from typing import Any

from sleep.weights.errors import WeightsError

log = logging.getLogger(__name__)


class Prefixer:
    """Attaches cartridges, and keeps the last ones attached: a chat goes on with the same."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._last: tuple[Any, int] = (None, 0)

    def attached(
        self, model: Any, folders: tuple[Path, ...], base: str, adapters: tuple[Path, ...] = ()
    ) -> tuple[Any, int]:  # fmt: skip
        """The model with the cartridges in these folders, the earliest first, and how many tokens they are. `adapters`
        are those that were folded into it.

        A cartridge that cannot be used is left out: what it stands for is told by the nap's notes.
        """
        if not folders:
            return model, 0
        key = (id(model), *((folder, _changed(folder)) for folder in folders))
        if key != self._key:
            self._last, self._key = _attach(model, folders, base, adapters), key
        return self._last


def _changed(folder: Path) -> int:
    file = folder / "adapter_model.safetensors"
    return file.stat().st_mtime_ns if file.is_file() else 0


def _attach(model: Any, folders: tuple[Path, ...], base: str, adapters: tuple[Path, ...]) -> tuple[Any, int]:
    import torch

    from sleep.nap.cartridge.files import load
    from sleep.nap.cartridge.prefix import Attached

    found = []
    for folder in folders:
        try:
            found.append(load(folder, base, adapters).values)
        except WeightsError as error:
            log.warning("a cartridge is left out: %s", error)
    if not found:
        return model, 0
    attached = Attached(model, torch.cat(found)).eval()
    return attached, attached.tokens
