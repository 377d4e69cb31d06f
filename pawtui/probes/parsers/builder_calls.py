"""The calls of query builders in a script that delete rows, found by their method.

`tx.delete(SessionMessageTable)` certainly deletes rows. Other forms may do something else: `cache.delete(session)` may
remove an item of a map, and `dropTable("session")` may be for a later undo. A function `down` is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import regex

from pawtui.probes.parsers.script import Script, line_of, plain_string, span, without_type
from pawtui.probes.parsers.sql import table_of_constant
from pawtui.probes.parsers.undo import is_inside, undo_spans

if TYPE_CHECKING:
    from tree_sitter import Node

# A condition on a value: only some rows are deleted.
ON_VALUE = regex.compile(r"''|\bis (?:not )?null|[=<>] ?-?\d|\bin \(\d")
# A literal in code: its contents are blank.
_LITERAL = regex.compile(r"([\"'`]).*?\1", regex.DOTALL)
_NAME = regex.compile(r"[\w.]++")
# The grammar reads `await a.b<T>(c)` as a call of `await a.b`, and so with other operators.
_BEFORE_CALL = frozenset({"await_expression", "unary_expression", "binary_expression"})
# Methods whose arguments name the table.
_WITH_TABLE_NAME = ("deleteFrom", "bulkDelete", "dropTable", "renameTable", "clearTable", "truncate")
_DROPPING_COLUMNS = ("dropColumn", "dropColumns", "removeColumn")
_LONGEST_CONDITION = 2_000  # characters that are read
_LONGEST_CHAIN = 50  # calls that are read: `a("x").b().c()` has three
_DEEPEST_CALLBACK = 20  # nodes around a call that are read


class DeletingCall(NamedTuple):
    """A call on `line` (from 1). `tables` are the names of its table, or of what may be its table."""

    line: int
    tables: list[str]
    is_certain: bool = False
    only_some: bool = False


def deleting_calls(script: Script) -> Iterator[DeletingCall]:
    """Yield the calls that delete rows or may do so, in the order of the text."""
    # By the id of a call: the call of `where` that follows directly, as in `tx.delete(table).where(...)`.
    where: dict[int, Node] = {}
    undone = undo_spans(script)
    for node in script.nodes("call_expression"):
        target, method = _target_and_method(script, node)
        if target is None or is_inside(span(node)[0], undone):
            continue
        # A chain of calls begins on an earlier line than its last method.
        at = line_of(node.named_children[-1])
        arguments = _arguments(node)
        if method == "where":
            where[target.id] = node
        name = script.text_of(without_type(arguments[0])) if arguments else ""
        if method == "delete" and _NAME.fullmatch(name):
            if table := table_of_constant(name):
                yield DeletingCall(at, [table], is_certain=True, only_some=_has_value(script, where.get(node.id)))
            else:
                yield DeletingCall(at, [name])
        elif arguments and method.startswith(_WITH_TABLE_NAME):
            yield DeletingCall(at, _strings(script, arguments))
        elif method in ("del", "delete", "truncate"):
            # `knex("event").where(...).del()`
            yield DeletingCall(at, _strings_in_chain(script, target))
        elif method in _DROPPING_COLUMNS:
            # `dropColumns("a", "b")` has only columns.
            has_table = len(arguments) > 1 and (method != "dropColumns" or arguments[1].type == "array")
            own = _strings(script, arguments[:1]) if has_table else []
            yield DeletingCall(at, [*own, *_strings_in_chain(script, target), *_strings_around(script, node)])
        if method in ("deleteMany", "destroy", "truncate"):
            # `prisma.event.deleteMany()`
            yield DeletingCall(at, [script.text_of(without_type(target)).rpartition(".")[2]])


def _target_and_method(script: Script, call: Node) -> tuple[Node | None, str]:
    """Return the object and the name of the called method; None and empty for a call of a function."""
    function = call.child_by_field_name("function")
    while function is not None and function.type in _BEFORE_CALL:
        function = function.named_children[-1]
    if function is None:
        return None, ""
    method = function.child_by_field_name("property")
    return function.child_by_field_name("object"), script.text_of(method) if method else ""


def _arguments(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return [node for node in arguments.named_children if node.type != "comment"] if arguments else []


def _strings(script: Script, nodes: list[Node]) -> list[str]:
    return [text for node in nodes if (text := plain_string(script, node)) is not None]


def _strings_in_chain(script: Script, node: Node) -> list[str]:
    """Return the texts among the arguments of a chain of calls."""
    found: list[str] = []
    target: Node | None = node
    for _ in range(_LONGEST_CHAIN):
        if target is None:
            break
        found += _strings(script, _arguments(target))
        target, _method = _target_and_method(script, target)
    return found


def _strings_around(script: Script, node: Node) -> list[str]:
    """Return the texts among the arguments of the calls around a node.

    The column of `alterTable("event", (t) => t.dropColumn("a"))` is dropped inside of the call with the table.
    """
    found: list[str] = []
    around = node.parent
    for _ in range(_DEEPEST_CALLBACK):
        if around is None:
            break
        if around.type == "call_expression":
            found += _strings(script, _arguments(around))
        around = around.parent
    return found


def _has_value(script: Script, where: Node | None) -> bool:
    """Return whether a condition compares with a value."""
    condition = where.child_by_field_name("arguments") if where else None
    if condition is None:
        return False
    start, end = span(condition)
    code = script.code[start : min(end, start + _LONGEST_CONDITION)]
    return ON_VALUE.search(_LITERAL.sub("''", code)) is not None
