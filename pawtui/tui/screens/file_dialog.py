"""The base class of dialogs for a file: one field, and a message for a path that cannot be used."""

from pathlib import Path

from textual.app import ComposeResult
from textual.widgets import Input

from pawtui.tui.screens.dialog import Dialog, labelled


class FileDialog(Dialog):
    """A dialog for a path. Subclasses define `label`, and use `path()` in `action_submit`."""

    label = "File"

    def __init__(self, path: str = "", *, placeholder: str = "") -> None:
        super().__init__()
        self._initial_path = path
        self._placeholder = placeholder

    def fields(self) -> ComposeResult:
        yield from labelled(self.label, Input(self._initial_path, placeholder=self._placeholder, id="path"))

    def path(self) -> Path | None:
        """Return the typed path with `~` expanded; None after showing a mistake."""
        typed = self.query_one("#path", Input).value.strip()
        if not typed:
            self.show_mistake("The path is empty. Write a path.")
            return None
        try:
            return Path(typed).expanduser()
        except RuntimeError:
            self.show_mistake(f"{typed} names a user without a home folder. Give a full path.")
            return None
