"""Exports of other programs that lie in the folder for downloads: offered at the first start, read in after a yes."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from assistant.surroundings import export_line
from memory.text import one_line
from tui.screens.base import FrameScreen, in_thread
from tui.screens.dialogs import Choose, Confirm
from tui.screens.prose import muted, plain

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from memory.transfer import ImportReport
    from memory.transfer.lying import LyingExport

LookForExports = Callable[[], "tuple[LyingExport, ...]"]
REPORT_SECONDS = 0.2


class LyingExports(Static):
    """The offer, and how the import goes. Takes no room while there is nothing to offer."""

    DEFAULT_CSS = """
    LyingExports { display: none; height: auto; max-width: 90; margin: 0 0 1 0; &.-shown { display: block; } }
    .-short LyingExports { margin: 0; }
    """

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(markup=False)
        self._runtime = runtime
        self._found: Sequence[LyingExport] = ()
        self._busy = False
        self._seen = 0

    @property
    def offers(self) -> bool:
        """Whether there is something to bring in, and nothing on its way in."""
        return bool(self._found) and not self._busy

    def offer(self, found: "Sequence[LyingExport]") -> None:
        """Show what was found."""
        self._found = found
        if not found:
            return
        head = Content.styled("In your downloads", "bold $text-primary") + muted("   i brings one in")
        self._say(Content("\n").join([head, *(plain(export_line(one)) for one in found)]))

    def ask(self) -> None:
        """Let one be chosen, and begin after a yes."""
        if len(self._found) == 1:
            self._ask_for(self._found[0])
            return
        by_name = {export_line(one): one for one in self._found}
        dialog = Choose("Which one?", [(name, "") for name in by_name], next(iter(by_name)), by_name.__getitem__)
        self.app.push_screen(dialog, lambda name: self._ask_for(by_name[name]) if name is not None else None)

    def _ask_for(self, one: "LyingExport") -> None:
        body = (
            f"{export_line(one)}. It is read on this machine and stays where it is; what it says goes into your home. "
            "What other programs remembered is marked as theirs. Twice brings in nothing twice."
        )
        dialog = Confirm(f"Bring in {one_line(one.path.name, 40)}?", body)
        self.app.push_screen(dialog, lambda sure: self._begin(one) if sure else None)

    def _begin(self, one: "LyingExport") -> None:
        self._busy, self._seen = True, 0
        name = one_line(one.path.name, 60)
        clock = self.set_interval(REPORT_SECONDS, lambda: self._say(muted(f"{name}: {self._seen:,} messages read …")))

        def end(words: Content | None) -> None:
            clock.stop()
            self._busy = False
            self._found = [other for other in self._found if other is not one] if words else self._found
            self._say(words) if words else self.offer(self._found)
            self.screen.refresh_bindings()

        assert isinstance(self.screen, FrameScreen)
        in_thread(self.screen, lambda: self._read(one), lambda report: end(_told(name, report)), group="import",
                  failed=lambda: end(None))  # fmt: skip
        self.screen.refresh_bindings()

    def _read(self, one: "LyingExport") -> "ImportReport":
        from memory.transfer import ImportProgress, import_path

        def progress(at: ImportProgress) -> None:
            self._seen = at.messages

        runtime = self._runtime
        report = import_path(
            one.path,
            database=runtime.database,
            conversations=runtime.conversations,
            memories=runtime.memories,
            clock=runtime.clock,
            progress=progress,
        )
        runtime.embed_soon()
        return report

    def _say(self, words: Content) -> None:
        self.update(words)
        self.add_class("-shown")


def _told(name: str, report: "ImportReport") -> Content:
    parts = [f"{report.messages_imported:,} messages"] if report.messages_found else []
    parts += [f"{report.memories_imported:,} memories"] if report.memories_found else []
    return Content(f"{name}: {' and '.join(parts)} brought in.") + muted(" They become findable in the background.")
