"""The SQL statements of a source file, normalized to one spelling.

A `.sql` file is read with every statement, also one for a single database (`.sql.postgres`), but without the part that
undoes a migration (`-- +goose Down`), and without trigger functions, which delete rows only later. In JavaScript and
TypeScript, string and template literals that begin like SQL are read, except in a function `down`. Comments of the
language and of SQL are ignored. Other languages are not read: a file that mentions a statement is not measured, unless
this is in a function `down`, or only losses are wanted and the statement only adds something.

A normalized statement is lower case with single spaces; names have no quotes, texts are `''`, inserted values are `?`.
The constant of a table is `?table`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import regex

from pawtui.probes.parsers.down_migrations import without_down_blocks, without_down_functions, without_down_parts
from pawtui.probes.parsers.script import SCRIPTS, Script, line_of, span
from pawtui.probes.unmeasurable import Unmeasurable

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE = regex.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n|.)", regex.DOTALL)
# The characters that escapes stand for.
_ESCAPED = {"n": "\n", "t": "\t", "r": "\n", "\n": "", "\r\n": ""}
_LONGEST_NAME = 200
# Drizzle's way to insert a name: `sql.identifier("event")`.
_IDENTIFIER = regex.compile(r"""[\w.]*\bidentifier\((["'`])(\w+)\1\)""")

_SQL_FILE = regex.compile(r"(?i)\.sql(?:\.(?:mariadb|mssql|mysql|pgsql|postgres|postgresql|sqlite|sqlite3))?$")

_COMMENT = r"--[^\n]*|/\*.*?(?:\*/|\Z)"
_SQL = regex.compile(
    rf"""(?P<cut>--> statement-breakpoint|;)|(?P<comment>{_COMMENT})"""
    # PostgreSQL has backslashes in `E'it\'s'`.
    r"""|(?P<text>\b[eE]'(?:[^'\\]|''|\\.)*+(?:'|\Z)|'(?:[^']|'')*+(?:'|\Z))"""
    r"""|(?P<name>`[^`]*+`|"[^"]*+"|\[[\w?]+\])""",
    regex.DOTALL,
)
# A trigger function of PostgreSQL: only a trigger can call it.
_TRIGGER_FUNCTION = regex.compile(
    r"(?P<head>\breturns\s+trigger\b(?:(?!\breturns\b)[^;$])*\bas\s+(?P<quote>\$\w*\$))(?P<body>.*?)(?=(?P=quote))",
    regex.DOTALL | regex.IGNORECASE,
)
# White space and comments before a statement.
_IGNORED = regex.compile(rf"^(?:\s|{_COMMENT})*+", regex.DOTALL)
# A value may be inserted before a statement.
_VERB = regex.compile(
    r"(?:\? )?+(?:delete (?:\w+ )?from|truncate|drop table|alter table|rename table"
    r"|create (?:or replace |temp |temporary |unlogged )?table|insert (?:or \w+ )?into|replace into|with|update)"
    r" [\w?(.]"
    r"|do \$"
    # "DELETE FROM " + table: only the running program knows the table.
    r"|(?:delete from|drop table(?: if exists)?|truncate table)$"
)
# What may delete rows or set values, and other statements. `rename table(:a), :b, to: :c` of Ecto renames a column.
_LOSS = (
    r"delete\s+(?:\w+\s+)?from|truncate|drop[\s_(]*(?:table|schema|database)\w*|rename[\s(]+table(?!\(:\w+\), :)"
    r"|create\s+or\s+replace\s+table|replace\s+into|update\s+(?:\S+\s+){1,3}set"
)
_OTHER = r"alter\s+table|create\s+(?:\w+\s+){0,4}table|insert\s+(?:or\s+\w+\s+)?into|with\s+\S+\s+as"
# Text in another language, such as data, has no statement if it does not even mention one. `\n` may precede a word.
_MENTION = regex.compile(rf"(?i)(?:\b|\\n)(?:{_LOSS}|{_OTHER})\b|\.delete\(")
_MENTIONED_LOSS = regex.compile(rf"(?i)(?:\b|\\n)(?:{_LOSS})\b|\.delete\(")
# What an `ALTER TABLE` may lose. Its parts may be on any lines of a program.
_ALTER = regex.compile(r"(?i)(?:\b|\\n)alter\s+table\b")
_ALTER_LOSS = regex.compile(
    r"(?i)(?:\b|\\n)(?:drop(?!\s+(?:constraint|default|foreign|index|not|primary)\b)|rename(?!\s+(?:column|table)\b)"
    r"|partition|delete\s+where|clear\s+column|ttl)\b"
)
# Calls of other languages without SQL: `Event.delete_all`, `Schema::dropIfExists("event")`, `DeleteModel("Event")`.
# They may also drop a column: `op.drop_column("event", "a")`, `RemoveField("Event", "a")`, `remove_reference :a, :b`;
# or set one in all rows: `Event.update_all(a: nil)`, `->update(["a" => null])`, without a condition on that line.
_MENTIONED_CALL = regex.compile(
    r"(?i)(?:\.|->|::)(?:(?:execute)?(?:delete|destroy|truncate)(?!d)\w*|drop\b|remove_?range\b)"
    r"|\bdrop_?if_?exists\b|\bdelete\("
    r"|\b(?:delete|rename)_?(?:model|table)\b|\bschema::rename\b"
    r"|\bdrop_?(?:join_?table|(?:constrained)?foreign_?id\w*|\w*morphs|remember_?token|soft_?deletes|timestamps)"
    r"|\b(?:drop|remove)_?(?:columns?|field)\b|\bremove_(?:references?|belongs_to|timestamps)\b"
    r"|\bremove(?:_if_exists)?[ (]:\w|[\"']\$unset\b"
    r"|(?<!\b(?:filter|where)\w*\([^\n]{0,200})"
    r"(?:\b(?:update_all|execute_?update\w*)\b|\bupdate\([^()]*\b(?:nil|none|null)\b)"
)
# The name of a constant: one of its parts begins with a capital, or it ends in `Table`.
_CONSTANT = regex.compile(r"(?:^|\.)[A-Z]|[a-z\d_]Tables?$")


class Statement(NamedTuple):
    """One normalized statement, the line (from 1) that it begins on, and the texts that are `''` in it."""

    line: int
    text: str
    texts: str = ""


class ParsedFile(NamedTuple):
    """The statements of a file, and its syntax tree; None for SQL and other languages."""

    statements: list[Statement]
    script: Script | None = None


def read_statements(text: str, path: str, timeout: float = 1.0, *, only_losses: bool = False) -> ParsedFile:
    """Return the SQL statements of a file, in the order of the text.

    `only_losses`: a file in another language that cannot lose rows or values, such as one with only `CREATE TABLE`, has
    none.

    Raises `Unmeasurable` if the file has wrong syntax, may have statements in another language or in a text, and
    `TimeoutError` after `timeout` seconds.
    """
    if _SQL_FILE.search(path):
        text = _without_trigger_functions(without_down_parts(text), timeout)
        if hidden := _hidden_statement(text):
            raise Unmeasurable(f"{path}:{hidden} may have a statement in a text or a comment: read this line")
        return ParsedFile(list(_statements(text, 1)))
    if not path.lower().endswith(SCRIPTS):
        text = without_down_blocks(text)
        if mention := _mentioned_loss(text) if only_losses else _mentioned_statement(text):
            at = text.count("\n", 0, mention.start()) + 1
            raise Unmeasurable(
                f"{path}:{at} may have SQL, and only SQL, JavaScript and TypeScript are understood: read this line"
            )
        return ParsedFile([])
    try:
        script = Script(text, path, timeout)
    except Unmeasurable as error:
        raise Unmeasurable(f"{path} cannot be read: {error}") from None
    nodes = without_down_functions(script, [*script.nodes("string"), *script.nodes("template_string")])
    found = [
        statement
        for node in sorted(nodes, key=span)
        for statement in _statements(_literal(script, node), line_of(node))
        if _VERB.match(statement.text)
    ]
    return ParsedFile(found, script)


def _mentioned_statement(text: str) -> regex.Match[str] | None:
    return _MENTION.search(text) or _MENTIONED_CALL.search(text)


def _mentioned_loss(text: str) -> regex.Match[str] | None:
    return (
        _MENTIONED_LOSS.search(text)
        or _MENTIONED_CALL.search(text)
        or (_ALTER_LOSS.search(text) if _ALTER.search(text) else None)
    )


def _without_trigger_functions(text: str, timeout: float) -> str:
    """Return SQL without the bodies of trigger functions. Lines keep their numbers."""

    def without_body(function: regex.Match[str]) -> str:
        return function["head"] + "\n" * function["body"].count("\n")

    # Bodies that never end would take quadratic time.
    return _TRIGGER_FUNCTION.sub(without_body, text, timeout=timeout)


def _hidden_statement(text: str) -> int:
    """Return the line of a text or name of a `.sql` file that mentions a statement; 0 if there is none.

    Databases disagree on where it ends: `'it\\'s'` and `$$it's$$` are texts in some. MySQL runs `/*! ... */`.
    """
    for token in _SQL.finditer(text):
        is_comment = token["comment"] and not token[0].startswith("/*!")
        if not (token["cut"] or is_comment) and (mention := _MENTION.search(token[0])):
            return text.count("\n", 0, token.start() + mention.start()) + 1
    return 0


def table_of_constant(name: str) -> str:
    """Return the table of a query builder's constant (`session_message` for `SessionMessageTable`); else empty.

    A constant in capitals may be a text with any name.
    """
    if not _CONSTANT.search(name) or name.rpartition(".")[2].isupper():
        return ""
    return likely_table(name)


def likely_table(name: str) -> str:
    """Return the table that a name in a script may mean: `session_message` for `prisma.sessionMessage`."""
    bare = regex.sub(r"(?<=.)[Tt]ables?$", "", name.rpartition(".")[2])
    return regex.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).lower()


def _statements(text: str, line: int) -> Iterator[Statement]:
    """Yield the statements of a text that begins on this line."""
    cuts = [token.span() for token in _SQL.finditer(text) if token["cut"]]
    start = 0
    for end, next_start in [*cuts, (len(text), len(text))]:
        part = text[start:end]
        statement = " ".join(_SQL.sub(_normalized, part).lower().split())
        if statement:
            texts = "".join(token["text"] for token in _SQL.finditer(part) if token["text"])
            ignored = len(part) - len(_IGNORED.sub("", part))
            yield Statement(line + part.count("\n", 0, ignored), statement, texts)
        line += text.count("\n", start, next_start)
        start = next_start


def _normalized(token: regex.Match[str]) -> str:
    match token.lastgroup:
        case "text":
            return " '' "
        case "name":
            return token[0][1:-1].replace(" ", "_")
    return " "


def _literal(script: Script, literal: Node) -> str:
    """Return the unescaped text of a literal, with `?` for inserted values: for the constant of a table `?table`."""
    first, last = span(literal)
    # Without the quotes.
    at, end = first + 1, last - 1
    parts = []
    for inserted in literal.named_children:
        if inserted.type == "template_substitution":
            start, after = span(inserted)
            # Templates may be nested in each other many times: a long value has no name.
            value = script.text[start + 2 : after - 1].strip() if after - start < _LONGEST_NAME else ""
            name = value if regex.fullmatch(r"[\w.]+", value) else ""
            identifier = _IDENTIFIER.fullmatch(value)
            inserted_text = identifier[2] if identifier else f"?{table_of_constant(name)}"
            parts += [_unescaped(script.text[at:start]), inserted_text]
            at = after
    return "".join([*parts, _unescaped(script.text[at:end])])


def _unescaped(raw: str) -> str:
    """Return the text of a literal without escapes; a character given by its number becomes a space."""

    def replace(found: regex.Match[str]) -> str:
        code: str = found[1]
        return " " if code[0] in "ux" and len(code) > 1 else _ESCAPED.get(code, code)

    return _ESCAPE.sub(replace, raw)
