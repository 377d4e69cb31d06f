"""Find the functions of a script that undo a migration: `down` in the migrations of Knex, TypeORM and similar tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pawtui.probes.parsers.script import Script, span

if TYPE_CHECKING:
    from tree_sitter import Node

# By the kind of a node with a name: the field that has the name, and the field of a value that must be a function.
_NAMED = {
    "function_declaration": ("name", ""),
    "method_definition": ("name", ""),
    "pair": ("key", ""),
    "variable_declarator": ("name", "value"),
    "assignment_expression": ("left", "right"),
}
_FUNCTIONS = ("arrow_function", "function_expression", "generator_function")


def undo_spans(script: Script) -> list[tuple[int, int]]:
    """Return the start and the end (exclusive) of each function `down`: it runs only on the way back.

    There is none in a script that calls `down`: `up` may begin with it.
    """
    if any(_called_name(script, call) == "down" for call in script.nodes("call_expression")):
        return []
    found = []
    for kind, (name_field, value_field) in _NAMED.items():
        for node in script.nodes(kind):
            name = node.child_by_field_name(name_field)
            value = node.child_by_field_name(value_field) if value_field else None
            is_function = not value_field or (value is not None and value.type in _FUNCTIONS)
            # `exports.down = ...` has the name after the last dot.
            if name is not None and is_function and script.text_of(name).rpartition(".")[2] == "down":
                found.append(span(node))
    return found


def _called_name(script: Script, call: Node) -> str:
    """Return the last name of the called function: `down` for `await this.down(q)`; empty for another value."""
    function = call.child_by_field_name("function")
    name = (function.child_by_field_name("property") or function) if function else None
    return script.text_of(name) if name and name.type in ("identifier", "property_identifier") else ""


def is_inside(offset: int, spans: list[tuple[int, int]]) -> bool:
    """Return whether an offset is in one of these spans."""
    return any(start <= offset < end for start, end in spans)
