"""A document as plain text, for a pipe, a log, a screen reader: a word beside every glyph, no colour, no keys."""

from __future__ import annotations

from pawtui.report.document import Document
from pawtui.report.document_lines import LineStyle, document_lines


def plain_text(document: Document, width: int | None = None, *, urls: bool = False) -> str:
    """Return the document without its title, each line ended.

    `width` is the terminal's, in columns; None leaves lines whole, for a pipe. `urls` adds the addresses of targets.
    """
    lines = document_lines(document, width, LineStyle(urls=urls))
    return "".join("".join(span.text for span in line.text).rstrip() + "\n" for line in lines)
