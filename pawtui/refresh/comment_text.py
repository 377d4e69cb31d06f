"""The blocks of a comment as GitHub shows them, the author's own text, and the marks of comments that pawtui posts.

The parser is markdown-it-py with GitHub's tables and struck-out text. Quotes and code are not the author's own text. An
alert (`> [!NOTE]`) is, although its syntax is that of a quote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pawtui.sources.sanitize import MADE_VISIBLE

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

MARK_START = "<!-- pawtui:"
_MAX_CHARACTERS = 70_000  # GitHub allows 65,536
_MAX_NESTING = 100
_ALERT = re.compile(r"\s*\[!\w+\]")
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-zA-Z][^>]*>?", re.DOTALL)
# The nodes of a plain paragraph: no struck-out text, links, code or images.
_PLAIN = frozenset({"paragraph", "inline", "text", "text_special", "softbreak", "hardbreak", "strong", "em"})
# Letters of other scripts that look like Latin letters: used to find words, never to approve.
_LOOK_ALIKE = str.maketrans("аеорсухіѕјԁһոցԛѡνοερατκιҡɡɑ", "aeopcyxisjdhnqqwvoepatkikga")


class CommentBlock(NamedTuple):
    """One block of a comment; code has no text. `plain`: a paragraph of words, emphasis and line breaks only."""

    text: str
    plain: bool = False


def comment_blocks(body: str) -> tuple[CommentBlock, ...]:
    """Return the top-level blocks of a comment in order, without quotes. A list or a table is one block."""
    blocks = []
    for node in _tree(body).children:
        is_paragraph = node.type == "paragraph"
        text = _text(node) if is_paragraph else " ".join(_texts_in(node))
        if node.type != "blockquote" or _ALERT.match(text):
            is_plain = is_paragraph and all(inner.type in _PLAIN for inner in node.walk())
            blocks.append(CommentBlock(text, is_plain))
    return tuple(blocks)


def has_heading(body: str, word: str) -> bool:
    """Return whether a heading of the comment, outside quotes and code, has that word."""
    headings = (node.children[0].content for node in _tree(body).children if node.type == "heading")
    return any(word in normalized(heading).split() for heading in headings)


def normalized(text: str) -> str:
    """Return the text for finding words: lower case, look-alikes as Latin letters, nothing invisible, single spaces."""
    text = unicodedata.normalize("NFKD", MADE_VISIBLE.sub("", text)).casefold()
    visible = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn")).translate(_LOOK_ALIKE)
    return " ".join(re.sub(r"[^\w\s'+-]", " ", visible.replace("’", "'")).split())


def without_code(text: str) -> str:
    """Return the text without code and HTML comments, in which GitHub ignores mentions."""
    return "\n".join(_texts_in(_tree(text), with_quotes=True))


def mark(kind: str, tracker_id: str) -> str:
    """Return the invisible line by which a later post finds and updates this post."""
    return f"{MARK_START}{kind} {tracker_id} -->"


def has_mark(body: str, kind: str, tracker_id: str) -> bool:
    """Return whether the mark is the first or last line of a comment: elsewhere it may be quoted text."""
    return mark(kind, tracker_id) in outer_lines(body)


def outer_lines(body: str) -> tuple[str, str]:
    """Return the first and the last line of a comment."""
    lines = body.strip().split("\n")
    return lines[0].strip(), lines[-1].strip()


def _tree(body: str) -> SyntaxTreeNode:
    """Return the syntax tree of a comment, without the text beyond `_MAX_CHARACTERS`."""
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode

    tokens = _parser().parse(body[:_MAX_CHARACTERS])
    try:
        return SyntaxTreeNode(tokens)
    except RecursionError:
        # Hundreds of nested emphases: one block that is not plain, so it cannot approve.
        return SyntaxTreeNode([Token("html_block", "", 0, content=body)])


@cache
def _parser() -> MarkdownIt:
    # Imported here, because an issue without comments does not need it.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])


def _texts_in(block: SyntaxTreeNode, *, with_quotes: bool = False) -> Iterator[str]:
    """Yield the texts inside a block, without code and, unless `with_quotes`, without the quotes inside it."""
    if block.type == "inline":
        yield _text(block)
    elif block.type == "html_block":
        yield _TAG.sub(" ", block.content)
    else:
        for inner in block.children:
            if with_quotes or inner.type != "blockquote":
                yield from _texts_in(inner, with_quotes=with_quotes)


def _text(node: SyntaxTreeNode) -> str:
    """Return the text of an inline node; code and HTML have none."""
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type == "html_inline":
        return " "
    if node.type in ("text", "text_special", "image"):
        return node.content
    return "".join(map(_text, node.children))
