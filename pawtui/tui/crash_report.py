"""The report that is printed to the terminal after a crash, and the app class that prints it.

Textual's own report shows the values of local variables, which may contain a token. It has no public interface to
change the report, so this module overrides a private method. All other modules in `pawtui/tui` use public interfaces.
"""

import os
import traceback
from typing import Any

from rich.text import Text
from textual.app import App
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


class TokenSafeApp(App[Any]):
    """An app whose crash report shows no values of variables and masks tokens."""

    def _fatal_error(self) -> None:
        """End the app with pawtui's report. Checked against Textual 8.2: `App._fatal_error`, `App._exception`."""
        error = self._exception
        self.bell()
        # `panic` also ends the app.
        self.panic(Text(crash_report(error) if error is not None else "pawtui has stopped because of a bug."))
