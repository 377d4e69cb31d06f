"""A document as lines of a given width, for the screen and the plain text. Charts are bars of block characters.

Text is made safe for a terminal here (`line_wrapping.one_line`, `sanitize.safe_text`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest

import msgspec

from pawtui.report import document as doc
from pawtui.report.line_wrapping import aligned, cut, cut_start, one_line, string_width, text_width, wrap
from pawtui.report.spans import Role, Span, Text, TextLike, spaced, text_of, with_keys
from pawtui.report.words import BARS, DECISION_WORD, GLYPHS
from pawtui.sources.sanitize import safe_text, visible

UNLIMITED = 1_000_000_000  # columns: a width at which nothing is wrapped or cut
_GAP = 2  # columns between cells, and between a label and its value
_INDENT = 2  # columns
_MIN_WIDTH = 8  # columns, of a column that shrinks
_MAX_WORD = 16  # columns, of a short word


class Line(msgspec.Struct, frozen=True):
    """A line, with the target of its block; `first` marks the first line of a block with a target."""

    text: Text
    target: doc.Target | None = None
    first: bool = False


_BLANK = Line(())
_HUNK_ROLES: Mapping[str, Role] = {"+": "ok", "-": "danger"}


def document_lines(
    document: doc.Document, width: int, *, screen_keys: Mapping[str, str] | None = None, urls: bool = False
) -> list[Line]:
    """Return the lines of a document without its title, at most `width` columns wide.

    `screen_keys` are the keys that the user has chosen, by the id of the action; None if the lines are not for a
    screen. On a screen the lines have hints, and charts are bars instead of numbers. `urls` adds the addresses of
    targets. Empty lines are single, and neither the first nor the last line is empty.
    """
    lines: list[Line] = []
    for line in _Layout(screen_keys, urls).blocks(document.blocks, width):
        if line.text or (lines and lines[-1].text):
            lines.append(line)
    return lines[:-1] if lines and not lines[-1].text else lines


def plain_text(document: doc.Document, width: int = UNLIMITED, *, urls: bool = False) -> str:
    """Return the lines of a document without its title. `urls` adds the addresses of targets."""
    texts = ["".join(span.text for span in line.text) for line in document_lines(document, width, urls=urls)]
    return "".join(f"{text.rstrip()}\n" for text in texts)


class _Layout:
    """The layout of blocks in the width that is available."""

    def __init__(self, screen_keys: Mapping[str, str] | None, urls: bool) -> None:
        self._is_screen = screen_keys is not None
        self._keys = screen_keys or {}
        self._urls = urls

    def blocks(self, blocks: Sequence[doc.Block], width: int) -> Iterator[Line]:
        labels = [block.label for block in blocks if isinstance(block, doc.Field) and block.is_shown]
        label_width = max(map(len, labels), default=0) + _GAP
        for before, block in pairwise((None, *blocks)):
            if isinstance(block, doc.Table) and block.is_titled and not isinstance(before, doc.Heading):
                yield _BLANK
            if isinstance(block, doc.Field):
                yield from self._field(block, label_width, width)
            elif block is not None:
                yield from self._block(block, width)

    def _block(self, block: doc.Block, width: int) -> Iterator[Line]:
        match block:
            case doc.Heading():
                yield _BLANK
                yield from map(Line, self._wrapped(spaced(Span(block.text, "strong"), block.remark), width))
            case doc.Paragraph():
                yield from self._with_target(self._wrapped(block.text, width, block.hang), block.target, width)
            case doc.Prose():
                yield from map(Line, _prose_lines(block, width))
            case doc.Hunk():
                yield from map(Line, _hunk_lines(block, width))
            case doc.Item():
                yield from self._item(block, width)
            case doc.Table():
                yield from self._table(block, width)
            case doc.Chart():
                yield from map(Line, _bar_lines(block, width) if self._is_screen else self._wrapped(block.text, width))
            case doc.EmptyLine():
                yield _BLANK
            case doc.Nested():
                yield from self._nested(block.blocks, width)
            case doc.Details():
                yield _BLANK
                yield from map(Line, self._wrapped(Span(block.title, "strong"), width))
                yield from self.blocks(block.blocks, width)
            case _:
                raise TypeError(block)

    def _shown(self, text: TextLike) -> Text:
        """Return a text as it is shown; only screens have hints."""
        return shown_line(
            tuple(
                Span(with_keys(span.text, self._keys), span.role) if span.names_keys else span
                for span in text_of(text)
                if self._is_screen or span.role != "hint"
            )
        )

    def _wrapped(self, text: TextLike, width: int, hang: int = 0) -> list[Text]:
        """Return a text as it is shown, in lines. A text of hints alone has lines only on a screen."""
        shown = self._shown(text)
        if not any(span.text.strip() for span in shown):
            return []
        return wrap(shown, width, hang)

    def _with_target(self, texts: Sequence[Text], target: doc.Target | None, width: int) -> Iterator[Line]:
        """Yield the lines of a block. The address of its target, if shown, is at the end of the last line or below."""
        lines = list(texts)
        url = target.url if target and self._urls and not target.subject else ""
        if url and lines and not any(url in span.text for text in lines for span in text):
            (link,) = one_line((Span(url, "link"),))
            longer = spaced(lines[-1], link)
            if text_width(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(text_of("  ", link))
        for number, text in enumerate(lines):
            yield Line(text, target, first=number == 0 and target is not None)

    def _nested(self, blocks: Sequence[doc.Block], width: int, indent: int = _INDENT) -> Iterator[Line]:
        for line in self.blocks(blocks, max(1, width - indent)):
            yield Line(_indented(line.text, indent), line.target, line.first)

    def _field(self, field: doc.Field, label_width: int, width: int) -> Iterator[Line]:
        room = max(1, width - label_width)
        value = field.value
        lines = _prose_lines(value, room) if isinstance(value, doc.Prose) else self._wrapped(value, room)
        label = aligned(one_line((Span(field.label, "muted"),)) if field.label else (), label_width)
        texts = [(*label, *text) if number == 0 else _indented(text, label_width) for number, text in enumerate(lines)]
        yield from self._with_target(texts, field.target, width)

    def _item(self, item: doc.Item, width: int) -> Iterator[Line]:
        prefix: Text = (Span(f"{item.mark} ", "muted"),) if item.mark else ()
        if item.ticked is not None:
            prefix = (Span("[x] ", "satisfied"),) if item.ticked else (Span("[ ] ", "untested"),)
        hang = text_width(prefix) or _INDENT
        text = self._shown(item.text)
        together = text_of(prefix, spaced(text, self._shown(item.remark)))
        if text_width(together) <= width:
            lines = [together]
        else:
            # The mark stays on the line of the first word, even if this word is too long for a line.
            first, *rest = wrap(text, max(1, width - hang))
            lines = [text_of(prefix, first), *(_indented(line, hang) for line in rest)]
            lines += [_indented(wrapped, hang) for wrapped in self._wrapped(item.remark, max(1, width - hang))]
        yield from self._with_target(lines, item.target, width)
        yield from self._nested(item.below, width, hang)

    def _table(self, table: doc.Table, width: int) -> Iterator[Line]:
        rows = [tuple(self._shown(cell) for cell in row.cells) for row in table.rows]
        titles = tuple((Span(column.title, "muted"),) if column.title else () for column in table.columns)
        widths = _column_widths(table.columns, [titles, *rows], width)
        if table.is_titled:
            yield from map(Line, _row_lines(titles, table.columns, widths))
        for row, cells in zip(table.rows, rows, strict=True):
            yield from self._with_target(_row_lines(cells, table.columns, widths), row.target, width)
            yield from self._nested(row.below, width)


def shown_line(text: TextLike) -> Text:
    """Return a text on one line, safe for a terminal.

    A glyph is before the name of a state, and a decision is in capitals: colour alone never shows a state.
    """
    spans = []
    for span in text_of(text):
        words = span.text
        if words == span.role.removeprefix("gate-"):
            if span.role in DECISION_WORD:
                words = DECISION_WORD[span.role]
            elif span.role in GLYPHS:
                words = f"{GLYPHS[span.role]} {words}"
        spans.append(Span(words, span.role, span.url))
    return one_line(tuple(spans))


def _indented(text: Text, indent: int) -> Text:
    return (Span(" " * indent), *text) if text else text


def _hunk_lines(hunk: doc.Hunk, width: int) -> Iterator[Text]:
    for line in hunk.lines:
        role = _HUNK_ROLES.get(line[:1], "muted")
        # The leading space of an unchanged line is part of the line, so only the end is stripped.
        text = (Span(visible(" ".join(line.splitlines())).expandtabs(4).rstrip(), role),)
        yield cut(text, width)


def _prose_lines(prose: doc.Prose, width: int) -> list[Text]:
    lines: list[Text] = []
    for line in safe_text(prose.text).expandtabs(4).split("\n"):
        text: Text = (Span(line.rstrip()),) if line.strip() else ()
        lines += wrap(text, width)
    return lines


def _column_widths(columns: Sequence[doc.Column], rows: Sequence[Sequence[Text]], width: int) -> list[int]:
    """Return the width of each column: that of its widest cell, or less if the column shrinks; 0 if it is empty.

    The widest column shrinks first. A short word, such as a SHA, is broken only if the table does not fit otherwise.
    """
    widths = [max((text_width(row[index]) for row in rows), default=0) for index in range(len(columns))]
    over = sum(widths) + _GAP * (sum(map(bool, widths)) - 1) - width
    if over <= 0:
        return widths
    shrinkable = [index for index, column in enumerate(columns) if column.shrink != "keep"]
    whole_words = [
        _longest_word(row[index] for row in rows) if columns[index].shrink == "wrap" else _MIN_WIDTH
        for index in range(len(columns))
    ]
    for least in (whole_words, [_MIN_WIDTH] * len(columns)):
        while over > 0 and (wider := [index for index in shrinkable if widths[index] > least[index]]):
            widths[max(wider, key=widths.__getitem__)] -= 1
            over -= 1
    return widths


def _longest_word(cells: Iterable[Text]) -> int:
    """Return the width of the longest short word in a column, at least `_MIN_WIDTH`."""
    words = (string_width(word) for cell in cells for span in cell for word in span.text.split())
    return max((word for word in words if _MIN_WIDTH < word <= _MAX_WORD), default=_MIN_WIDTH)


def _row_lines(cells: Sequence[Text], columns: Sequence[doc.Column], widths: Sequence[int]) -> list[Text]:
    shown = [(cell, column, width) for cell, column, width in zip(cells, columns, widths, strict=True) if width]
    stacked = [_cell_lines(cell, column, width) for cell, column, width in shown]
    lines = []
    for parts in zip_longest(*stacked, fillvalue=()):
        line: list[Span] = []
        for part, (_, column, width) in zip(parts, shown, strict=True):
            line += [*aligned(part, width, right=column.align == "right"), Span(" " * _GAP)]
        while line and not line[-1].text.strip():
            line.pop()
        lines.append(tuple(line))
    return lines


def _cell_lines(cell: Text, column: doc.Column, width: int) -> list[Text]:
    if column.shrink == "wrap":
        return wrap(cell, width)
    if column.shrink == "cut-start":
        return [cut_start(cell, width)]
    return [cut(cell, width) if column.shrink == "cut" else cell]


def _bar_lines(chart: doc.Chart, width: int) -> Iterator[Text]:
    """Yield the lines of a chart with one bar per value: the number is above the bar, the label below."""
    values = chart.values
    if not values:
        return
    height = 4 if width < 70 else 6  # of the highest bar, in lines
    # In columns: from the start of a bar to the start of the next one, and of a bar alone.
    step = max(2, min(9, width // len(values)))
    bar_width = step - (1 if step < 6 else 2)
    highest = max(values)
    first_highest = values.index(highest)
    bars = [_bar(value, highest, height) for value in values]
    # From the top: the first row has only the numbers of the highest bars.
    for row in range(height, -1, -1):
        cells: list[Span] = []
        for index, bar in enumerate(bars):
            if row < len(bar):
                role: Role = "alert" if index == first_highest else "link"
                cells += [Span(bar[row] * bar_width, role), Span(" " * (step - bar_width))]
            elif row == len(bar):
                number = str(values[index]) if len(str(values[index])) < step else "·"
                cells.append(Span(number.center(bar_width).ljust(step)))
            else:
                cells.append(Span(" " * step))
        yield tuple(cells)
    yield (Span("─" * (step * len(values)), "muted"),)
    yield (Span(_label_line(chart.labels, step), "muted"),)


def _bar(value: int, highest: int, height: int) -> str:
    """Return the characters of a bar from the bottom: `█▄` is one and a half lines high. Only that of 0 is empty.

    `height` is that of the highest bar, in lines.
    """
    if value == 0:
        return ""
    eighths = max(1, round(value / highest * height * 8))
    full, rest = divmod(eighths, 8)
    return BARS[8] * full + (BARS[rest] if rest else "")


def _label_line(labels: Sequence[str], step: int) -> str:
    """Return the labels on one line. A label without room, or directly after the previous label, is omitted."""
    text, width = "", len(labels) * step
    for index, label in enumerate(labels):
        start = index * step
        if (not text or start > len(text)) and start + len(label) <= width:
            text = text.ljust(start) + label
    return text.ljust(width)
