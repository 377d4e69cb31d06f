"""The one place that turns what failed into a sentence for a person, and a bug into a crash that shows no values."""

from __future__ import annotations

import os
import traceback

from textual.worker import WorkerFailed

from pawtui.redact import redact, tokens_in
from pawtui.refresh.pins import PinError
from pawtui.review.actions import ActionError
from pawtui.sources.source_errors import SourceError
from pawtui.store.store_errors import StoreError
from pawtui.tui.browser import CannotOpen
from pawtui.tui.preferences import CannotRemember

EXPECTED = (SourceError, StoreError, ActionError, PinError, CannotOpen, CannotRemember)


def sentence_of(error: BaseException | None) -> str | None:
    """The sentence of a failure that can happen to anyone; None where it is a bug of ours."""
    return str(error) if isinstance(error, EXPECTED) else None


def crash_report(error: BaseException) -> str:
    """A bug in words: where it happened, without the values of any variable and without tokens, then one sentence.

    The sentence comes last, so that it is what is in view in the terminal.
    """
    if isinstance(error, WorkerFailed):
        error = error.error
    where = "".join(traceback.format_exception(error)).rstrip()
    return redact(
        f"{where}\n\npawtui ran into a bug and had to stop; the record is as it was last written. "
        "Please report it with the lines above.",
        tokens_in(os.environ),
    )
