"""The stored definitions in JavaScript or TypeScript text: `name@version`, and the names of the fields.

The parser knows object literals, local constants and spreads. The tracker describes the form of definitions
(`Contract`). Ambiguous text raises `Unmeasurable`, or is recorded as `opaque` if it only hides fields. Definitions that
are not stored are ignored.
"""

import time
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import regex

from pawtui.probes.repo_view import Unmeasurable
from pawtui.tracker.tracker_types import Contract

_NAME = r"[A-Za-z_$][\w$]*"
# Comments, strings, templates and regex literals contain no code. `bad` is one that does not end.
_TOKEN = regex.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`
      |(?<=(?:[(,=:\[!&|?{};+*%~^<>-]|^|\breturn)\s*)/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/)
    |(?P<bad>["'`]|/\*)""",
    regex.X | regex.S,
)
# A key inside a value.
_INNER_KEY = regex.compile(rf"[{{,]\s*[\"']?({_NAME})[\"']?\s*:(?!:)")
# A quoted key is blank between its quotes (`_blank`).
_KEY = regex.compile(rf"({_NAME}|\d+|[\"'] *[\"'])\s*:(?!:)")

# The start and the end (exclusive) of a value in the text.
_Span = tuple[int, int]


class Definition(NamedTuple):
    """One stored definition: its fields with their values as text. `opaque` are the parts that are not in this text."""

    line: int
    fields: Mapping[str, str]
    opaque: frozenset[str]


class Changes(NamedTuple):
    """The names (`name@version` or `name@version.field`) that were removed, added, or perhaps changed.

    A key inside a field's value that is no longer there is perhaps changed: it may be in another definition now.
    `other_values` are fields whose names are the same and whose values, such as types, are not.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    unsure: tuple[str, ...]
    other_values: tuple[str, ...] = ()


def read_definitions(text: str, form: Contract, timeout: float = 1.0) -> dict[str, Definition]:
    """Return every stored definition of a text, by `name@version`.

    Raises `Unmeasurable`, and `TimeoutError` after `timeout` seconds.
    """
    return _Text(text, timeout).definitions(form)


def blank_comments(text: str, timeout: float = 1.0) -> str:
    """Return a JavaScript or TypeScript text without its comments; unchanged if a string or comment does not end.

    Raises `TimeoutError` after `timeout` seconds.
    """
    found = list(_TOKEN.finditer(text, timeout=timeout))
    if any(token["bad"] for token in found):
        return text
    return _TOKEN.sub(lambda token: regex.sub(r"[^\n]", " ", token[0]) if token["comment"] else token[0], text)


def compare_definitions(old: Mapping[str, Definition], new: Mapping[str, Definition]) -> Changes:
    """Return the changes from the old definitions to the new ones."""
    removed = [key for key in old if key not in new]
    added = [key for key in new if key not in old]
    unsure = []
    other_values = []
    for key in old.keys() & new.keys():
        before, after = old[key], new[key]
        gone = sorted(before.fields.keys() - after.fields.keys())
        if before.opaque - after.opaque or (gone and after.opaque):
            # A field may have moved to a part that is not in the text.
            unsure.append(key)
        else:
            removed += [f"{key}.{field}" for field in gone]
        added += [f"{key}.{field}" for field in sorted(after.fields.keys() - before.fields.keys())]
        changed = [field for field, value in before.fields.items() if after.fields.get(field, value) != value]
        other_values += [f"{key}.{field}" for field in changed]
        unsure += [
            f"{key}.{field}.{inner}"
            for field in changed
            for inner in _inner_keys(before.fields[field]) - _inner_keys(after.fields[field])
        ]
    return Changes(tuple(sorted(removed)), tuple(sorted(added)), tuple(sorted(unsure)), tuple(sorted(other_values)))


def _inner_keys(value: str) -> Counter[str]:
    return Counter(_INNER_KEY.findall(value))


class _Text:
    """A text, and its code of the same length with comments and the contents of literals blanked out."""

    def __init__(self, text: str, timeout: float) -> None:
        self._text, self._timeout, self._end = text, timeout, time.monotonic() + timeout
        self._code = _TOKEN.sub(self._blank, text, timeout=timeout)
        # The offset of each opening bracket, with the offset of its closing bracket.
        self._close: dict[int, int] = {}
        stack: list[int] = []
        for found in regex.finditer(r"[(){}\[\]]", self._code):
            if found[0] in "({[":
                stack.append(found.start())
            elif stack and self._code[stack[-1]] + found[0] in ("()", "{}", "[]"):
                self._close[stack.pop()] = found.start()
            else:
                raise Unmeasurable(f"line {self._line(found.start())}: a bracket closes that was not opened")
        if stack:
            raise Unmeasurable(f"line {self._line(stack[-1])}: a bracket is not closed")

    def definitions(self, form: Contract) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        # The offsets of the opening and the closing bracket of each block.
        blocks: list[tuple[int, int]] = []
        for match in regex.finditer(form.block, self._code, regex.MULTILINE, timeout=self._timeout):
            start = self._skip(match.end())
            if self._code[start : start + 1] != "{":
                raise Unmeasurable(f"line {self._line(match.start())}: no {{ after {match[0].strip()}")
            blocks.append((start, self._close[start]))
            members, opaque = self._members(start)
            if not (_is_stored(match, members, form) or opaque):
                continue
            where = f"line {self._line(start)}"
            if opaque:
                # The definition may be stored: it must not be ignored.
                raise Unmeasurable(f"{where}: {min(opaque)} is not in this file")
            name = self._string(members.get(form.name))
            if name is None:
                raise Unmeasurable(f"{where}: {form.name} is not a plain string")
            key = f"{name}@{self._version(members, form.version, where)}"
            if key in found:
                raise Unmeasurable(f"{where}: {key} is defined twice")
            found[key] = Definition(self._line(start), *self._fields(members.get(form.fields)))
        self._refuse_names_outside(form.name, blocks)
        return found

    def _refuse_names_outside(self, name: str, blocks: list[tuple[int, int]]) -> None:
        """Raise `Unmeasurable` for a name outside every block: `block` does not match all definitions."""
        for match in regex.finditer(rf"(?<![\w$.]){regex.escape(name)}\s*:\s*[\"'`]", self._code):
            if not any(start < match.start() < end for start, end in blocks):
                raise Unmeasurable(f"line {self._line(match.start())}: a {name} outside every definition")

    def _blank(self, found: regex.Match[str]) -> str:
        if found["bad"]:
            raise Unmeasurable(f"line {self._line(found.start())}: a string or comment does not end")
        inside = regex.sub(r"[^\n]", " ", found[0])
        return inside if found["comment"] else found[0][0] + inside[1:-1] + found[0][-1]

    def _line(self, at: int) -> int:
        """Return the number of the line at an offset, from 1."""
        return self._text.count("\n", 0, at) + 1

    def _skip(self, at: int) -> int:
        """Return the offset of the first code at or after an offset: spaces and comments are skipped."""
        return at + len(self._code[at:]) - len(self._code[at:].lstrip())

    def _members(self, start: int, seen: tuple[int, ...] = ()) -> tuple[dict[str, _Span], set[str]]:
        """Return the keys and values of the object literal that opens at `start`, and the parts outside this text."""
        # Constants that spread each other twice take exponential time.
        if time.monotonic() > self._end:
            raise TimeoutError
        if start in seen:
            raise Unmeasurable(f"line {self._line(start)}: an object spreads itself")
        members: dict[str, _Span] = {}
        opaque: set[str] = set()
        for begin, end in self._parts(start + 1, self._close[start]):
            code = self._code[begin:end]
            if code.startswith("..."):
                inner = self._literal(begin + 3, end)
                if inner is None:
                    opaque.add(self._unread(begin, end))
                else:
                    more, more_opaque = self._members(inner, (*seen, start))
                    members |= more
                    opaque |= more_opaque
            elif key := _KEY.match(code):
                name = self._text[begin : begin + key.end(1)].strip("\"'")
                members[name] = (self._skip(begin + key.end()), end)
            elif regex.fullmatch(_NAME, code):
                members[code] = (begin, end)
            else:
                raise Unmeasurable(
                    f"line {self._line(begin)}: not a key or a spread: {self._on_one_line(begin, end)[:40]}"
                )
        return members, opaque

    def _parts(self, at: int, end: int) -> list[_Span]:
        """Return the stripped parts between the commas from `at` to `end`; commas in brackets do not count."""
        parts, begin, top_level = [], at, ""
        while at <= end:
            if at == end or self._code[at] == ",":
                first, last = self._skip(begin), begin + len(self._code[begin:at].rstrip())
                if first < last:
                    parts.append((first, last))
                # More colons than one, and one for each `? :`, or a spread that is not at the start, mean two members.
                if top_level.count(":") > 1 + top_level.count("?") or "..." in top_level.strip()[1:]:
                    raise Unmeasurable(f"line {self._line(first)}: no comma between two members")
                begin, top_level = at + 1, ""
            else:
                top_level += self._code[at]
            at = self._close.get(at, at) + 1
        return parts

    def _literal(self, begin: int, end: int) -> int | None:
        """Return the start of the object literal that is this value, or the value of this local constant.

        None if the value is something else, such as a call or a member of a constant.
        """
        code = regex.sub(r"\s+(as\s+const|satisfies\s.*)$", "", self._code[begin:end].strip(), flags=regex.S)
        begin = self._skip(begin)
        if code.startswith("{") and self._close[begin] == begin + len(code) - 1:
            return begin
        if not regex.fullmatch(_NAME, code):
            return None
        at = self._constant(code)
        if at is None or self._code[at : at + 1] != "{":
            return None
        # `{...}.x`, `{...}(...)` or `{...}[...]` is another value.
        return None if regex.match(r"\s*[.(\[?]", self._code, pos=self._close[at] + 1) else at

    def _constant(self, name: str, *, optional: bool = False) -> int | None:
        """Return the start of a local constant's value; None if there is no such constant.

        Raises `Unmeasurable` if it is set twice, as in two namespaces; if it is `optional`, returns None.
        """
        pattern = rf"\b(?:const|let|var)\s+{regex.escape(name)}(?![\w$])[^=;{{(]*=(?![=>])\s*"
        found = [match.end() for match in regex.finditer(pattern, self._code)]
        if len(found) > 1 and not optional:
            raise Unmeasurable(f"line {self._line(found[1])}: {name} is set twice")
        return found[0] if len(found) == 1 else None

    def _unread(self, begin: int, end: int, *, optional: bool = False) -> str:
        """Return a text that is not read, with the local constants that it uses: it changes if they change."""
        text = self._on_one_line(begin, end)
        spans, seen = [(begin, end)], set[str]()
        # Each constant once: constants may use each other in any number of ways.
        while spans:
            names = set(regex.findall(rf"(?<![\w$]|\w\.){_NAME}(?!\s*:)", self._code[slice(*spans.pop())])) - seen
            seen |= names
            for name in sorted(names):
                if (at := self._constant(name, optional=optional)) is not None:
                    stop = at
                    while stop < len(self._code) and self._code[stop] not in "\n;":
                        stop = self._close.get(stop, stop) + 1
                    text += f"; {name} = {self._on_one_line(at, stop)}"
                    spans.append((at, stop))
        return text

    def _string(self, span: _Span | None) -> str | None:
        text = self._text[slice(*span)] if span else ""
        plain = regex.fullmatch(r"([\"'`])([^\"'`\\]*)\1(?:\s+as\s+const)?", text)
        return None if plain is None or "${" in text else str(plain[2])

    def _version(self, members: dict[str, _Span], paths: tuple[str, ...], where: str) -> str:
        """Return the first of the dotted keys that is set; 1 if none is set."""
        for path in paths:
            *outer, last = path.split(".")
            outer_members = members
            for key in outer:
                if key not in outer_members:
                    outer_members = {}
                    break
                inner = self._literal(*outer_members[key])
                outer_members, opaque = ({}, {path}) if inner is None else self._members(inner)
                if opaque:
                    raise Unmeasurable(f"{where}: {path} is not in this file")
            if last in outer_members:
                number = self._text[slice(*outer_members[last])]
                if not number.isdecimal():
                    raise Unmeasurable(f"{where}: {path} is not a number")
                return number
        return "1"

    def _fields(self, span: _Span | None) -> tuple[dict[str, str], frozenset[str]]:
        """Return the fields with their values, and the opaque parts among them."""
        if span is None:
            return {}, frozenset()
        inner = self._literal(*span)
        if inner is None:
            return {}, frozenset({self._unread(*span)})
        members, opaque = self._members(inner)
        fields = {name: self._unread(*value, optional=True) for name, value in members.items()}
        return fields, frozenset(opaque)

    def _on_one_line(self, begin: int, end: int) -> str:
        """Return a part of the text on one line, without comments and trailing commas."""
        bare = _TOKEN.sub(lambda found: " " if found["comment"] else found[0], self._text[begin:end])
        return regex.sub(r"(?<=[(\[{]) | ?,?(?= ?[)\]}])", "", " ".join(bare.split()))


def _is_stored(match: regex.Match[str], members: Mapping[str, _Span], form: Contract) -> bool:
    """Return whether the block or one of its keys marks a definition as stored."""
    by_block = bool(match.groupdict().get("stored"))
    return by_block or not form.stored or bool(members.keys() & set(form.stored))
