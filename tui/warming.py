"""What happens behind the first paint: the embedder and the index are loaded, and a change of embedder is asked about.

All of it runs in daemon threads: leaving the program never waits for a model that is being loaded.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from memory.errors import ReverieError
from memory.text import one_line

if TYPE_CHECKING:
    from tui.app import ReverieApp

Result = TypeVar("Result")


async def in_daemon(act: Callable[[], Result]) -> Result:
    """Run `act` in a thread that the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failure = None, None
        try:
            result = act()
        except BaseException as error:  # handed to whoever waits for it
            failure = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="warming", daemon=True).start()
    return await done


class Warming:
    """Loads what is slow, and says in the status line how far it is."""

    def __init__(self, app: "ReverieApp") -> None:
        self._app = app
        self._runtime = app.runtime
        self._state = "loading…"

    async def run(self) -> None:
        """Everything, one after the other. Without an embedder words alone are searched, and the line says so."""
        self.show()
        try:
            await in_daemon(self._runtime.warm)
            await in_daemon(self._runtime.look)
            await self._ask_about_change()
        except ReverieError as error:
            self._app.notify(str(error), severity="warning", markup=False)
        self._state = "on" if self._runtime.vectors.ready() else "by words only"
        self.show()

    def show(self) -> None:
        """The state of the memory, as the settings and the loading have it."""
        enabled = self._runtime.settings.memory.enabled
        if self._app.chat.is_mounted:
            self._app.chat.status.set(memory=self._state if enabled else "off")

    async def _ask_about_change(self) -> None:
        """Another embedder is configured than the vectors were made with: make new ones, if the user agrees."""
        vectors = self._runtime.vectors
        change = await in_daemon(vectors.needs_re_embedding)
        if change is None:
            return
        from tui.screens.dialogs import Confirm

        question = Confirm(
            "Another embedding model",
            f"The settings name {one_line(change.new.name)}; what is stored was embedded by "
            f"{one_line(change.old.name)}. Make new vectors for {change.passages:,} passages? "
            "Until then the old ones are used.",
        )
        if not await self._app.push_screen_wait(question):
            return
        await in_daemon(vectors.accept_embedder_change)
        await in_daemon(lambda: vectors.work(progress=self._progress, stop=lambda: not self._app.is_running))

    def _progress(self, done: int, total: int) -> None:
        """Called in the working thread."""
        self._state = f"embedding {done:,}/{total:,}"
        if self._app.is_running:
            self._app.call_from_thread(self.show)
