"""Syntax highlighting of whole files by Pygments, as styled spans of each line. It is slow: call it in a thread."""

from collections.abc import Sequence

from pygments.lexers import get_lexer_for_filename
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token, is_token_subtype
from pygments.util import ClassNotFound
from textual.content import Span

from pawtui.tui.content import ALERT, LINK, MUTED, OK

# Larger files are generated, and are shown without colours.
_MAX_CHARACTERS = 600_000
_STYLES = (
    (Comment, f"italic {MUTED}"),
    (String, OK),
    (Number, ALERT),
    (Keyword, f"bold {LINK}"),
    (Operator.Word, f"bold {LINK}"),
    (Name.Function, "$text-accent"),
    (Name.Class, "$text-accent"),
    (Name.Tag, LINK),
    (Name.Attribute, "$text-accent"),
    (Token.Generic.Heading, "bold $text-accent"),
    (Token.Generic.Subheading, "bold $text-accent"),
)


def highlighted(path: str, lines: Sequence[str]) -> list[list[Span]]:
    """Return the styled spans of each line, by the language of the file name; no spans for an unknown language."""
    styled: list[list[Span]] = [[] for _ in lines]
    text = "\n".join(lines)
    if len(text) > _MAX_CHARACTERS:
        return styled
    try:
        lexer = get_lexer_for_filename(path, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return styled
    row, column = 0, 0
    for token, value in lexer.get_tokens(text):
        style = next((style for kind, style in _STYLES if is_token_subtype(token, kind)), "")
        for number, piece in enumerate(value.split("\n")):
            if number:
                row, column = row + 1, 0
            if style and piece and row < len(styled):
                styled[row].append(Span(column, column + len(piece), style))
            column += len(piece)
    return styled
