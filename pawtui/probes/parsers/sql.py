"""The SQL statements of a source file, normalized to one spelling.

A `.sql` file is read as a whole, with every statement. In any other file, string literals that begin like SQL are read,
also template literals with tags, escaped backquotes and many lines, and texts in triple quotes. Comments of the
language and of SQL are ignored.

A normalized statement is lower case with single spaces; names have no quotes, texts are `''`, inserted values are `?`.
"""

import bisect
from collections.abc import Iterator
from typing import NamedTuple

import regex

# Code of C-like languages: JavaScript, TypeScript, and approximately Go, Java or C#.
_TOKEN = regex.compile(r'''//[^\n]*|/\*.*?(?:\*/|\Z)|"""|\'{3}|["'`{}/]''', regex.DOTALL)
_QUOTED = {quote: regex.compile(rf"(?:[^\\{quote}\n]|\\.)*+", regex.DOTALL) for quote in "\"'"}
# Texts of many lines in Python, Java, Kotlin and others.
_TRIPLE = ('"""', "'''")
_TEMPLATE = regex.compile(r"(?:[^\\`$]|\\.|\$(?!\{))*+", regex.DOTALL)
_REGEX_LITERAL = regex.compile(r"/(?![/*])(?:[^\\/\[\n]|\\.|\[(?:[^\\\]\n]|\\.){0,80}+\]){1,200}+/[a-z]*")
_BEFORE_REGEX = regex.compile(r"(?:^|[(,=:\[!&|?{};+\n]|\breturn|\btypeof)[ \t]*$")
_ESCAPE = regex.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n|.)", regex.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\n", "\n": "", "\r\n": ""}
# Marks both ends of the name of a value that is inserted into a template.
_VALUE = "\x01"

_SQL = regex.compile(
    r"""(?P<cut>--> statement-breakpoint|;)|(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))"""
    r"""|(?P<text>'(?:[^']|'')*+(?:'|\Z))|(?P<name>`[^`]*+`|"[^"]*+"|\[\w+\])|(?P<value>\x01[^\x01]*\x01)""",
    regex.DOTALL,
)
_VERB = regex.compile(
    r"(?:delete from|truncate|drop table|alter table|rename table|create (?:temp |temporary |unlogged )?table"
    r"|insert (?:or \w+ )?into|replace into|with|update) [\w?(.]"
    # "DELETE FROM " + table: only the running program knows the table.
    r"|(?:delete from|drop table(?: if exists)?|truncate table)$"
)
_CONSTANT = regex.compile(r"(?:^|\.)[A-Z]|[a-z\d_]Tables?$")


class Statement(NamedTuple):
    """One normalized statement and the line (from 1) that it begins on."""

    line: int
    text: str


class SourceText(NamedTuple):
    """The parts of a file: its literals as (offset, text), and its code with comments and literals blanked out."""

    literals: tuple[tuple[int, str], ...]
    code: str


def statements(text: str, path: str) -> list[Statement]:
    """Return the SQL statements of a file, in the order of the text."""
    starts = [0, *(found.end() for found in regex.finditer("\n", text))]
    is_sql = is_sql_file(path)
    pieces = ((0, text),) if is_sql else split_source(text).literals
    found = []
    for offset, piece in pieces:
        for begin, statement in _split(piece):
            if is_sql or _VERB.match(statement):
                line = bisect.bisect_right(starts, offset) + piece.count("\n", 0, begin)
                found.append(Statement(line, statement))
    return found


def is_sql_file(path: str) -> bool:
    """Return whether a file is read as SQL as a whole."""
    return path.lower().endswith(".sql")


def table_of_constant(name: str) -> str:
    """Return the table of a query builder's constant (`session_message` for `SessionMessageTable`); else empty."""
    if not _CONSTANT.search(name):
        return ""
    bare = regex.sub(r"(?<=.)[Tt]ables?$", "", name.rpartition(".")[2])
    return regex.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).lower()


def _split(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement as (offset, normalized statement)."""
    parts: list[str] = []
    begin: int | None = None
    at = 0
    for token in [*_SQL.finditer(text), None]:
        end = token.start() if token else len(text)
        pieces = [(at, text[at:end])]
        if token is not None and token["text"]:
            pieces.append((end, " '' "))
        elif token is not None and token["name"]:
            pieces.append((end, token[0][1:-1].replace(" ", "_")))
        elif token is not None and token["value"]:
            pieces.append((end, "?" + table_of_constant(token[0].strip(_VALUE))))
        elif token is not None and token["comment"]:
            pieces.append((end, " "))
        for offset, piece in pieces:
            if begin is None and piece.strip():
                begin = offset + len(piece) - len(piece.lstrip())
            parts.append(piece)
        if token is None or token["cut"]:
            statement = " ".join("".join(parts).lower().split())
            if statement:
                yield begin or 0, statement
            parts, begin = [], None
        at = token.end() if token else end


def split_source(text: str) -> SourceText:
    """Return the unescaped string literals of a source text, and its code without them."""
    return _Reader(text).read()


class _Template:
    """An open template literal: its offset, its text so far, and the start of the value being inserted."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.parts: list[str] = []
        # The open braces around the template, which are counted again after the value.
        self.outer_depth = 0
        self.value_at = 0


class _Reader:
    """Reads a source text once, from its start to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._literals: list[tuple[int, str]] = []
        self._code: list[str] = []
        # Open templates: a value inserted into a template is code, which may contain templates.
        self._open: list[_Template] = []
        # The open braces in the code of the innermost value.
        self._depth = 0

    def read(self) -> SourceText:
        text, at = self._text, 0
        while token := _TOKEN.search(text, at):
            self._code.append(text[at : token.start()])
            at = self._take(token[0], token.start(), token.end())
        self._code.append(text[at:])
        # Keep the text of templates that do not end.
        self._literals += [(template.offset, "".join(template.parts)) for template in self._open]
        return SourceText(tuple(sorted(self._literals)), "".join(self._code))

    def _take(self, mark: str, start: int, end: int) -> int:
        """Read from a mark of the code on; return the offset where code continues."""
        if mark in _TRIPLE:
            at = self._text.find(mark, end)
            after = at if at >= 0 else len(self._text)
            self._literals.append((start, _unescaped(self._text[end:after])))
            self._code.append('""' + "\n" * self._text.count("\n", end, after))
            return after + len(mark)
        if mark in _QUOTED:
            body = _QUOTED[mark].match(self._text, end)
            after = body.end() if body else end
            self._literals.append((start, _unescaped(self._text[end:after])))
            self._code.append('""' + "\n" * self._text.count("\n", end, after + 1))
            return after + 1
        if mark == "`":
            self._open.append(_Template(start))
            return self._template(end)
        if mark == "/":
            before = self._text[max(0, start - 40) : start]
            whole = _REGEX_LITERAL.match(self._text, start) if _BEFORE_REGEX.search(before) else None
            self._code.append("" if whole else mark)
            return whole.end() if whole else end
        if mark == "}" and self._open and self._depth == 0:
            return self._value_ends(start, end)
        if mark in "{}":
            self._depth = max(self._depth + (1 if mark == "{" else -1), 0)
            self._code.append(mark)
            return end
        self._code.append(" " + "\n" * mark.count("\n"))
        return end

    def _template(self, start: int) -> int:
        """Read on in the innermost template; return the offset where code continues."""
        piece = _TEMPLATE.match(self._text, start)
        end = piece.end() if piece else start
        template = self._open[-1]
        template.parts.append(_unescaped(self._text[start:end]))
        self._code.append("\n" * self._text.count("\n", start, end))
        if self._text.startswith("${", end):
            template.outer_depth, template.value_at = self._depth, end + 2
            self._depth = 0
            return end + 2
        self._open.pop()
        self._literals.append((template.offset, "".join(template.parts)))
        self._code.append('""')
        return end + 1

    def _value_ends(self, start: int, end: int) -> int:
        """End the value of the innermost template at its brace; return the offset where code continues."""
        template = self._open[-1]
        value = self._text[template.value_at : start].strip()
        name = value if regex.fullmatch(r"[\w.]+", value) else ""
        template.parts.append(f"{_VALUE}{name}{_VALUE}")
        self._depth = template.outer_depth
        return self._template(end)


def _unescaped(raw: str) -> str:
    def replace(found: regex.Match[str]) -> str:
        code: str = found[1]
        return " " if code[0] in "ux" and len(code) > 1 else _PLAIN.get(code, code)

    return _ESCAPE.sub(replace, raw)
