"""The calls of query builders in a script that delete rows, found by their method.

`tx.delete(SessionMessageTable)` certainly deletes rows. Any other call may do something else: `cache.delete(session)`
may remove an item of a map, and `dropTable("session")` may be for a later undo. A function `down` is not read.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import regex

from pawtui.probes.parsers.down_migrations import without_down_functions
from pawtui.probes.parsers.script import Script, line_of, span, without_type
from pawtui.probes.parsers.sql import table_of_constant

if TYPE_CHECKING:
    from tree_sitter import Node

# A condition on a value: only some rows are deleted.
ON_VALUE = regex.compile(r"''|\bis (?:not )?null|[=<>] ?-?\d|\bin \(\d")
# The methods of the usual query builders, such as `knex("event").del()` and `prisma.event.deleteMany()`.
_METHOD = regex.compile(r"del|delete(?:From\w*|Many|One)?|destroy|bulkDelete|truncate\w*|(?:clear|drop|rename)Table\w*")
_COLUMN_METHOD = regex.compile(r"dropColumns?|removeColumn")
# The call of `where` that follows directly, as in `tx.delete(table).where(...)`.
_WHERE = regex.compile(r"\s*\.where(?P<condition>\((?:[^()]++|(?&condition))*+\))")
# A literal in code: its contents are blank.
_LITERAL = regex.compile(r"([\"'`]).*?\1", regex.DOTALL)
# A text that may name a table, with or without its schema.
_NAME_IN_QUOTES = regex.compile(r"([\"'`])([\w.-]++)\1")
# The grammar reads `await a.b<T>(c)` as a call of `await a.b`, and so with other operators.
_BEFORE_CALL = frozenset({"await_expression", "unary_expression", "binary_expression"})
_MOST_READ = 2_000  # characters at the start and the end of a call, and of a condition
_DEEPEST_CALLBACK = 20  # nodes around a call that are read


class DeletingCall(NamedTuple):
    """A call on `line` (from 1). `tables` are the names of its table, or of what may be its table."""

    line: int
    tables: list[str]
    is_certain: bool = False
    only_some: bool = False


def deleting_calls(script: Script, end: float) -> Iterator[DeletingCall]:
    """Yield the calls that delete rows or may do so, in the order of the text.

    Raises `TimeoutError` if columns are dropped after the time `end` of `time.monotonic`.
    """
    for call in without_down_functions(script, script.nodes("call_expression")):
        target, method = _target_and_method(script, call)
        if _COLUMN_METHOD.fullmatch(method):
            # In a long chain of calls, the search for the outermost call takes quadratic time.
            if time.monotonic() > end:
                raise TimeoutError
            yield DeletingCall(_line_of_method(call), _names_in(_text_with_table(script, call)))
        elif _METHOD.fullmatch(method):
            yield _deletion_of_rows(script, call, target, method)


def _line_of_method(call: Node) -> int:
    """Return the line of the called method: a chain of calls begins on an earlier line."""
    return line_of(call.named_children[-1])


def _deletion_of_rows(script: Script, call: Node, target: str, method: str) -> DeletingCall:
    """Return the call: certain for the constant of a table, otherwise with all names that may be the table."""
    argument = _first_argument(script, call)
    start, end = span(call)
    if method == "delete" and (table := table_of_constant(argument)):
        where = _WHERE.match(script.code, end, end + _MOST_READ)
        only_some = where is not None and ON_VALUE.search(_LITERAL.sub("''", where["condition"])) is not None
        return DeletingCall(_line_of_method(call), [table], is_certain=True, only_some=only_some)
    names = _names_in(_text_between(script, start, end))
    return DeletingCall(_line_of_method(call), [target, argument, *names])


def _names_in(text: str) -> list[str]:
    """Return the texts that may name a table."""
    return [found[2] for found in _NAME_IN_QUOTES.finditer(text)]


def _text_between(script: Script, start: int, end: int) -> str:
    """Return the text without comments; of a long one, only both ends.

    The table may be named first: `knex("event").whereIn("id", [...]).del()`.
    """
    text = script.without_comments
    if end - start <= 2 * _MOST_READ:
        return text[start:end]
    return f"{text[start : start + _MOST_READ]} {text[end - _MOST_READ : end]}"


def _text_with_table(script: Script, call: Node) -> str:
    """Return the text that names the table of a dropped column.

    It is before the columns (`alterTable("event").dropColumn("a")`), also if the call is inside of another one
    (`alterTable("event", (t) => t.dropColumn("a"))`), or the first of two arguments (`removeColumn("event", "a")`).
    """
    arguments = call.named_children[-1]
    end = span(arguments)[0]
    text = _text_between(script, span(_outermost_call(call))[0], end)
    own = arguments.named_children
    # `dropColumns("a", "b")` has only columns.
    has_table = len(own) > 1 and (own[1].type == "array" or not text.endswith("dropColumns"))
    return text + script.text_of(own[0]) if has_table else text


def _outermost_call(call: Node) -> Node:
    """Return the outermost call around a call, at most `_DEEPEST_CALLBACK` nodes up; without one, the call itself."""
    outermost, node = call, call.parent
    for _ in range(_DEEPEST_CALLBACK):
        if node is None:
            break
        if node.type == "call_expression":
            outermost = node
        node = node.parent
    return outermost


def _target_and_method(script: Script, call: Node) -> tuple[str, str]:
    """Return the last name of the object, such as `event` of `prisma.event`, and the called method; else empty."""
    function = call.child_by_field_name("function")
    while function is not None and function.type in _BEFORE_CALL:
        function = function.named_children[-1]
    target = function.child_by_field_name("object") if function else None
    method = function.child_by_field_name("property") if function else None
    if target is None or method is None:
        return "", ""
    return _last_name(script, target), script.text_of(method)


def _last_name(script: Script, node: Node) -> str:
    node = without_type(node)
    name = node.child_by_field_name("property") or node
    return script.text_of(name) if name.type in ("identifier", "property_identifier") else ""


def _first_argument(script: Script, call: Node) -> str:
    """Return the first argument if it is a name, such as `schema.event`; else empty."""
    arguments = call.child_by_field_name("arguments")
    nodes = [node for node in arguments.named_children if node.type != "comment"] if arguments else []
    name = script.text_of(without_type(nodes[0])) if nodes else ""
    return name if regex.fullmatch(r"[\w.]++", name) else ""
