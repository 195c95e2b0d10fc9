"""The real program in a real terminal: tmux, keys in, the screen's text out."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0
OF_THE_CALLER = ("TMUX", "REVERIE_HOME", "COLUMNS", "LINES")  # a size in the environment goes before the terminal's own
_LIMITED = (
    "import os, resource, sys; most = int(sys.argv[1]); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)); os.execv(sys.argv[2], sys.argv[2:])"
)


def wait_until(there: Callable[[], bool]) -> bool:
    """Wait until something holds. False if it never does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if there():
            return True
        time.sleep(0.1)
    return False


class Terminal:
    """One tmux session on a server of its own, with a shell in it."""

    def __init__(self, home: Path, width: int = 120, height: int = 36, env: Mapping[str, str] | None = None) -> None:
        self._server = f"reverie-{uuid4().hex[:8]}"
        environment = {
            "REVERIE_HOME": str(home),
            "HF_HUB_OFFLINE": "1",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            **(env or {}),
        }
        settings = [part for name, value in environment.items() for part in ("-e", f"{name}={value}")]
        size = ["-x", str(width), "-y", str(height)]
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, *settings, "env PS1='$ ' sh")
        self.wait_for("$")

    def _tmux(self, *arguments: str, given: str | None = None) -> str:
        command = ["tmux", "-L", self._server, *arguments]
        clean = {k: v for k, v in os.environ.items() if k not in OF_THE_CALLER}
        return subprocess.run(command, check=True, capture_output=True, text=True, env=clean, input=given).stdout

    def start(self, *arguments: str, home: str = "", most_bytes: int = 0) -> None:
        """Type the command that starts the program; no file that it writes may grow beyond `most_bytes`."""
        command = [sys.executable, "-m", "assistant", *arguments]
        if most_bytes:
            command = [sys.executable, "-c", _LIMITED, str(most_bytes), *command]
        other = f"REVERIE_HOME={shlex.quote(home)} " if home else ""
        self.type(f"cd {shlex.quote(str(ROOT))} && clear && {other}{shlex.join(command)}; echo ended=$?")

    def type(self, text: str) -> None:
        """Type a line and press enter."""
        self._tmux("send-keys", "-l", text)
        self.press("Enter")

    def paste(self, text: str) -> None:
        """Paste as a terminal does: in one piece, with marks around it."""
        self._tmux("load-buffer", "-b", "pasted", "-", given=text)
        self._tmux("paste-buffer", "-p", "-b", "pasted")

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self) -> str:
        """What is on the screen now, wrapped lines joined."""
        return self._tmux("capture-pane", "-p", "-J")

    def wait_for(self, *texts: str, gone: str = "") -> str:
        """Wait until all texts are on the screen, and `gone` is not."""
        seen = ""

        def there() -> bool:
            nonlocal seen
            seen = self.screen()
            return all(text in seen for text in texts) and not (gone and gone in seen)

        assert wait_until(there), f"{texts} did not come up (or {gone!r} stayed):\n{seen}"
        return seen

    def pids(self) -> list[int]:
        """The programs that run in the shell."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        found = subprocess.run(["pgrep", "-P", shell], capture_output=True, text=True, check=False).stdout
        return [int(pid) for pid in found.split()]

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self._server, "kill-server"], capture_output=True, check=False)
