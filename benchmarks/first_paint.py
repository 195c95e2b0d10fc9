"""Start the chat, leave right after its first paint and print when that was: what `benchmarks.startup` times."""

import time

from assistant.runtime import Runtime
from tui.app import ReverieApp


class FirstPaint(ReverieApp):
    """The chat, ending itself once the screen was drawn and the composer can take a key."""

    painted = 0.0

    def _after_first_paint(self) -> None:
        self.painted = time.time()
        self.exit()


def main() -> None:
    runtime = Runtime.open()
    app = FirstPaint(runtime)
    app.run(headless=True)
    runtime.close()
    print(app.painted)


if __name__ == "__main__":
    main()
