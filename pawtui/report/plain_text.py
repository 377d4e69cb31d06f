"""A document as plain text: each glyph with its word, without colours and hints."""

from pawtui.report.document import Document
from pawtui.report.document_lines import document_lines


def plain_text(document: Document, width: int | None = None, *, urls: bool = False) -> str:
    """Return the lines of a document without its title.

    `width` is the width of the terminal in columns, None for a pipe: no wrapping. `urls` adds the addresses of targets.
    """
    lines = document_lines(document, width, urls=urls)
    return "".join("".join(span.text for span in line.text).rstrip() + "\n" for line in lines)
