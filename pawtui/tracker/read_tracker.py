"""Read and check a tracker file. A message has the file, line and key, the mistake, and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

import msgspec

from pawtui.atomic import read_file
from pawtui.errors import PawtuiError, os_reason
from pawtui.tracker.tracker_types import Tracker

if TYPE_CHECKING:
    # The modules that check a file are imported later, because the built-in tracker does not need them.
    from pawtui.tracker.mistake import KeyPath, Mistake

FILE_NAME = "pawtui.toml"
BUILTIN_NAME = "the built-in tracker"
SIZE_LIMIT = 1_000_000  # bytes; a tracker is a page or two

_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
# `tomllib` would take half a minute for a key of 50,000 parts.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*\.[ \t]*){100}""")
_TOML_REMEDY = (
    "Write each key once, on a line of its own: name = 'text' or name = ['a', 'b']. "
    "Write [[signals]] for a list of tables."
)


class TrackerError(PawtuiError):
    """The tracker cannot be used. `str()` has all its messages, one on each line."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = tuple(messages)


def builtin_text() -> str:
    """Return the built-in tracker as TOML."""
    # `importlib.resources` is slow to import, and the package is never run from an archive.
    return Path(__file__).with_name("builtin.toml").read_text(encoding="utf-8")


def builtin_tracker() -> Tracker:
    """Return the built-in tracker."""
    return packaged_tracker(builtin_text())


@cache
def packaged_tracker(text: str) -> Tracker:
    """Return a tracker of this package from its TOML text. It is not checked: a test does that."""
    return msgspec.convert(tomllib.loads(text), Tracker)


def find_tracker(option: str | Path | None, env: Mapping[str, str], folder: Path) -> Path | None:
    """Return the tracker file to use: the option, `PAWTUI_TRACKER`, or `pawtui.toml` in `folder` or above.

    None means the built-in tracker. Raises `TrackerError` if the folder may not be searched.
    """
    if option:
        return Path(option)
    if named := env.get("PAWTUI_TRACKER"):
        return Path(named)
    for above in (folder, *folder.parents):
        file = above / FILE_NAME
        try:
            # Not `Path.is_file`: since Python 3.14, it does not raise `PermissionError`.
            if S_ISREG(file.stat().st_mode):
                return file
        except PermissionError as error:
            # To go on with the built-in tracker would silently use another record.
            remedy = "Make it readable, change to another folder, or give a tracker with --tracker."
            raise TrackerError([f"Cannot search {folder} for {FILE_NAME}: {os_reason(error)}. {remedy}"]) from None
        except OSError:
            continue
    return None


def read_tracker(path: Path) -> Tracker:
    """Return the tracker of a file, checked. Raises `TrackerError`."""
    return parse_tracker(tracker_text(path), str(path))


def tracker_text(path: Path) -> str:
    """Return the text of a tracker file, unchecked. Raises `TrackerError` if it is not a text file."""
    try:
        # `read_file` refuses named pipes and devices, because reading them may never end.
        return read_file(path, SIZE_LIMIT)[0].decode("utf-8-sig")
    except FileNotFoundError:
        raise TrackerError([f"There is no tracker file {path}: give another file, or run `pawtui init`."]) from None
    except UnicodeDecodeError as error:
        raise TrackerError([f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8."]) from None
    except OSError as error:
        # It may also be a folder, a device, or too large.
        remedy = f"Give a file that you can read, of at most {SIZE_LIMIT:,} bytes."
        raise TrackerError([f"Cannot read {path}: {os_reason(error)}. {remedy}"]) from None


def parse_tracker(text: str, name: str, *, patterns: bool = False) -> Tracker:
    """Return the tracker of a TOML text. Raises `TrackerError`. `name` is the name of the text in messages.

    With `patterns`, regular expressions are compiled too, with a library that is slow to import.
    """
    text = text.replace("\r\n", "\n")
    data = _parse_toml(text, name)
    from pawtui.tracker.validate import find_mistakes
    from pawtui.tracker.value_mistakes import value_mistakes

    if mistakes := list(value_mistakes(data, Tracker)):
        raise TrackerError(_messages(mistakes, data, text, name))
    tracker = msgspec.convert(data, Tracker)
    mistakes = find_mistakes(tracker)
    if patterns:
        from pawtui.tracker.pattern_mistakes import pattern_mistakes

        mistakes += pattern_mistakes(tracker)
    if mistakes:
        raise TrackerError(_messages(mistakes, data, text, name))
    return tracker


def _parse_toml(text: str, name: str) -> dict[str, Any]:
    """Return the data of a TOML text. Raises `TrackerError` if it is not TOML, or would take too long to parse."""
    if long_key := _LONG_KEY.search(text):
        line = text.count("\n", 0, long_key.start()) + 1
        raise TrackerError([f"{name}:{line}: a key has more than 100 parts. Remove some of its dots."])
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise TrackerError([f"{name}: its brackets are nested too deep. A tracker needs 4. Remove some."]) from None
    except ValueError as error:
        place = _TOML_PLACE.search(str(error))
        where = f"{name}:{place[1]}" if place else name
        column = f", column {place[2]}" if place else ""
        reason = _TOML_PLACE.sub("", str(error)).rstrip(".")
        message = f"this is not TOML: {reason[:1].lower()}{reason[1:]}{column}. {_TOML_REMEDY}"
        raise TrackerError([f"{where}: {message}"]) from None


def _messages(mistakes: Sequence[Mistake], data: Mapping[str, Any], text: str, name: str) -> list[str]:
    """Return a message for each mistake: the file and line, the key, and the mistake."""
    from pawtui.tracker.key_lines import KeyLines

    key_lines = KeyLines(text)
    messages = []
    for path, message in mistakes:
        line = key_lines.line_of(path)
        where = f"{name}:{line}" if line else name
        messages.append(": ".join(part for part in (where, _dotted(path, data), message) if part))
    return messages


def _dotted(path: KeyPath, data: Mapping[str, Any]) -> str:
    """Return a path as text: elements with an id by their id, other elements by number from 1."""
    names: list[str] = []
    node: Any = data
    for key in path:
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            node = None
        if isinstance(key, str):
            names.append(key if key.isprintable() and len(key) <= 60 else repr(key[:60]))
        elif isinstance(node, dict) and isinstance(node.get("id"), str) and node["id"].isprintable():
            names.append(node["id"][:60])
        else:
            names.append(str(key + 1))
    return ".".join(names)
