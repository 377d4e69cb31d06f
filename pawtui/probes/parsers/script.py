"""The syntax tree of a JavaScript or TypeScript text, read by tree-sitter."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import regex

from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.sanitize import safe_line

if TYPE_CHECKING:
    from tree_sitter import Node

# Files that may contain JSX. The other files may contain casts instead: `<T>value`.
_WITH_JSX = (".js", ".jsx", ".mjs", ".cjs", ".tsx")
SCRIPTS = (*_WITH_JSX, ".ts", ".mts", ".cts")
_CHUNK = 1 << 16  # bytes
# Types of syntax nodes: comments, the contents of literals, the nodes that readers need, and those around a value.
_COMMENTS = frozenset({"comment", "html_comment", "hash_bang_line"})
_CONTENTS = frozenset({"string_fragment", "escape_sequence", "regex_pattern", "jsx_text"})
_LISTED = frozenset(
    {
        "string",
        "template_string",
        "object",
        "pair",
        "variable_declarator",
        "assignment_expression",
        "call_expression",
        "function_declaration",
        "method_definition",
    }
)
_WRAPPERS = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "type_assertion"}
)
# The grammar reads `await a.b<T>(c)` as a call of `await a.b`, and so with other operators.
_BEFORE_CALL = frozenset({"await_expression", "unary_expression", "binary_expression"})
# The grammar does not know every type, such as `interface A<in B>`. Such an error hides no value.
_TYPES = frozenset({"interface_declaration", "type_alias_declaration", "type_annotation", "type_parameters"})
_ONLY_TYPES = regex.compile(r"[^\"'`{}/]*+")
# The grammar does not know the type of an import, `import("./event").Event` and `typeof import("./event")`: it is read
# as a name of the same length. It knows only some types before a template (`sql<Row[]>`), which are read as spaces.
_IMPORT_TYPE = regex.compile(
    r"""(?<=\btypeof\s+)import\((?:"[^"\n]*"|'[^'\n]*')\)|\bimport\((?:"[^"\n]*"|'[^'\n]*')\)(?=\.(?:default\.)?[A-Z])"""
)
_TYPE_OF_TEMPLATE = regex.compile(r"""(?<=[\w$])<[\w\s$.,:;?|&"'{}\[\]]{1,500}+>(?=`)""")


class Script:
    """A text and its syntax tree. Offsets are those of the text, from 0; lines are from 1.

    `without_comments` is the text with spaces for comments, and `code` also has spaces for the contents of literals.
    Code that is inserted into a template is not blanked.
    """

    def __init__(self, text: str, path: str = "", timeout: float = 1.0) -> None:
        """Parse the text of the file `path`.

        Raises `Unmeasurable` with the line if a part that can contain values does not follow the grammar, and
        `TimeoutError` after `timeout` seconds.
        """
        self.text = text
        self._nodes: dict[str, list[Node]] = {kind: [] for kind in _LISTED}
        comments, contents = [], []
        end_of_type = 0
        for node in walk_tree(_parse(text, path, timeout)):
            kind = node.type
            if kind in _COMMENTS:
                comments.append(span(node))
            elif kind in _CONTENTS:
                contents.append(span(node))
            elif kind in _LISTED:
                self._nodes[kind].append(node)
            elif kind in _TYPES:
                end_of_type = max(end_of_type, node.end_byte)
            elif node.is_missing or (node.is_error and not self._is_harmless(node, end_of_type)):
                raise Unmeasurable(f"line {line_of(node)}: the syntax is wrong or not known")
        self.without_comments = blank(text, comments)
        self.code = blank(self.without_comments, contents)

    def nodes(self, kind: str) -> list[Node]:
        """Return the nodes of one kind of `_LISTED`, in the order of the text."""
        return self._nodes[kind]

    def text_of(self, node: Node) -> str:
        """Return the text of a node."""
        return self.text[slice(*span(node))]

    def _is_harmless(self, error: Node, end_of_type: int) -> bool:
        """Return whether a syntax error hides no value and no comment.

        It is in a type that ends at `end_of_type`, or it is the word `type` of `export type * from "a"`, which the
        grammar does not know.
        """
        text = self.text_of(error)
        if error.end_byte <= end_of_type:
            return _ONLY_TYPES.fullmatch(text) is not None
        return text == "type" and error.parent is not None and error.parent.type == "export_statement"


def span(node: Node) -> tuple[int, int]:
    """Return the start and the end (exclusive) of a node in the text."""
    return node.start_byte // 2, node.end_byte // 2


def line_of(node: Node) -> int:
    """Return the line on which a node begins."""
    return node.start_point.row + 1


def walk_tree(root: Node) -> Iterator[Node]:
    """Yield a node and all nodes in it, in the order of the text. Not recursive: a text may be nested deeply."""
    cursor = root.walk()
    while True:
        if cursor.node:
            yield cursor.node
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while cursor.goto_parent():
            if cursor.goto_next_sibling():
                break
        else:
            return


def without_type(node: Node) -> Node:
    """Return the expression without parentheses and types around it: `(x as const)`, `x satisfies T`, `x!`, `<T>x`."""
    while node.type in _WRAPPERS:
        # The type of a cast comes first.
        node = node.named_children[-1 if node.type == "type_assertion" else 0]
    return node


def called_function(call: Node) -> Node | None:
    """Return the called function: `a.b` of `await a.b<T>(c)`."""
    function = call.child_by_field_name("function")
    while function is not None and function.type in _BEFORE_CALL:
        function = function.named_children[-1]
    return function


def last_name(script: Script, node: Node | None) -> str:
    """Return the last name of a value, `c` of `a.b.c`; empty for another value."""
    if node is None:
        return ""
    value = without_type(node)
    name = value.child_by_field_name("property") or value
    return script.text_of(name) if name.type in ("identifier", "property_identifier") else ""


def plain_string(script: Script, node: Node | None) -> str | None:
    """Return the text of a string or template literal; None for another value, with escapes or inserted values."""
    value = without_type(node) if node else None
    if value is None or value.type not in ("string", "template_string"):
        return None
    if any(part.type != "string_fragment" for part in value.named_children):
        return None
    return script.text_of(value)[1:-1]


def blank(text: str, spans: Collection[tuple[int, int]]) -> str:
    """Return the text with spaces instead of these spans, which are in order. Lines stay lines."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], regex.sub(r"[^\n]", " ", text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def _parse(text: str, path: str, timeout: float) -> Node:
    """Return the root of the syntax tree. Raises `TimeoutError` after `timeout` seconds.

    Raises `Unmeasurable` if the libraries cannot be loaded: not every Python has them.
    """
    try:
        import tree_sitter_typescript as grammars
        from tree_sitter import Language, Parser

        has_jsx = path.lower().endswith(_WITH_JSX)
        language = Language(grammars.language_tsx() if has_jsx else grammars.language_typescript())
    except (ImportError, ValueError) as error:
        cause = safe_line(str(error), 120)
        raise Unmeasurable(f"tree-sitter cannot be loaded ({cause}). Install the package tree-sitter") from None
    end = time.monotonic() + timeout
    text = _IMPORT_TYPE.sub(lambda found: "_" * len(found[0]), text)
    text = blank(text, [found.span() for found in _TYPE_OF_TEMPLATE.finditer(text)])
    # UTF-16 with two bytes for every character, so that offsets are those of the text.
    data = regex.sub(r"[\U00010000-\U0010ffff]", "\u4e00", text).encode("utf-16-le", "surrogatepass")
    try:
        tree = Parser(language).parse(
            lambda at, _: data[at : at + _CHUNK],
            encoding="utf16le",
            progress_callback=lambda _at, _error: time.monotonic() > end,
        )
    except ValueError:
        # The parser was stopped.
        raise TimeoutError from None
    return tree.root_node
