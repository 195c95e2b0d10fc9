"""Records `reverie demo` as it runs on a terminal: docs/demo.cast (asciinema's format, version 2) and docs/demo.svg.

`python docs/record.py` runs the whole story, `python docs/record.py --quick` the one without weights. The picture plays
in any browser, with no script and no font from elsewhere. Waits longer than two seconds are cut to that in both; the
picture goes no faster than one reads.
"""

import codecs
import fcntl
import json
import os
import pty
import struct
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS, ROWS = 110, 34
LONGEST_WAIT = 2.0
"""Seconds: a training is waited for no longer than that."""
A_LINE = 0.35
"""Seconds that the picture gives each line at least: the program is faster than its reader."""
AT_THE_END = 6.0
"""Seconds that the last page stays."""
LINE, CHARACTER, FRAME = 18, 8.0, 16
"""Pixels: the height of a line, the width of a character, the space around the text."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a terminal was sent, and when, in seconds since the start."""

    at: float
    text: str


def record(command: Sequence[str]) -> Iterator[Output]:
    """Run a program on a terminal of its own. Raises RuntimeError where it fails."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS=str(COLUMNS), HF_HUB_OFFLINE="1", PYTHONUNBUFFERED="1")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    decoder = codecs.getincrementaldecoder("utf-8")()
    started = time.monotonic()
    while data := _read(terminal):
        yield Output(time.monotonic() - started, decoder.decode(data))
    _, status = os.waitpid(child, 0)
    if code := os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{' '.join(command)} ended with {code}")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the program has ended
        return b""


def cast(outputs: Sequence[Output], title: str) -> str:
    """The recording for asciinema's players, with the true times; the head asks them to cut waits."""
    head = {"version": 2, "width": COLUMNS, "height": ROWS, "title": title, "idle_time_limit": LONGEST_WAIT}
    rows = [json.dumps([round(o.at, 3), "o", o.text], ensure_ascii=False) for o in outputs]
    return "\n".join([json.dumps(head), *rows]) + "\n"


def lines(outputs: Sequence[Output]) -> list[tuple[float, str]]:
    """Each line of the terminal with the time at which it is shown: waits cut, no faster than it is read. The
    program only ever adds lines."""
    found: list[tuple[float, str]] = []
    clock, before, open_line = 0.0, 0.0, ""
    for output in outputs:
        clock, before = clock + min(output.at - before, LONGEST_WAIT), output.at
        *whole, open_line = (open_line + output.text).replace("\r\n", "\n").split("\n")
        for line in whole:
            for at in range(0, max(len(line), 1), COLUMNS):
                clock = max(clock, found[-1][0] + A_LINE) if found and line else clock
                found.append((clock, line[at : at + COLUMNS]))
    return found


def picture(shown: Sequence[tuple[float, str]], title: str) -> str:
    """All lines in one column that moves up behind a window, as a terminal scrolls; the last page where it cannot."""
    width, height = round(COLUMNS * CHARACTER + 2 * FRAME), ROWS * LINE + 2 * FRAME
    length = shown[-1][0] + AT_THE_END
    steps = {at: number for number, (at, _) in enumerate(shown, 1)}
    frames = "".join(f"{100 * at / length:.3f}%{{transform:translateY({-n * LINE}px)}}" for at, n in steps.items())
    text = "".join(
        f'<text x="0" y="{number * LINE + LINE - 5}"{_look(line)}>{escape(line)}</text>'
        for number, (_, line) in enumerate(shown)
        if line
    )
    last = -len(shown) * LINE
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" xml:space="preserve">
<title>{escape(title)}</title>
<style>
text{{font:13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d8d8e0;white-space:pre}}
.title{{fill:#c3a6ff;font-weight:bold}} .good{{fill:#9ece8a}} .bad{{fill:#e0af68}}
#page{{animation:scroll {length:.1f}s step-end infinite}}
@keyframes scroll{{0%{{transform:translateY(0)}}{frames}}}
@media (prefers-reduced-motion){{#page{{animation:none}}}}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#1b1b26"/>
<svg x="{FRAME}" y="{FRAME}" width="{width - 2 * FRAME}" height="{ROWS * LINE}">
<g transform="translate(0 {ROWS * LINE})"><g id="page" transform="translate(0 {last})">{text}</g></g>
</svg></svg>
"""


def _look(line: str) -> str:
    marks = {"== ": "title", "  + ": "good", "  - ": "bad"}
    return next((f' class="{name}"' for mark, name in marks.items() if line.startswith(mark)), "")


def main() -> None:
    options = [word for word in sys.argv[1:] if word == "--quick"]
    title = " ".join(["reverie demo", *options])
    outputs = []
    for output in record([sys.executable, "-m", "assistant", "demo", *options]):
        print(output.text, end="", flush=True)
        outputs.append(output)
    (HERE / "demo.cast").write_text(cast(outputs, title), encoding="utf-8")
    (HERE / "demo.svg").write_text(picture(lines(outputs), title), encoding="utf-8")


if __name__ == "__main__":
    main()
