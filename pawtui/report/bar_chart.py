"""A bar chart in block characters. Each bar has its number, so the chart is readable without colour."""

from collections.abc import Iterator, Sequence

from pawtui.report.document import Chart
from pawtui.report.spans import Span, Text
from pawtui.report.words import BARS


def bar_lines(chart: Chart, *, width: int, height: int) -> Iterator[Text]:
    """Yield the lines of a chart with one bar per value: the number is above the bar, the label below.

    `width` is in columns; `height` is that of the highest bar, in lines.
    """
    values = chart.values
    if not values:
        return
    # Columns from bar to bar, and of one bar.
    step = max(2, min(9, width // len(values)))
    thick = max(1, step - (1 if step < 6 else 2))
    top = max(*values, 1)
    heights = [max(1, -(-value * height // top)) if value else 0 for value in values]
    for row in range(height, -1, -1):
        cells: list[Span] = []
        for index, value in enumerate(values):
            if row == heights[index]:
                number = str(value) if len(str(value)) < step else "·"
                cells.append(Span(number.center(thick).ljust(step)[:step]))
            elif row < heights[index]:
                bar = _bar(value, top, height, row) * thick
                cells += [Span(bar, "alert" if index == chart.peak else "link"), Span(" " * (step - thick))]
            else:
                cells.append(Span(" " * step))
        yield tuple(cells)
    yield (Span("─" * (step * len(values)), "muted"),)
    yield (Span(_label_line(chart.labels, step), "muted"),)


def _bar(value: int, top: int, height: int, row: int) -> str:
    """Return the character of a bar in a row, counted from the bottom."""
    filled = round(value / top * height * 8) - row * 8
    if value > 0 and row == 0:
        filled = max(filled, 1)
    return BARS[max(0, min(8, filled))]


def _label_line(labels: Sequence[str], step: int) -> str:
    """Return the labels on one line. A label that would overlap the previous label is omitted."""
    text, free = "", 0
    for index, label in enumerate(labels):
        at = index * step
        if at >= free:
            text = text.ljust(at) + label
            free = at + len(label) + 1
    return text.ljust(len(labels) * step)[: len(labels) * step]
