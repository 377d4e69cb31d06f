"""The report that a crash leaves in the terminal."""

from __future__ import annotations

import os
import traceback

from textual.worker import WorkerFailed

from pawtui.redact import redact, tokens_in


def crash_report(error: BaseException) -> str:
    """Return where a bug happened, without the values of variables and with tokens masked, and what to do about it.

    What to do comes last, so that it is in view in the terminal.
    """
    if isinstance(error, WorkerFailed):
        error = error.error
    where = "".join(traceback.format_exception(error)).rstrip()
    return redact(
        f"{where}\n\npawtui ran into a bug and had to stop; the record is as it was last written. "
        "Please report it with the lines above.",
        tokens_in(os.environ),
    )
