"""What the dialogs that ask for a file share: one field, and what may be wrong with what was typed into it."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Label

from pawtui.tui.screens.dialog import Dialog


class FileDialog(Dialog):
    """Asks for a path. Subclasses give `label` and say in `action_submit` what becomes of `path()`."""

    label = "File"

    def __init__(self, path: str = "", *, toast: str = "") -> None:
        super().__init__()
        self._path = path
        self._hint = toast

    def fields(self) -> ComposeResult:
        """The path."""
        yield Label(self.label, classes="label")
        yield Input(self._path, placeholder=self._hint, id="path")

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_submit()

    def path(self) -> Path | None:
        """What was typed, `~` spelled out; None after saying what is wrong with it."""
        typed = self.query_one("#path", Input).value.strip()
        if not typed:
            self.wrong("There is no file name: give one.")
            return None
        try:
            return Path(typed).expanduser()
        except RuntimeError:
            self.wrong(f"{typed} names a user who has no home folder here: give a full path.")
            return None
