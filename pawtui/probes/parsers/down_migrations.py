"""The parts of migrations that undo them, and run only on the way back.

They are files such as `down.sql`, the parts of `.sql` files below `-- +goose Down` or a similar mark, and the functions
`down` of scripts, as in the migrations of Knex and TypeORM.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING

import regex

from pawtui.probes.parsers.script import Script, span

if TYPE_CHECKING:
    from tree_sitter import Node

# A file of its own: `down.sql`, `0002_add_event.down.sql`, but not `0003_wind_down.sql`.
_DOWN_FILE = regex.compile(r"(?i)(?:^|[./])down\.sql$")
# The part of a `.sql` file, in the formats of goose, sql-migrate and dbmate.
_MARK = r"^--[ \t]*(?:\+(?:goose|migrate)[ \t]+|migrate:)"
_DOWN_PART = regex.compile(rf"(?ims){_MARK}down\b.*?(?={_MARK}up\b|\Z)")
# By the kind of a node with a name: the field that has the name, and the field of a value that must be a function.
_NAMED = {
    "function_declaration": ("name", ""),
    "method_definition": ("name", ""),
    "pair": ("key", ""),
    "variable_declarator": ("name", "value"),
    "assignment_expression": ("left", "right"),
}
_FUNCTIONS = ("arrow_function", "function_expression", "generator_function")


def is_down_file(path: str) -> bool:
    """Return whether a file undoes a migration."""
    return _DOWN_FILE.search(path) is not None


def without_down_parts(text: str) -> str:
    """Return the text of a `.sql` file without the parts that undo it. The other lines keep their numbers."""
    return _DOWN_PART.sub(lambda part: "\n" * part[0].count("\n"), text)


def without_down_functions(script: Script, nodes: Iterable[Node]) -> list[Node]:
    """Return the nodes that are not in a function `down`."""
    # The offsets at which the outermost of these functions start and end.
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(_down_functions(script)):
        if not ends or start >= ends[-1]:
            starts.append(start)
            ends.append(end)

    def is_inside(node: Node) -> bool:
        start = span(node)[0]
        # The function with this number is the last one that starts before the node, or with it.
        number = bisect_right(starts, start) - 1
        return number >= 0 and start < ends[number]

    return [node for node in nodes if not is_inside(node)]


def _down_functions(script: Script) -> list[tuple[int, int]]:
    """Return the start and the end (exclusive) of each function `down`.

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
