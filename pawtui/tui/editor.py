"""Edit a long text in the user's editor. The screens are suspended while the editor runs."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from pawtui.errors import PawtuiError
from pawtui.redact import child_environment


class CannotEdit(PawtuiError):
    """The text was not edited; `str()` is a message with the reason and the remedy."""


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Return `VISUAL` or `EDITOR` as an argument list. Raises `CannotEdit` if neither is set."""
    configured = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        words = shlex.split(configured)
    except ValueError as error:
        raise CannotEdit(f"Cannot read VISUAL or EDITOR ({error}): {configured!r}. Correct it.") from None
    if not words:
        raise CannotEdit("No editor is set. Set VISUAL or EDITOR, for example EDITOR=nano, and start pawtui again.")
    return words


def edit_text(app: App[Any], text: str) -> str:
    """Return the text after editing. Raises `CannotEdit` if the editor fails; its changes are then lost."""
    words = editor_command(os.environ)
    try:
        with tempfile.TemporaryDirectory(prefix="pawtui-") as folder:
            path = Path(folder) / "note.md"
            path.write_text(text, encoding="utf-8")
            with app.suspend():
                status = subprocess.run([*words, str(path)], env=child_environment(os.environ), check=False).returncode
            if status != 0:
                raise CannotEdit(f"{words[0]} ended with status {status}. The text is unchanged.")
            return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    except SuspendNotSupported:
        raise CannotEdit("This terminal cannot run an editor inside pawtui. Write the text here.") from None
    except OSError as error:
        raise CannotEdit(f"Cannot start {words[0]} ({error.strerror}). Set VISUAL or EDITOR.") from None
