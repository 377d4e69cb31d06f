"""The parts of migrations that undo them, and run only when a migration is undone.

They are files such as `down.sql`, the parts of `.sql` files below `-- +goose Down` or a similar mark, and the functions
`down` of scripts and of other languages, as in the migrations of Knex, TypeORM, Laravel, Rails and Entity Framework;
`downgrade` in those of Alembic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import regex

from pawtui.probes.parsers.script import Script, called_function, last_name, span, walk_tree

if TYPE_CHECKING:
    from tree_sitter import Node

# A file of its own: `down.sql`, `0002_add_event.down.sql`, but not `0003_wind_down.sql`.
_DOWN_FILE = regex.compile(r"(?i)(?:^|[./])down\.sql$")
# The part of a `.sql` file, in the formats of goose, sql-migrate and dbmate.
_MARK = r"^--[ \t]*(?:\+(?:goose|migrate)[ \t]+|migrate:)"
_DOWN_PART = regex.compile(rf"(?ims){_MARK}down\b.*?(?={_MARK}up\b|\Z)")
# A function of another language: its first line, and the lines below that are indented more, or have only its bracket.
# A text with less indentation ends it: then its rest is read.
_DOWN_FUNCTION = regex.compile(
    r"(?im)^(?P<indent>[ \t]*+)(?:\w++[ \t]++)*?(?:def|fn|function|void)[ \t]++down(?:grade)?\b.*+"
    r"(?:\n(?:[ \t\r]*+$|(?P=indent)(?:[ \t]++\S|[{)]).*+))*+"
)
_DOWN_WORD = regex.compile(r"(?i)\bdown(?:grade)?\b")
# By the kind of a node with a name: the field that has the name, and the field of the value.
_NAMED = {
    "function_declaration": ("name", ""),
    "method_definition": ("name", ""),
    "pair": ("key", "value"),
    "variable_declarator": ("name", "value"),
    "assignment_expression": ("left", "right"),
}
_MAX_FUNCTIONS = 20
_FUNCTIONS = ("arrow_function", "function_expression", "generator_function")


def is_down_file(path: str) -> bool:
    """Return whether a file undoes a migration."""
    return _DOWN_FILE.search(path) is not None


def without_down_parts(text: str) -> str:
    """Return the text of a `.sql` file without the parts that undo it. The other lines keep their numbers."""
    return _DOWN_PART.sub(lambda part: "\n" * part[0].count("\n"), text)


def without_down_blocks(text: str) -> str:
    """Return the text of a file in another language without its functions `down`. The other lines keep their numbers.

    The whole text if the rest of it has that word: `up` may call it.
    """
    rest = _DOWN_FUNCTION.sub(lambda function: "\n" * function[0].count("\n"), text)
    return text if _DOWN_WORD.search(rest) else rest


def without_down_functions(script: Script, nodes: Iterable[Node]) -> list[Node]:
    """Return the nodes that are not in a function `down`.

    All nodes if a call of `down` may run it (`up` may begin with it), or if a script has more of them than a migration.
    """
    spans = [span(node) for node in _down_functions(script)]
    is_called = any(last_name(script, called_function(call)) == "down" for call in script.nodes("call_expression"))
    if is_called or len(spans) > _MAX_FUNCTIONS:
        return list(nodes)
    return [node for node in nodes if not any(start <= span(node)[0] < end for start, end in spans)]


def _down_functions(script: Script) -> Iterator[Node]:
    for kind, (name_field, value_field) in _NAMED.items():
        for node in script.nodes(kind):
            name = node.child_by_field_name(name_field)
            # `exports.down = ...` has the name after the last dot.
            if name is None or script.text_of(name).rpartition(".")[2] != "down":
                continue
            value = node.child_by_field_name(value_field) if value_field else None
            if value is None or value.type in _FUNCTIONS or (kind == "pair" and not _runs_at_once(value)):
                yield node


def _runs_at_once(value: Node) -> bool:
    """Return whether a value is a call that runs now: `tx.run("...")`, but not `Effect.fn(function* () { ... })`."""
    call = value.named_children[0] if value.type == "await_expression" else value
    arguments = call.child_by_field_name("arguments") if call.type == "call_expression" else None
    # A template with a tag is a value: sql`DROP TABLE event`.
    if arguments is None or arguments.type == "template_string":
        return False
    return not any(node.type in _FUNCTIONS for node in walk_tree(call))
