"""Find the line of a key in a TOML text, for messages, because `tomllib` does not return lines.

`tomllib` has accepted the text before. Each key and each element gets its line, also in arrays of tables, inline tables
and arrays.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from pawtui.tracker.mistake import Key, KeyPath

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BLANKS = re.compile(r"[ \t]*")
# Any TOML string. The groups are the content of a string on one line, which can be a key.
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?P<basic>(?:[^"\\\n]|\\.)*)"|\'(?P<literal>[^\'\n]*)\'', re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")


class Locator:
    """The lines of all keys and elements of a valid TOML text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        # The index of the newest table of each array of tables.
        self._last_index: dict[KeyPath, int] = {}
        self._lines: dict[KeyPath, int] = {}
        self._read()

    def line_of(self, path: Sequence[Key]) -> int | None:
        """Return the line (from 1) of the key at `path`, or of the nearest key above it; None if neither is found."""
        wanted = tuple(path)
        above = (wanted[:end] for end in range(len(wanted), 0, -1))
        return next((self._lines[path] for path in above if path in self._lines), None)

    def _read(self) -> None:
        table: KeyPath = ()
        self._skip(_SPACE)
        while self._at < len(self._text):
            before = self._at
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_SPACE)
            if self._at == before:
                # Never loop: a text that `tomllib` accepts may be new to this reader. Keep the lines found so far.
                return

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found[0] if found else ""

    def _add_line(self, path: KeyPath, at: int) -> None:
        self._lines.setdefault(path, bisect_right(self._starts, at))

    def _header(self) -> KeyPath:
        """Read `[a.b]` or `[[a.b]]`, and return its path in the last element of each array."""
        start = self._at
        is_array = self._text.startswith("[[", start)
        self._at += 2 if is_array else 1
        names = self._dotted_key()
        self._at += 2 if is_array else 1
        path: KeyPath = ()
        for position, name in enumerate(names):
            path = (*path, name)
            self._add_line(path, start)
            if is_array and position == len(names) - 1:
                self._last_index[path] = self._last_index.get(path, -1) + 1
            if path in self._last_index:
                path = (*path, self._last_index[path])
                self._add_line(path, start)
        return path

    def _dotted_key(self) -> list[str]:
        names = []
        while True:
            self._skip(_BLANKS)
            if found := STRING.match(self._text, self._at):
                names.append(found["basic"] if found["basic"] is not None else found["literal"] or "")
                self._at = found.end()
            else:
                names.append(self._skip(_BARE_KEY))
            self._skip(_BLANKS)
            if not self._text.startswith(".", self._at):
                return names
            self._at += 1

    def _pair(self, table: KeyPath) -> None:
        start = self._at
        path = table
        for name in self._dotted_key():
            path = (*path, name)
            self._add_line(path, start)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._skip(_BLANKS)
        opening = self._text[self._at : self._at + 1]
        if opening == "[":
            self._elements(path)
        elif opening == "{":
            self._members(path)
        elif found := STRING.match(self._text, self._at):
            self._at = found.end()
        else:
            self._skip(_BARE_VALUE)

    def _elements(self, path: KeyPath) -> None:
        self._at += 1
        count = 0
        self._skip(_SPACE)
        while self._at < len(self._text) and self._text[self._at] != "]":
            self._add_line((*path, count), self._at)
            self._value((*path, count))
            count += 1
            self._after_element()
        self._at += 1

    def _members(self, path: KeyPath) -> None:
        self._at += 1
        self._skip(_SPACE)
        while self._at < len(self._text) and self._text[self._at] != "}":
            self._pair(path)
            self._after_element()
        self._at += 1

    def _after_element(self) -> None:
        before = self._at
        self._skip(_SPACE)
        if self._text.startswith(",", self._at):
            self._at += 1
        self._skip(_SPACE)
        if self._at == before and self._text[self._at : self._at + 1] not in ("]", "}"):
            self._at = len(self._text)
