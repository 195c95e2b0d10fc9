"""No progress bars, hints and warnings of the libraries on the terminal: it is ours."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quietly() -> Iterator[None]:
    """Hush transformers, peft and trl for a while."""
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    from datasets.utils import disable_progress_bars
    from transformers.utils import logging

    disable_progress_bars()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
