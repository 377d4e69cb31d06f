"""The calls of query builders in a script that delete rows, found by their method.

`tx.delete(SessionMessageTable)` certainly deletes all rows. With `where`, it may delete one or all. Any other call
may do something else: `cache.delete(session)` may remove an item of a map, and `dropTable("session")` may be for a
later undo. A function `down` is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import regex

from pawtui.probes.parsers.deletion import UNREAD, Deletion
from pawtui.probes.parsers.down_migrations import without_down_functions
from pawtui.probes.parsers.script import Script, called_function, last_name, line_of, span, without_type
from pawtui.probes.parsers.sql import likely_table, table_of_constant

if TYPE_CHECKING:
    from tree_sitter import Node

# The methods of the usual query builders, such as `knex("event").del()` and `prisma.event.deleteMany()`.
_METHOD = regex.compile(
    r"del|delete(?:From\w*|Many|One)?|remove(?:Async)?|destroy|bulkDelete|truncate\w*|drop(?:Collection)?"
    r"|(?:clear|drop|rename)Table\w*"
)
_COLUMN_METHOD = regex.compile(r"dropColumns?|removeColumn|dropTimestamps")
# `updateMany({ data: { a: null } })` of Prisma, `update(Table).set({ a: null })` of Drizzle, and
# `update({}, { $unset: { a: "" } })` of MongoDB, in all rows.
_UPDATE_METHOD = regex.compile(r"(?:bulkU|u)pdate\w*")
_CLEARS_VALUES = regex.compile(r"(?s)(?!.*\bwhere).*(?:\$unset\b|:\s*null\b)")
# A text that may name a table, with or without its schema.
_NAME_IN_QUOTES = regex.compile(r"([\"'`])([\w.-]++)\1")
_NOT_FORMAT = regex.compile(r"\w++|[^\s\w,\"'`]")
_MOST_READ = 2_000  # characters at the start and the end of a call


def deleting_calls(script: Script, is_wanted: Callable[[str], bool]) -> Iterator[Deletion]:
    """Yield the deletions by calls on wanted tables, and the calls that may be deletions, in the order of the text.

    The table of a column may be anywhere before: `alterTable("event", (t) => t.dropColumn("a"))`. A call that drops
    columns may concern any table that the script names, so it is equal only in a text with the same names.
    """
    all_wanted = " ".join(filter(is_wanted, _names_in(script.without_comments)))
    for call in without_down_functions(script, script.nodes("call_expression")):
        function = called_function(call)
        method = last_name(script, function)
        # A chain of calls begins on an earlier line than the method.
        line = line_of(call.named_children[-1])
        if _COLUMN_METHOD.fullmatch(method):
            if all_wanted:
                yield Deletion(UNREAD, "delete", line, what=f"{all_wanted} {_without_format(_both_ends(script, call))}")
        elif function is not None and (_METHOD.fullmatch(method) or _UPDATE_METHOD.fullmatch(method)):
            argument = _first_argument(script, call)
            target = last_name(script, _start_of_chain(function))
            whole = _with_set_and_where(script, call)
            text = _both_ends(script, whole)
            if _UPDATE_METHOD.fullmatch(method) and not _CLEARS_VALUES.match(text):
                continue
            table = table_of_constant(argument) if method == "delete" else ""
            names = [target, argument, likely_table(target), likely_table(argument), *_names_in(text)]
            if not any(map(is_wanted, [table] if table else names)):
                continue
            if table and whole is call:
                yield Deletion(table, "delete", line)
            else:
                yield Deletion(UNREAD, "delete", line, what=_without_format(text))


def _start_of_chain(function: Node) -> Node | None:
    """Return the value on which the first of some chained calls is made: `Event` of `Event.query().delete`."""
    value = function.child_by_field_name("object")
    while value is not None and value.type == "call_expression":
        inner = called_function(value)
        value = inner.child_by_field_name("object") if inner else None
    return value


def _without_format(text: str) -> str:
    """Return a text without what a formatter may change: spaces, commas and quotes."""
    return " ".join(_NOT_FORMAT.findall(text))


def _names_in(text: str) -> list[str]:
    return [found[2] for found in _NAME_IN_QUOTES.finditer(text)]


def _with_set_and_where(script: Script, call: Node) -> Node:
    """Return the last of the calls of `set` and `where` that follow this call, `tx.delete(table).where(...)`, or it."""
    for name in ("set", "where"):
        member = call.parent
        if member is not None and member.parent is not None and last_name(script, member) == name:
            call = member.parent
    return call


def _both_ends(script: Script, call: Node) -> str:
    """Return the text of a call without comments; of a long one, only both ends.

    The table may be named first: `knex("event").whereIn("id", [...]).del()`.
    """
    start, end = span(call)
    text = script.without_comments
    if end - start <= 2 * _MOST_READ:
        return text[start:end]
    return f"{text[start : start + _MOST_READ]} {text[end - _MOST_READ : end]}"


def _first_argument(script: Script, call: Node) -> str:
    """Return the first argument if it is a name, such as `schema.event`; else empty."""
    arguments = call.child_by_field_name("arguments")
    nodes = [node for node in arguments.named_children if node.type != "comment"] if arguments else []
    name = script.text_of(without_type(nodes[0])) if nodes else ""
    return name if regex.fullmatch(r"[\w.]++", name) else ""
