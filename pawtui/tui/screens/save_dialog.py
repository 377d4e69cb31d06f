"""The dialog that saves the summary to a file."""

import asyncio
from pathlib import Path

from pawtui.atomic import write_file
from pawtui.errors import PawtuiError, os_reason
from pawtui.tui.screens.dialog import FileDialog


class SaveDialog(FileDialog):
    HELP = "Writes the Markdown to a file. An existing file is replaced only after a second Enter."
    TITLE = "Save the summary"

    def __init__(self, text: str, path: Path) -> None:
        super().__init__(str(path))
        self._text = text
        # The existing file of the last Enter: a second Enter replaces it.
        self._existing: Path | None = None

    async def process(self, path: Path) -> None:
        exists = await asyncio.to_thread(_write, path, self._text, replace=path == self._existing)
        self.call_later(self._show_result, path, exists)

    def _show_result(self, path: Path, exists: bool) -> None:
        if exists:
            self._existing = path
            self.show_mistake(f"{path.name} already exists. Press Enter again to replace it, or give another name.")
        else:
            if self.app.close_screens_above(self):
                self.dismiss()
            self.app.show_message(f"Saved {path.name}.")


def _write(path: Path, text: str, *, replace: bool) -> bool:
    """Write a file atomically. Return True, without writing, if it exists and must not be replaced."""
    try:
        if path.is_dir():
            raise PawtuiError(f"Cannot write {path}: it is a folder. Give another path.")
        if not replace and path.exists():
            return True
        write_file(path, text.encode())
    except FileNotFoundError:
        raise PawtuiError(f"Cannot write {path.name}: there is no folder {path.parent}. Give another path.") from None
    except OSError as error:
        raise PawtuiError(f"Cannot write {path.name}: {os_reason(error)}. Give another path.") from None
    return False
