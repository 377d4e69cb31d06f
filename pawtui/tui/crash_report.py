"""The report that is printed to the terminal after a crash."""

from __future__ import annotations

import os
import traceback

from textual.worker import WorkerFailed

from pawtui.redact import redact, tokens_in


def crash_report(error: BaseException) -> str:
    """Return the traceback of a bug, then what to do. It has no values of variables, and tokens are masked.

    The instruction is last, so that it is visible in the terminal.
    """
    if isinstance(error, WorkerFailed):
        error = error.error
    trace = "".join(traceback.format_exception(error)).rstrip()
    return redact(
        f"{trace}\n\npawtui has stopped because of a bug. All recorded changes are saved. "
        "Please report the bug with the lines above.",
        tokens_in(os.environ),
    )
