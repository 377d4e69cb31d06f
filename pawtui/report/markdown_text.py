"""A document as Markdown for a GitHub comment. All text is escaped by `escape.py`.

Fields are items with a bold label, a table without titles is a list, and a folded section is `<details>`. Hints and
empty lines are omitted.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from pawtui.report import document as doc
from pawtui.report import escape
from pawtui.report.spans import Span, TextLike, text_of
from pawtui.report.words import DECISION_WORD, GLYPHS

# The beginning of a line that Markdown parses as a list or a rule; the second group is the mark to escape.
_BEGINS_BLOCK = re.compile(r"^(\d{0,9})([-+.)])(?=[ +-]|$)")
# The kinds of chunks without an empty line between them. Any chunk follows a heading without one.
_ADJACENT = {("item", "item"), ("fold end", "fold start")}
_STRONG = {"strong", *GLYPHS, *DECISION_WORD}


class _Chunk(msgspec.Struct, frozen=True):
    """One or more lines of Markdown. A folded section has a chunk for its start and one for its end."""

    kind: Literal["heading", "text", "quote", "item", "fold start", "fold end"]
    text: str


def markdown_text(document: doc.Document) -> str:
    """Return the document with its title."""
    title = _inline(document.title)
    text, before = (f"## {title}\n", "text") if title else ("", "")
    for chunk in _chunks(document.blocks):
        is_adjacent = before in ("", "heading") or (before, chunk.kind) in _ADJACENT
        text += f"{chunk.text}\n" if is_adjacent else f"\n{chunk.text}\n"
        before = chunk.kind
    return text


def _chunks(blocks: Sequence[doc.Block]) -> Iterator[_Chunk]:
    """Yield the blocks as chunks. Fields, items and the rows of a table without titles are items of a list."""
    for block in blocks:
        match block:
            case doc.Heading():
                remark = _inline(block.remark)
                yield _Chunk("heading", f"### {escape.inline(block.text)}" + (f" ({remark})" if remark else ""))
            case doc.Paragraph():
                if text := _inline(block.text):
                    yield _Chunk("text", text)
            case doc.Prose():
                yield _Chunk("quote", escape.quoted(block.text))
            case doc.Hunk():
                yield _Chunk("text", escape.diff_block(block.lines))
            case doc.Field():
                yield from _field(block)
            case doc.Item():
                yield _item(block)
            case doc.Table() if block.is_titled:
                yield _Chunk("text", "\n".join(_table_rows(block)))
            case doc.Table():
                for row in block.rows:
                    cells = (_inline(cell) for cell in row.cells)
                    yield _item_with_below(f"- {' '.join(filter(None, cells)) or '–'}", row.below)
            case doc.Chart():
                yield _Chunk("text", escape.code(block.text))
            case doc.Nested():
                yield from _chunks(block.blocks)
            case doc.Details():
                yield _Chunk("fold start", f"<details><summary>{escape.inline(block.title)}</summary>")
                yield from _chunks(block.blocks)
                yield _Chunk("fold end", "</details>")
            case doc.EmptyLine():
                pass
            case _:
                raise TypeError(block)


def _field(field: doc.Field) -> Iterator[_Chunk]:
    if isinstance(field.value, doc.Prose):
        yield _item_with_below(f"- **{escape.inline(field.label)}:**" if field.label else "- –", (field.value,))
    elif value := _inline(field.value):
        yield _Chunk("item", f"- **{escape.inline(field.label)}:** {value}" if field.label else f"  - {value}")


def _item(item: doc.Item) -> _Chunk:
    box = ""
    if item.ticked is not None:
        box = "[x] " if item.ticked else "[ ] "
    words = (_inline(item.text), _inline(item.remark))
    # Markdown would not attach blocks to an empty item.
    text = " ".join(filter(None, words)) or "–"
    match item.below:
        case (doc.Paragraph() as paragraph,):
            # A single paragraph is on the line of the item.
            return _Chunk("item", f"- {box}{text}: {_inline(paragraph.text)}")
        case (doc.Prose() as prose,) if "\n" not in prose.text.strip():
            return _Chunk("item", f"- {box}{text}: {escape.quoted_line(prose.text)}")
        case below:
            return _item_with_below(f"- {box}{text}", below)


def _item_with_below(line: str, blocks: Sequence[doc.Block]) -> _Chunk:
    """Return the line of an item with the blocks below it. A list or a quote needs no empty line before it."""
    text, before = line, "item"
    for chunk in _chunks(blocks):
        is_adjacent = chunk.kind in ("item", "quote") and before not in ("fold start", "fold end")
        indented = "\n".join(f"  {part}" if part else "" for part in chunk.text.split("\n"))
        text += f"\n{indented}" if is_adjacent else f"\n\n{indented}"
        before = chunk.kind
    return _Chunk("item", text)


def _table_rows(table: doc.Table) -> Iterator[str]:
    yield _row(escape.inline(column.title, cell=True) for column in table.columns)
    yield _row("---:" if column.align == "right" else "---" for column in table.columns)
    for row in table.rows:
        yield _row(_inline(cell, cell=True) for cell in row.cells)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _inline(text: TextLike, *, cell: bool = False) -> str:
    """Return a text on one line. `cell`: the text is in a table cell."""
    line = "".join(_span(span, cell=cell) for span in text_of(text) if span.role != "hint").strip()
    # Escape a mark that Markdown would parse as a list or a rule.
    return line if cell else _BEGINS_BLOCK.sub(r"\1\\\2", line)


def _span(span: Span, *, cell: bool) -> str:
    if span.text.isspace():
        return " "
    before = " " if span.text[:1] == " " else ""
    after = " " if span.text[-1:] == " " else ""
    text = DECISION_WORD.get(span.role, span.text) if span.text == span.role else span.text
    if span.url:
        shown = escape.link(text, span.url, cell=cell)
    elif span.role == "code":
        shown = escape.code(text, cell=cell)
    else:
        shown = escape.inline(text, cell=cell)
        shown = f"**{shown}**" if shown and span.role in _STRONG else shown
    return f"{before}{shown}{after}"
