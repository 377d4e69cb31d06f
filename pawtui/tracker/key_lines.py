"""The lines of the keys in a TOML text, for messages, because `tomllib` does not return lines.

A statement of TOML is the shortest run of lines that `tomllib` accepts: a header, a key with its value, a comment or an
empty line. The elements of an array have the line of its key.
"""

import tomllib
from collections.abc import Sequence
from typing import Any

from pawtui.tracker.mistake import Key, KeyPath

# The most characters that are parsed: about two seconds. A long array is parsed again for each of its lines.
_MAX_PARSED = 2_000_000


class KeyLines:
    """The lines of all keys of a valid TOML text. Those after very long arrays are not known."""

    def __init__(self, text: str) -> None:
        # The index of the newest table of each array of tables.
        self._last_index: dict[KeyPath, int] = {}
        self._lines: dict[KeyPath, int] = {}
        lines = text.split("\n")
        table: KeyPath = ()
        start = parsed = 0
        for end in range(1, len(lines) + 1):
            statement = "\n".join(lines[start:end])
            parsed += len(statement)
            if parsed > _MAX_PARSED:
                return
            try:
                data = tomllib.loads(statement)
            except tomllib.TOMLDecodeError:
                continue
            if statement.lstrip().startswith("["):
                table = self._add_header(data, start + 1)
            else:
                self._add_keys(table, data, start + 1)
            start = end

    def line_of(self, path: Sequence[Key]) -> int | None:
        """Return the line (from 1) of the key at `path`, or of the nearest key above it; None if neither is found."""
        above = (tuple(path[:end]) for end in range(len(path), 0, -1))
        return next((self._lines[key] for key in above if key in self._lines), None)

    def _add_header(self, header: Any, line: int) -> KeyPath:
        """Add the keys of `[a.b]` or `[[a.b]]`, and return the path of its table in the last element of each array."""
        path: KeyPath = ()
        while header:
            ((name, header),) = header.items()
            path = (*path, name)
            self._lines.setdefault(path, line)
            if isinstance(header, list):
                self._last_index[path] = self._last_index.get(path, -1) + 1
                header = header[0]
            if path in self._last_index:
                path = (*path, self._last_index[path])
                self._lines.setdefault(path, line)
        return path

    def _add_keys(self, path: KeyPath, value: Any, line: int) -> None:
        """Add the keys in a value that have no line yet."""
        if isinstance(value, dict):
            for key, inner in value.items():
                self._lines.setdefault((*path, key), line)
                self._add_keys((*path, key), inner, line)
