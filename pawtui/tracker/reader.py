"""Read a tracker file. A mistake is answered with the file, the line, the key, what was found and what is allowed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pawtui.atomic import NotAFile, TooLarge, read_file
from pawtui.errors import PawtuiError
from pawtui.tracker.model import PROBE_TYPES, Tracker

if TYPE_CHECKING:
    # What only a file of one's own needs, or a mistake in it, is imported there: `pawtui status` counts milliseconds.
    from pawtui.tracker.locate import Step
    from pawtui.tracker.validate import Mistake

FILE_NAME = "pawtui.toml"
BUILTIN_NAME = "the built-in tracker"
SIZE_LIMIT = 1_000_000  # bytes; a tracker is a page or two

_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>\$[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]|\[\.\.\.\]")


class TrackerError(PawtuiError):
    """The tracker cannot be used. `mistakes` has one sentence for each, `str()` all of them, a line each."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


def builtin_text() -> str:
    """The built-in tracker as TOML."""
    # importlib.resources would cost more than all of the reading, and the package is never run from an archive.
    return Path(__file__).with_name("builtin.toml").read_text(encoding="utf-8")


def builtin_tracker() -> Tracker:
    """The built-in tracker."""
    return msgspec.convert(tomllib.loads(builtin_text()), Tracker)


def find_tracker(option: str | Path | None, env: Mapping[str, str], folder: Path) -> Path | None:
    """The tracker file to use: the option, `PAWTUI_TRACKER`, `pawtui.toml` in `folder` or above; None: the built-in."""
    if option:
        return Path(option)
    if named := env.get("PAWTUI_TRACKER"):
        return Path(named)
    return next((found for at in (folder, *folder.parents) if (found := at / FILE_NAME).is_file()), None)


def read_tracker(path: Path) -> Tracker:
    """Read and check a tracker file; raises `TrackerError`."""
    return check_tracker(tracker_text(path), str(path))


def tracker_text(path: Path) -> str:
    """Return the text of a tracker file, unchecked. Raises `TrackerError` where there is no file or no text."""
    try:
        # Reading a named pipe or a device may never end.
        return read_file(path, SIZE_LIMIT)[0].decode()
    except FileNotFoundError:
        raise TrackerError([f"There is no tracker file {path}: name another, or run `pawtui init`."]) from None
    except UnicodeDecodeError as error:
        raise TrackerError([f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8."]) from None
    except TooLarge:
        raise TrackerError([f"{path} has over {SIZE_LIMIT:,} bytes: that is no tracker file."]) from None
    except NotAFile as error:
        raise TrackerError([f"{path} is {error.kind}, but a tracker is a file: name another."]) from None
    except OSError as error:
        raise TrackerError([f"{path} cannot be read ({error.strerror}): check the path and its permissions."]) from None


def check_tracker(text: str, name: str, *, patterns: bool = False) -> Tracker:
    """A tracker from its TOML text; raises `TrackerError`. `name` is how messages call it.

    With `patterns`, regular expressions are compiled too (which costs an import that reading alone does not need).
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TrackerError([f"{name} is not TOML: {error}."]) from None
    try:
        tracker = msgspec.convert(data, Tracker)
    except msgspec.ValidationError as error:
        raise TrackerError([_explain(str(error), data, text, name)]) from None
    from pawtui.tracker.validate import find_mistakes

    mistakes = find_mistakes(tracker)
    if patterns:
        from pawtui.tracker.pattern_check import pattern_mistakes

        mistakes += pattern_mistakes(tracker)
    if mistakes:
        raise TrackerError([_located(mistake, data, text, name) for mistake in mistakes])
    return tracker


def _located(mistake: Mistake, data: Mapping[str, Any], text: str, name: str) -> str:
    from pawtui.tracker.locate import line_of

    line = line_of(text, mistake.path)
    where = f"{name}:{line}" if line else name
    # A key or an id may hold line ends.
    key = " ".join(spell(mistake.path, data).split())
    return ": ".join(part for part in (where, key, mistake.message) if part)


def spell(path: Sequence[Step], data: Mapping[str, Any]) -> str:
    """A path as people write it: elements of `signals` and `gates` by id, others counted from 1."""
    spelled = ""
    node: Any = data
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            node = None
        if isinstance(step, str):
            spelled += f".{step}" if spelled else step
        elif isinstance(node, dict) and isinstance(node.get("id"), str):
            spelled += f".{node['id']}"
        else:
            spelled += f".{step + 1}"
    return spelled


def _steps(path: str) -> list[Step]:
    return [found[1] or (int(found[2]) if found[2] else "...") for found in _STEP.finditer(path)]


def _explain(error: str, data: Mapping[str, Any], text: str, name: str) -> str:
    """msgspec's words, turned into: where, what was found, what is allowed, the nearest known word."""
    from pawtui.tracker.validate import Mistake

    matched = _AT.match(error)
    what, path = (matched["what"], _steps(matched["path"] or "")) if matched else (error, [])
    node: Any = data
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    if unknown := re.match(r"Object contains unknown field `(.+)`", what):
        key = unknown[1]
        return _located(Mistake((*path, key), _unknown_key(key, path, data)), data, text, name)
    if missing := re.match(r"Object missing required field `(.+)`", what):
        return _located(Mistake(tuple(path), f"the key {missing[1]!r} is missing: add it."), data, text, name)
    if kind := re.match(r"Invalid (?:enum )?value '?(.*?)'?$", what):
        return _located(Mistake(tuple(path), _bad_value(kind[1], path)), data, text, name)
    found = "" if isinstance(node, dict | list) else f"found {node!r}, "
    wanted = _wanted(what)
    return _located(Mistake(tuple(path), f"{found}{wanted}."), data, text, name)


_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text in quotes",
    "bool": "true or false",
    "array": "a list in [brackets]",
    "object": "a table",
    "date": "a date as 2026-06-28",
    "null": "nothing",
}


def _wanted(what: str) -> str:
    if "RFC3339" in what:
        return f"which is no date; {_KINDS['date']} is wanted"
    expected = re.match(r"Expected `(.+?)`, got `(.+?)`", what)
    if not expected:
        return what[:1].lower() + what[1:]
    kinds = [_KINDS.get(kind.strip(), kind.strip()) for kind in expected[1].split("|") if kind.strip() != "null"]
    got = _KINDS.get(expected[2], expected[2])
    return f"which is {got}; {' or '.join(kinds)} is wanted"


def _fields_at(path: Sequence[Step], data: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys that are known where `path` leads."""
    owner: Any = Tracker
    node: Any = data
    for step in path:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            # msgspec does not say which name in a table it was (`limits[...]`).
            node = None
        if isinstance(step, str) and owner is not None:
            owner = _struct_of(owner, step)
        kind = node.get("kind") if isinstance(node, dict) else None
        owner = next((probe for probe in PROBE_TYPES if probe.__struct_config__.tag == kind), owner)
    if owner is None:
        return ()
    fields = tuple(owner.__struct_encode_fields__)
    return ("kind", *fields) if owner in PROBE_TYPES else fields


def _struct_of(owner: Any, key: str) -> Any:
    """The struct type that a field holds, alone, in a list or by name; None where it holds none.

    A key that is no field is a name in the table that the owner stands for (`limits.events`).
    """
    field = next((field for field in msgspec.structs.fields(owner) if field.encode_name == key), None)
    if field is None:
        return owner
    candidates = [field.type, *getattr(field.type, "__args__", ())]
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)


def _unknown_key(key: str, path: Sequence[Step], data: Mapping[str, Any]) -> str:
    from difflib import get_close_matches

    known = _fields_at(path, data)
    close = get_close_matches(key, known, n=1, cutoff=0.6)
    suggestion = (
        f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}." if known else "remove it."
    )
    return f"there is no key {key!r}; {suggestion}"


def _bad_value(value: str, path: Sequence[Step]) -> str:
    from difflib import get_close_matches

    key = path[-1] if path else ""
    allowed = {
        "kind": tuple(str(probe.__struct_config__.tag) for probe in PROBE_TYPES),
        "combine": ("worst", "parts"),
        "expect": ("present", "absent"),
        "soak": ("either", "both"),
    }.get(str(key), ())
    close = get_close_matches(value, allowed, n=1, cutoff=0.5)
    suggestion = f" (did you mean {close[0]!r}?)" if close else ""
    return (
        f"found {value!r}; allowed: {', '.join(allowed)}{suggestion}."
        if allowed
        else f"found {value!r}, which is not allowed."
    )
