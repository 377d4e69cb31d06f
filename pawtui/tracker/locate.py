"""Find the line of a key in a TOML text, for messages, because `tomllib` does not return lines.

The text must be valid TOML. Each key and each element gets its line, also in arrays of tables, inline tables and
arrays.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from pawtui.tracker.mistake import Key, KeyPath

_BLANKS = re.compile(r"[ \t]*")
# What is between statements, and between the elements of an array or the pairs of an inline table.
_SEPARATORS = re.compile(r"(?:[ \t\r\n,]+|#[^\n]*)*")
# Any TOML string. The groups are the content of a string on one line, which can be a key.
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?P<basic>(?:[^"\\\n]|\\.)*)"|\'(?P<literal>[^\'\n]*)\'', re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\n#]+")


class Locator:
    """The lines of all keys and elements of a valid TOML text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", text))]
        # The index of the newest table of each array of tables.
        self._last_index: dict[KeyPath, int] = {}
        self._lines: dict[KeyPath, int] = {}
        table: KeyPath = ()
        while self._skip_to_next():
            if self._text.startswith("[", self._position):
                table = self._read_header()
            else:
                self._read_pair(table)

    def line_of(self, path: Sequence[Key]) -> int | None:
        """Return the line (from 1) of the key at `path`, or of the nearest key above it; None if neither is found."""
        for end in range(len(path), 0, -1):
            line = self._lines.get(tuple(path[:end]))
            if line is not None:
                return line
        return None

    def _skip_to_next(self, closing: str = "") -> bool:
        """Skip separators, and return False if the text or, with `closing`, the array or inline table ends there."""
        self._skip(_SEPARATORS)
        return self._text[self._position : self._position + 1] not in ("", closing)

    def _skip(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Skip what the pattern matches at the current position, and return the match; None if it does not match."""
        found = pattern.match(self._text, self._position)
        self._position = found.end() if found else self._position
        return found

    def _add_line(self, path: KeyPath, start: int) -> None:
        self._lines.setdefault(path, bisect_right(self._line_starts, start))

    def _read_header(self) -> KeyPath:
        """Read `[a.b]` or `[[a.b]]`, and return its path in the last element of each array."""
        start = self._position
        brackets = 2 if self._text.startswith("[[", start) else 1
        self._position += brackets
        names = self._read_dotted_key()
        self._position += brackets
        path: KeyPath = ()
        for number, name in enumerate(names, 1):
            path = (*path, name)
            self._add_line(path, start)
            if brackets == 2 and number == len(names):
                self._last_index[path] = self._last_index.get(path, -1) + 1
            if path in self._last_index:
                path = (*path, self._last_index[path])
                self._add_line(path, start)
        return path

    def _read_dotted_key(self) -> list[str]:
        names = []
        while True:
            self._skip(_BLANKS)
            if found := self._skip(_STRING):
                names.append(found["basic"] or found["literal"] or "")
            elif found := self._skip(_BARE_KEY):
                names.append(found[0])
            self._skip(_BLANKS)
            if not self._text.startswith(".", self._position):
                return names
            self._position += 1

    def _read_pair(self, table: KeyPath) -> None:
        start = self._position
        path = table
        for name in self._read_dotted_key():
            path = (*path, name)
            self._add_line(path, start)
        self._position += 1  # the equals sign
        self._skip(_BLANKS)
        self._read_value(path)

    def _read_value(self, path: KeyPath) -> None:
        opening = self._text[self._position : self._position + 1]
        if opening not in ("[", "{"):
            if not self._skip(_STRING):
                self._skip(_BARE_VALUE)
            return
        self._position += 1
        index = 0
        while self._skip_to_next("]" if opening == "[" else "}"):
            if opening == "{":
                self._read_pair(path)
            else:
                self._add_line((*path, index), self._position)
                self._read_value((*path, index))
                index += 1
        self._position += 1
