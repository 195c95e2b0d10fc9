"""How far a night is, in the terminal's own tab or task bar (OSC 9;4, from ConEmu).

Only for terminals that are known to understand it: others take OSC 9 for a notice, and would show one every second.
"""

from collections.abc import Callable, Mapping

from tui.sleeping.work import Look

KNOWN = frozenset({"ghostty", "WezTerm"})
VTE_WITH_PROGRESS = 8_000
"""VTE 0.80, of GNOME's terminals."""

NONE, SHARE, SOME, WAITS = 0, 1, 3, 4
"""Nothing; a share in per cent; something of unknown length; it waits for the user."""


def understands(environment: Mapping[str, str]) -> bool:
    """Whether the terminal of these variables shows progress. Inside tmux or screen nobody knows."""
    if environment.get("TMUX") or environment.get("STY"):
        return False
    vte = environment.get("VTE_VERSION", "")
    return (
        environment.get("TERM_PROGRAM") in KNOWN
        or bool(environment.get("WT_SESSION") or environment.get("ConEmuPID"))
        or (vte.isdecimal() and int(vte) >= VTE_WITH_PROGRESS)
    )


def progress_of(look: Look) -> tuple[int, int]:
    """The state and the per cent that stand for a night."""
    if look.state == "reviewing":
        return WAITS, 100
    if look.state not in ("working", "applying"):
        return NONE, 0
    stage = look.stages[-1] if look.stages else None
    if stage is None or stage.total <= 0:
        return SOME, 0
    return SHARE, min(100, max(0, round(100 * stage.done / stage.total)))


class TerminalProgress:
    """Tells the terminal what has changed, and nothing else."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._told = (NONE, 0)

    def show(self, look: Look) -> None:
        """Show how far a night is; take it away once it is over."""
        self._tell(progress_of(look))

    def clear(self) -> None:
        """Leave nothing behind in the terminal."""
        self._tell((NONE, 0))

    def _tell(self, now: tuple[int, int]) -> None:
        if now != self._told:
            self._told = now
            self._write(f"\x1b]9;4;{now[0]};{now[1]}\x1b\\")
