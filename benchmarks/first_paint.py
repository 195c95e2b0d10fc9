"""Start the chat, leave right after its first paint: what `benchmarks.startup` times."""

from assistant.frontends import FrontendOptions
from tui.app import ReverieApp


class FirstPaint(ReverieApp):
    """The chat, ending itself once the screen was drawn and the composer can take a key."""

    def on_mount(self) -> None:
        self.call_after_refresh(self.exit)


if __name__ == "__main__":
    FirstPaint(FrontendOptions()).run(headless=True)
