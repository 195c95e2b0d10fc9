"""Small pictures made of letters: bars, lines, heat maps. Each stands beside its numbers, so none depends on colour."""

from collections.abc import Sequence
from itertools import pairwise

from textual.content import Content

from tui.screens.prose import muted

_STEPS = "▁▂▃▄▅▆▇█"
_PLAIN_STEPS = ".:-=+*#@"
_SHADES = " ░▒▓█"
_PLAIN_SHADES = " .:*#"


def spark(
    values: Sequence[float], width: int, *, ascii_only: bool = False, scale: tuple[float, float] | None = None
) -> str:
    """A curve of at most `width` letters; each stands for the mean of its part. `scale` is what the lowest and the
    highest letter stand for; without it the least and the greatest value."""
    if not values or width < 1:
        return ""
    parts = _shortened(values, width)
    low, high = scale or (min(parts), max(parts))
    steps = _PLAIN_STEPS if ascii_only else _STEPS
    span = (high - low) or 1.0
    return "".join(steps[round((value - low) / span * (len(steps) - 1))] for value in parts)


def _shortened(values: Sequence[float], width: int) -> list[float]:
    if len(values) <= width:
        return list(values)
    edges = [round(i * len(values) / width) for i in range(width + 1)]
    return [sum(values[a:b]) / (b - a) for a, b in pairwise(edges) if b > a]


def curve(losses: Sequence[float], width: int, *, ascii_only: bool = False) -> Content:
    """A loss curve of at most `width` letters (10 to 60), with its first and its last number behind it."""
    letters = spark(losses, max(10, min(60, width)), ascii_only=ascii_only)
    arrow = "->" if ascii_only else "→"
    return Content.styled(letters, "$accent") + muted(f"  {losses[0]:.3f} {arrow} {losses[-1]:.3f}")


def bar(share: float, width: int, *, ascii_only: bool = False) -> Content:
    """A bar that is filled to `share` (0 to 1)."""
    share = max(0.0, min(1.0, share))
    full = round(share * width)
    on, off = ("#", "-") if ascii_only else ("━", "─")
    return Content.styled(on * full, "$primary") + muted(off * (width - full))


def heat(matrix: Sequence[Sequence[float | None]], names: Sequence[str], *, ascii_only: bool = False) -> Content:
    """A table of shares with a shade in front of each number; what is not known is a dot."""
    shades = _PLAIN_SHADES if ascii_only else _SHADES
    lines = [muted(" " * 6 + "".join(f"{name:>7}" for name in names))]
    for name, row in zip(names, matrix, strict=True):
        cells = Content(f"{name:>5} ")
        for share in row:
            if share is None:
                cells = cells + muted(f"{'.':>7}")
                continue
            shade = shades[min(len(shades) - 1, int(share * len(shades)))]
            cells = cells + Content.styled(f" {shade * 2}", "$success" if share >= 0.5 else "$warning")
            cells = cells + Content(f"{share * 100:>3.0f}%")
        lines.append(cells)
    return Content("\n").join(lines)


def clock(seconds: float) -> str:
    """`8 s`, `2 min 5 s`."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
