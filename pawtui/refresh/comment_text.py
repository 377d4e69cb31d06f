"""The blocks of a comment as GitHub shows them, and the author's own text.

The parser is markdown-it-py with GitHub's tables and struck-out text. Quotes and code are not the author's own text. An
alert (`> [!NOTE]`) is, although its syntax is that of a quote.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_CHARACTERS = 70_000  # GitHub allows 65,536
_MAX_NESTING = 100
_ALERT = re.compile(r"\s*\[!\w+\]")
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-zA-Z][^>]*>?", re.DOTALL)
# The visible forms of control, zero-width and bidirectional characters (`sources/sanitize.py`).
_MADE_VISIBLE = re.compile(r"⟨U\+[0-9A-F]+⟩|[\u2400-\u2421]")
# The tokens of a plain paragraph: no struck-out text, links, code or images.
_PLAIN = frozenset(
    {"text", "text_special", "softbreak", "hardbreak", "strong_open", "strong_close", "em_open", "em_close"}
)
# Letters of other scripts that look like Latin letters: used to find words, never to approve.
_LOOK_ALIKE = str.maketrans("аеорсухіѕјԁһոցԛѡνοερατκιҡɡɑ", "aeopcyxisjdhnqqwvoepatkikga")


class CommentBlock(NamedTuple):
    """One block of a comment; code has no text. `plain`: a paragraph of words, emphasis and line breaks only."""

    text: str
    plain: bool = False


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])


def comment_blocks(body: str) -> tuple[CommentBlock, ...]:
    """Return the top-level blocks of a comment in order, without quotes. A list or a table is one block."""
    blocks = map(_block, _top_level(_parser().parse(body[:MAX_CHARACTERS])))
    return tuple(block for block in blocks if block is not None)


def has_heading(body: str, word: str) -> bool:
    """Return whether a heading of the comment, outside quotes and code, has that word."""
    tokens = _parser().parse(body[:MAX_CHARACTERS])
    return any(
        word in normalized(inline.content).split()
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open" and opening.level == 0
    )


def normalized(text: str) -> str:
    """Return the text for finding words: lower case, look-alikes as Latin letters, nothing invisible, single spaces."""
    text = unicodedata.normalize("NFKD", _MADE_VISIBLE.sub("", text)).casefold()
    visible = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn")).translate(_LOOK_ALIKE)
    return " ".join(re.sub(r"[^\w\s'+-]", " ", visible.replace("’", "'")).split())


def without_code(text: str) -> str:
    """Return the text without code and HTML comments, in which GitHub ignores mentions."""
    return "\n".join(inner for token in _parser().parse(text[:MAX_CHARACTERS]) for inner in _texts(token))


def _top_level(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the tokens of each top-level block."""
    start = depth = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1


def _block(tokens: Sequence[Token]) -> CommentBlock | None:
    """Return the block of these tokens; None for a quote."""
    first = tokens[0]
    if first.type == "paragraph_open":
        children = tokens[1].children or []
        text = "".join(_plain_text(child) for child in children)
        return CommentBlock(text, plain=all(child.type in _PLAIN for child in children))
    text = " ".join(_own_texts(tokens))
    if first.type == "blockquote_open" and not _ALERT.match(text):
        return None
    return CommentBlock(text)


def _own_texts(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the texts of a block, without the quotes and code inside it."""
    inner_quotes = 0
    for token in tokens[1:] if tokens[0].type == "blockquote_open" else tokens:
        inner_quotes += token.nesting if token.type.startswith("blockquote_") else 0
        if not inner_quotes:
            yield from _texts(token)


def _texts(token: Token) -> Iterator[str]:
    """Yield the text of a token that has one; code has none."""
    if token.type == "inline":
        yield "".join(_plain_text(child) for child in token.children or [])
    elif token.type == "html_block":
        yield _TAG.sub(" ", token.content)


def _plain_text(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "html_inline":
        return " "
    return token.content if token.type in ("text", "text_special", "image") else ""
