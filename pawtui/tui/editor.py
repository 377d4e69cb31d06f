"""A long text in the person's own editor, with the screen handed over while it runs."""

from __future__ import annotations

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


class NoEditor(PawtuiError):
    """The text could not be edited outside; `str()` is one sentence that says why and what to do."""


def command(environ: Mapping[str, str]) -> list[str]:
    """What `VISUAL` or `EDITOR` says, as an argument list. Raises `NoEditor` where neither says anything."""
    wanted = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        words = shlex.split(wanted)
    except ValueError as error:
        raise NoEditor(f"VISUAL or EDITOR cannot be read ({error}): {wanted!r}.") from None
    if not words:
        raise NoEditor("No editor is set: set VISUAL or EDITOR, for example EDITOR=nano, and start pawtui again.")
    return words


def edited(app: App[Any], text: str) -> str:
    """The text as it came out of the editor. Raises `NoEditor`; the text given in is then still what counts."""
    words = command(os.environ)
    try:
        with tempfile.TemporaryDirectory(prefix="pawtui-") as folder:
            path = Path(folder) / "note.md"
            path.write_text(text, encoding="utf-8")
            with app.suspend():
                status = subprocess.run([*words, str(path)], env=child_environment(os.environ), check=False).returncode
            if status != 0:
                raise NoEditor(f"{words[0]} ended with status {status}: the text is as it was.")
            return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    except SuspendNotSupported:
        raise NoEditor("This terminal cannot be handed over to an editor: write the text here.") from None
    except OSError as error:
        raise NoEditor(f"{words[0]} could not be started ({error.strerror}): set VISUAL or EDITOR.") from None
