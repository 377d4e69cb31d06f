"""Theme and keys, stored in `screens.toml` next to the folders of the records.

The file is read once, before the first paint. Its keys are checked after the first paint, because the check imports all
screens. Only the line of the theme is written; the other lines are not changed.
"""

import asyncio
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from textual.app import App

from pawtui.atomic import read_file
from pawtui.errors import PawtuiError, os_reason
from pawtui.similar_names import nearest
from pawtui.sources.sanitize import safe_line
from pawtui.tui.background import start_worker
from pawtui.tui.messages import NoticesFound

FILE_NAME = "screens.toml"
_MAX_BYTES = 100_000


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """The tables and keys of the file."""

    theme: str = ""
    keys: dict[str, Any] = {}


class Preferences:
    """The content of the file at `path`; empty if there is no file. `problems` has a message for each mistake."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.theme = ""
        # Comma-separated keys, by the id of the action.
        self.keys: dict[str, str] = {}
        self.problems: list[str] = []
        self._save_lock = asyncio.Lock()
        try:
            # Reading a named pipe or a device may never end.
            text = read_file(path, _MAX_BYTES)[0].decode()
        except (FileNotFoundError, NotADirectoryError):
            return
        except (OSError, UnicodeDecodeError) as error:
            reason = os_reason(error) if isinstance(error, OSError) else "it is not UTF-8"
            self.problems.append(f"Cannot read {path}: {reason}. The default theme and keys apply.")
            return
        self._parse(text)

    def _parse(self, text: str) -> None:
        """Set the theme and the keys from the text of the file, and add a message for each mistake."""
        try:
            file = msgspec.toml.decode(text, type=_File)
        except (msgspec.DecodeError, RecursionError) as error:
            mistake = f"Cannot read {self.path} as TOML with `theme` and `[keys]` ({safe_line(str(error), 120)})."
            self.problems.append(f"{mistake} The default theme and keys apply.")
            return
        self.theme = file.theme
        for binding_id, value in _flatten(file.keys):
            texts = [value] if isinstance(value, str) else value
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                self.problems.append(f'`{binding_id}` in {FILE_NAME} is not a key. Write it as "f5", or ["f5", "r"].')
                continue
            keys = [key.strip() for text in texts for key in text.split(",") if key.strip()]
            if keys:
                self.keys[binding_id] = ",".join(keys)
            else:
                self.problems.append(f"In {FILE_NAME}: `{binding_id}` has no key. Give at least one.")

    def apply(self, app: App[Any]) -> None:
        """Save the theme whenever the user changes it, and report mistakes."""

        def save_in_background() -> None:
            start_worker(app, partial(self._save_theme, app), "preferences")

        app.watch(app, "theme", save_in_background, init=False)
        if self.theme and self.theme not in app.available_themes:
            close = nearest(self.theme, app.available_themes)
            remedy = f": did you mean {close!r}?" if close else ". `Theme` in the palette (Ctrl+P) lists all themes."
            self.problems.append(f"In {FILE_NAME}: there is no theme {safe_line(self.theme, 60)!r}{remedy}")
        start_worker(app, partial(self._report, app), "preferences")

    async def _report(self, app: App[Any]) -> None:
        if self.keys:
            from pawtui.tui.keymap import find_key_mistakes

            mistakes = await asyncio.to_thread(find_key_mistakes, self.keys)
            self.problems += [f"In {FILE_NAME}: {safe_line(mistake, 300)}" for mistake in mistakes]
        if self.problems:
            # Reversed, because the banner shows the last notice at the top.
            app.post_message(NoticesFound(tuple(reversed(self.problems))))

    async def _save_theme(self, app: App[Any]) -> None:
        # The lock serializes the writes, and each write saves the current theme: the last theme is saved.
        async with self._save_lock:
            await asyncio.to_thread(save_theme, self.path, app.theme)


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value with its dotted name: TOML parses `list.down = ...` as nested tables."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def save_theme(path: Path, theme: str) -> None:
    """Write the theme atomically into the first line of the file, instead of its old line. Raises `PawtuiError`."""
    import tomllib

    from pawtui.atomic import write_file

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        data = tomllib.loads(text)
        if data.get("theme") == theme:
            return
        others = (row for row in text.splitlines(keepends=True) if not row.lstrip().startswith("theme"))
        changed = f'theme = "{theme}"\n{"".join(others)}'
        if tomllib.loads(changed) != {**data, "theme": theme}:
            raise PawtuiError(f"Cannot save the theme: its line was not found in {path}. Edit the file.")
        write_file(path, changed.encode())
    except OSError as error:
        raise PawtuiError(f"Cannot save the theme in {path}: {os_reason(error)}. It applies until you quit.") from None
    except ValueError:
        raise PawtuiError(f"Cannot save the theme: {path} is not TOML in UTF-8. Correct it first.") from None
