"""A bar chart in block characters: readable without colour, since every bar carries its number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from textual.content import Content

from pawtui.report.words import sparkline
from pawtui.tui.content import ALERT, LINK, MUTED, concat, line, trusted

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def _bar(value: int, top: int, height: int, row: int) -> str:
    """The part of a bar in one row, counted from the bottom."""
    filled = round(value / top * height * 8) - row * 8
    if value > 0 and row == 0:
        filled = max(filled, 1)
    return _EIGHTHS[max(0, min(8, filled))]


def bars(values: Sequence[int], labels: Sequence[str], *, width: int, height: int, peak: int = -1) -> list[Content]:
    """One bar a value with its number above and its label below; `peak` is the index of the one that stands out."""
    if not values:
        return []
    step = max(2, min(9, width // len(values)))
    thick = max(1, step - (1 if step < 6 else 2))
    top = max(*values, 1)
    heights = [max(1, -(-value * height // top)) if value else 0 for value in values]
    drawn: list[Content] = []
    for row in range(height, -1, -1):
        cells: list[Content] = []
        for index, value in enumerate(values):
            if row == heights[index]:
                shown = str(value) if len(str(value)) < step else "·"
                cells.append(trusted(shown.center(thick).ljust(step)[:step]))
            elif row < heights[index]:
                style = ALERT if index == peak else LINK
                cells.append(concat(trusted(_bar(value, top, height, row) * thick, style), " " * (step - thick)))
            else:
                cells.append(trusted(" " * step))
        drawn.append(concat(*cells))
    drawn.append(line("─" * (step * len(values)), MUTED))
    drawn.append(_labels(labels, step))
    return drawn


def _labels(labels: Sequence[str], step: int) -> Content:
    """Every label that fits beside the one before it."""
    text, free = "", 0
    for index, label in enumerate(labels):
        at = index * step
        if at >= free:
            text = text.ljust(at) + label
            free = at + len(label) + 1
    return trusted(text.ljust(len(labels) * step)[: len(labels) * step], MUTED)


def week_labels(start: dt.date | None, weeks: int) -> list[str]:
    """The first day of each week as `09-28`, or its distance from now where the start is not known."""
    if start is None:
        return [f"-{weeks - week}w" for week in range(weeks)]
    return [f"{start + dt.timedelta(weeks=week):%m-%d}" for week in range(weeks)]


def spark(values: Sequence[int]) -> str:
    """One character a value; a dot for none at all, so that the ends of the row show."""
    return sparkline(values).replace(" ", "·")
