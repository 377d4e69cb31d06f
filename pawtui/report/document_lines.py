"""A document as lines of a given width, for the screen and the plain text.

Text is made safe for a terminal here (`line_wrapping.one_line`, `sanitize.safe_text`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

from pawtui.report.bar_chart import bar_lines
from pawtui.report.document import (
    Block,
    Chart,
    Column,
    Details,
    Document,
    Field,
    Gap,
    Heading,
    Hunk,
    Item,
    List,
    Nested,
    Paragraph,
    Prose,
    Role,
    Span,
    Table,
    Target,
    Text,
    TextLike,
    spaced,
    text_of,
)
from pawtui.report.line_wrapping import aligned, cut, one_line, text_width, wrap
from pawtui.report.words import DECISION_WORD, GLYPHS
from pawtui.sources.sanitize import safe_text, visible

_GAP = 2
_NESTED = 2
# The minimum width of a column that shrinks.
_MIN_WIDTH = 8


class Line(msgspec.Struct, frozen=True):
    """A line, with the target of its block; `first` marks the first line of a block with a target."""

    text: Text
    target: Target | None = None
    first: bool = False


class LineStyle(msgspec.Struct, frozen=True, kw_only=True):
    """Optional content of lines: keys to press, addresses of targets, and charts as bars instead of numbers."""

    hints: bool = False
    urls: bool = False
    bars: bool = False


_BLANK = Line(())
_HUNK_ROLES: Mapping[str, Role] = {"+": "ok", "-": "danger"}


def document_lines(document: Document, width: int | None, style: LineStyle) -> list[Line]:
    """Return the lines of a document without its title, at most `width` columns wide (None: no wrapping).

    Empty lines are single, and neither the first nor the last line is empty.
    """
    lines: list[Line] = []
    for line in _Layout(style).blocks(document.blocks, width):
        if line.text or (lines and lines[-1].text):
            lines.append(line)
    return lines[:-1] if lines and not lines[-1].text else lines


class _Layout:
    """The layout of blocks in the width that is available."""

    def __init__(self, style: LineStyle) -> None:
        self._style = style

    def blocks(self, blocks: Sequence[Block], width: int | None) -> Iterator[Line]:
        label_width = max((len(block.label) for block in blocks if isinstance(block, Field)), default=0) + _GAP
        for before, block in pairwise((None, *blocks)):
            if isinstance(block, Table) and block.is_titled and not isinstance(before, Heading):
                yield _BLANK
            if isinstance(block, Field):
                yield from self._field(block, label_width, width)
            elif block is not None:
                yield from self._block(block, width)

    def _block(self, block: Block, width: int | None) -> Iterator[Line]:
        match block:
            case Heading():
                yield _BLANK
                yield from self._lines(self._shown(spaced(Span(block.text, "strong"), block.aside)), width)
            case Paragraph():
                yield from self._targeted(
                    self._wrapped(self._shown(block.text), width, block.hang), block.target, width
                )
            case Prose():
                yield from (Line(text) for text in _prose_lines(block, width))
            case Hunk():
                yield from self._lines_of(_hunk_lines(block, width))
            case List():
                for item in block.items:
                    yield from self._item(item, block.mark, width)
            case Table():
                yield from self._table(block, width)
            case Chart():
                yield from self._lines_of(self._chart(block, width))
            case Gap():
                yield _BLANK
            case Nested():
                yield from self._nested(block.blocks, width)
            case Details():
                yield _BLANK
                yield from self._lines(self._shown(Span(block.title, "strong")), width)
                yield from self.blocks(block.blocks, width)
            case _:
                raise TypeError(block)

    def _shown(self, text: TextLike) -> Text:
        """Return a text as it is shown; hints are removed unless the style has them."""
        return shown_line(tuple(span for span in text_of(text) if self._style.hints or span.role != "hint"))

    def _wrapped(self, text: Text, width: int | None, hang: int = 0) -> list[Text]:
        # A text of hints alone is empty without them, and makes no line.
        if not any(span.text.strip() for span in text):
            return []
        return [text] if width is None else wrap(text, width, hang)

    def _lines(self, text: Text, width: int | None) -> Iterator[Line]:
        yield from self._lines_of(self._wrapped(text, width))

    @staticmethod
    def _lines_of(texts: Iterable[Text]) -> Iterator[Line]:
        yield from (Line(text) for text in texts)

    def _targeted(self, texts: Sequence[Text], target: Target | None, width: int | None) -> Iterator[Line]:
        """Yield the lines of a block. The address of its target, if shown, is at the end of the last line or below."""
        found = list(texts)
        url = target.url if target and self._style.urls and target.action == "open" else ""
        if url and found and not any(url in span.text for text in found for span in text):
            (link,) = one_line((Span(url, "link"),))
            longer = spaced(found[-1], link)
            if width is None or text_width(longer) <= width:
                found[-1] = longer
            else:
                found.append(text_of("  ", link))
        for number, text in enumerate(found):
            yield Line(text, target, first=number == 0 and target is not None)

    def _nested(self, blocks: Sequence[Block], width: int | None, indent: int = _NESTED) -> Iterator[Line]:
        for line in self.blocks(blocks, width and max(1, width - indent)):
            yield Line(_indented(line.text, indent), line.target, line.first)

    def _field(self, field: Field, label_width: int, width: int | None) -> Iterator[Line]:
        room = width and max(1, width - label_width)
        if isinstance(field.value, Prose):
            found = _prose_lines(field.value, room)
        else:
            found = self._wrapped(self._shown(field.value), room)
        label = aligned(one_line((Span(field.label, "muted"),)) if field.label else (), label_width)
        texts = [(*label, *text) if number == 0 else _indented(text, label_width) for number, text in enumerate(found)]
        yield from self._targeted(texts, field.target, width)

    def _item(self, item: Item, mark: str, width: int | None) -> Iterator[Line]:
        box: Text = (Span(f"{mark} ", "muted"),) if mark else ()
        if item.ticked is not None:
            box = (Span("[x] ", "satisfied"),) if item.ticked else (Span("[ ] ", "untested"),)
        hang = text_width(box)
        text, aside = self._shown(item.text), self._shown(item.aside)
        together = text_of(box, spaced(text, aside))
        if width is None or text_width(together) <= width:
            lines = [together]
        else:
            lines = wrap(text_of(box, text), width, hang)
            below = hang or _NESTED
            lines += [_indented(wrapped, below) for wrapped in self._wrapped(aside, max(1, width - below))]
        yield from self._targeted(lines, item.target, width)
        yield from self._nested(item.below, width, hang or _NESTED)

    def _table(self, table: Table, width: int | None) -> Iterator[Line]:
        rows = [tuple(self._shown(cell) for cell in row.cells) for row in table.rows]
        titles = tuple((Span(column.title, "muted"),) if column.title else () for column in table.columns)
        widths = _column_widths(table.columns, [titles, *rows], width)
        if table.is_titled:
            yield from self._lines_of(_row_lines(titles, table.columns, widths, width))
        for row, cells in zip(table.rows, rows, strict=True):
            yield from self._targeted(_row_lines(cells, table.columns, widths, width), row.target, width)
            yield from self._nested(row.below, width)

    def _chart(self, chart: Chart, width: int | None) -> Iterator[Text]:
        if self._style.bars and width is not None:
            return bar_lines(chart, width=width, height=4 if width < 70 else 6)
        pairs = (f"{label} {value:,}" for label, value in zip(chart.labels, chart.values, strict=True))
        return iter(self._wrapped((Span(", ".join(pairs)),), width))


def shown_line(text: TextLike) -> Text:
    """Return a text on one line, safe for a terminal, with a glyph before the name of a state."""
    return one_line(tuple(_with_glyph(span) for span in text_of(text)))


def _with_glyph(span: Span) -> Span:
    """Return the name of a state with its glyph, and a decision in capitals: colour alone never shows a state."""
    if span.text != span.role.removeprefix("gate-"):
        return span
    if span.role in DECISION_WORD:
        return Span(DECISION_WORD[span.role], span.role, span.url)
    glyph = GLYPHS.get(span.role)
    return Span(f"{glyph} {span.text}", span.role, span.url) if glyph else span


def _indented(text: Text, indent: int) -> Text:
    return (Span(" " * indent), *text) if text else text


def _hunk_lines(hunk: Hunk, width: int | None) -> Iterator[Text]:
    for line in hunk.lines:
        role = _HUNK_ROLES.get(line[:1], "muted")
        # The leading space of an unchanged line is part of the line, so only the end is stripped.
        text = (Span(visible(" ".join(line.splitlines())).expandtabs(4).rstrip(), role),)
        yield text if width is None else cut(text, width)


def _prose_lines(prose: Prose, width: int | None) -> list[Text]:
    lines: list[Text] = []
    for line in safe_text(prose.text).expandtabs(4).split("\n"):
        text: Text = (Span(line.rstrip()),) if line.strip() else ()
        lines += [text] if width is None or not text else wrap(text, width)
    return lines


def _column_widths(columns: Sequence[Column], rows: Sequence[Sequence[Text]], width: int | None) -> list[int]:
    """Return the width of each column: that of its widest cell, or less if the column shrinks; 0 if it is empty."""
    widths = [max((text_width(row[index]) for row in rows), default=0) for index in range(len(columns))]
    if width is None:
        return widths
    shrinkable = [
        index for index, column in enumerate(columns) if column.shrink != "keep" and widths[index] > _MIN_WIDTH
    ]
    over = sum(widths) + _GAP * (sum(map(bool, widths)) - 1) - width
    while over > 0 and shrinkable:
        # Shrink the widest columns to the width of the next narrower column, and repeat.
        widest = max(widths[index] for index in shrinkable)
        group = [index for index in shrinkable if widths[index] == widest]
        level = max((widths[index] for index in shrinkable if widths[index] < widest), default=_MIN_WIDTH)
        less = min(-(-over // len(group)), widest - level)
        for index in group:
            widths[index] -= less
        over -= less * len(group)
        shrinkable = [index for index in shrinkable if widths[index] > _MIN_WIDTH]
    return widths


def _row_lines(
    cells: Sequence[Text], columns: Sequence[Column], widths: Sequence[int], width: int | None
) -> list[Text]:
    """Return a row as lines, with each cell cut or wrapped to the width of its column."""
    shown = [index for index in range(len(columns)) if widths[index]]
    if not shown:
        return []
    stacked: list[list[Text]] = []
    for index in shown:
        cell = cells[index]
        if width is None or text_width(cell) <= widths[index] or columns[index].shrink == "keep":
            stacked.append([cell])
        elif columns[index].shrink == "cut":
            stacked.append([cut(cell, widths[index])])
        else:
            stacked.append(wrap(cell, widths[index]))
    lines = []
    for number in range(max(map(len, stacked))):
        line: Text = ()
        for place, index in enumerate(shown):
            cell = stacked[place][number] if number < len(stacked[place]) else ()
            right = columns[index].align == "right"
            last = place == len(shown) - 1
            padded = cell if last and not right else aligned(cell, widths[index], right=right)
            line = (*line, *padded) if last else (*line, *padded, Span(" " * _GAP))
        lines.append(_stripped(line))
    return lines


def _stripped(line: Text) -> Text:
    """Return a line without trailing spaces."""
    end = len(line)
    while end and not line[end - 1].text.strip():
        end -= 1
    return line[:end]
