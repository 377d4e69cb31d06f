"""The only override of a private Textual method.

Textual's crash report shows the values of local variables, which may contain a token, and has no public interface to
change it. All other modules in `pawtui/tui` use Textual's public interface.
"""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.app import App

from pawtui.tui.crash_report import crash_report


class TokenSafeApp(App[Any]):
    """An app whose crash report shows no values of variables and masks tokens."""

    def _fatal_error(self) -> None:
        """End the app with pawtui's report. Checked against Textual 8.2: `App._fatal_error`, `App._exception`."""
        error = self._exception
        self.bell()
        # `panic` also ends the app.
        self.panic(Text(crash_report(error) if error is not None else "pawtui has stopped because of a bug."))
