"""The one place that overrides private methods of Textual, and why.

Textual reports a bug with the values of local variables, which may hold a token, and offers no public way to change
that report. Everything else in `pawtui/tui` uses Textual's public interface.
"""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.app import App

from pawtui.tui.crash_report import crash_report


class TokenSafeApp(App[Any]):
    """An app whose crash report shows no values of variables and masks tokens."""

    def _fatal_error(self) -> None:
        """End the app with our own report. Checked against Textual 8.2: `App._fatal_error`, `App._exception`."""
        error = self._exception
        self.bell()
        # `panic` also ends the app.
        self.panic(Text(crash_report(error) if error is not None else "pawtui ran into a bug and had to stop."))
