"""Syntax highlighting of whole files, as styled lines. It is slow: call it in a thread."""

from collections.abc import Sequence

from pygments.lexers import find_lexer_class_for_filename
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token
from textual.content import Content
from textual.highlight import HighlightTheme, highlight

from pawtui.tui.content import ALERT, LINK, MUTED, OK, uncoloured

# Larger files are generated, and are shown without colours.
_MAX_CHARACTERS = 600_000


class _Colours(HighlightTheme):
    """The colours of pawtui, which are readable on all rows."""

    STYLES = {  # noqa: RUF012 - as in HighlightTheme
        Comment: f"italic {MUTED}",
        String: OK,
        Number: ALERT,
        Keyword: f"bold {LINK}",
        Operator.Word: f"bold {LINK}",
        Name.Function: "$text-accent",
        Name.Class: "$text-accent",
        Name.Tag: LINK,
        Name.Attribute: "$text-accent",
        Token.Generic.Heading: "bold $text-accent",
        Token.Generic.Subheading: "bold $text-accent",
    }


def highlighted(path: str, lines: Sequence[str]) -> list[Content]:
    """Return the styled lines of a file, by the language of its name; none for an unknown language."""
    lexer = find_lexer_class_for_filename(path)
    text = "\n".join(lines)
    if lexer is None or len(text) > _MAX_CHARACTERS:
        return []
    code = highlight(text, language=lexer.aliases[0], theme=_Colours)
    # Without Textual's own colour for the whole text: the other parts of a line have the colour of its row.
    spans = [span for span in code.spans if span.style != "$text"]
    return uncoloured(code).add_spans(spans).split("\n", allow_blank=True)
