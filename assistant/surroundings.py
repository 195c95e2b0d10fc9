"""What a first start finds around it: who could answer on this machine, and exports among the downloads.

Every front end tells the same of it. Nothing beyond this machine is asked, and no file is read further than it takes to
know what it is.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.paths import downloads
from memory.text import one_line

if TYPE_CHECKING:
    from assistant.models import Found
    from assistant.settings import Settings
    from memory.transfer.lying import LyingExport

STAYS = "Nothing leaves this machine."
LEAVES = (
    "Text leaves this machine: with every answer your message, the conversation before it, and the memories that fit "
    "are sent to {who}. `reverie ledger` lists each call and what was sent."
)


@dataclass(frozen=True)
class Surroundings:
    """What was found."""

    models: "tuple[Found, ...]"
    exports: "tuple[LyingExport, ...]"


def look_around(settings: "Settings") -> Surroundings:
    """Look once for both at the same time: about a second at the most. Never raises."""
    with ThreadPoolExecutor(2, thread_name_prefix="look") as pool:
        models, exports = pool.submit(find_models, settings), pool.submit(find_exports)
        return Surroundings(models.result(), exports.result())


def find_models(settings: "Settings") -> "tuple[Found, ...]":
    """Who could answer."""
    from assistant.models import discover

    return discover(settings)


def find_exports() -> "tuple[LyingExport, ...]":
    """What lies in the folder for downloads."""
    from memory.transfer.lying import exports_in

    return exports_in(downloads())


def export_line(one: "LyingExport") -> str:
    """An export as a line: its name, what it is, how large, of which day."""
    size = f"{one.size / 1_000_000:,.1f} MB" if one.size >= 100_000 else f"{max(one.size // 1_000, 1)} kB"
    return f"{one_line(one.path.name, 40)}   {one.description}, {size}, {one.modified:%-d %b %Y}"
