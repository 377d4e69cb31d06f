"""A report of a replay as plain text, for a terminal, a pipe or a log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from pawtui.replay.run import Result
from pawtui.report.plain import fit, width_of
from pawtui.report.replay_views import Block, Cell, Lines, Name, Table, report
from pawtui.sources.sanitize import safe_line

ROWS = 12
# A last column that is narrower than this goes below its row.
_LEAST = 24
_LONG = 2000


def replay_text(result: Result, width: int | None = None) -> str:
    """Return the report. `width` in columns wraps long lines; None leaves them whole."""
    return plain(report(result, ROWS), width)


def plain(blocks: Iterable[Block], width: int | None = None) -> str:
    """Return blocks of a report, an empty line between them."""
    return "\n\n".join("\n".join(_block(block, width)) for block in blocks) + "\n"


def _block(block: Block, width: int | None) -> Iterator[str]:
    indent = "  " if block.heading else ""
    if block.heading:
        yield safe_line(block.heading)
    if isinstance(block, Lines):
        for line in block.lines:
            yield from _wrapped(" ".join(_text(cell) for cell in line), indent, "  ", width)
        return
    yield from _table(block, width)
    if block.more:
        yield f"  and {block.more:,} more: --json lists all"


def _table(table: Table, width: int | None) -> Iterator[str]:
    rows = [list(table.columns), *([_text(cell) for cell in row] for row in table.rows)]
    numeric = [all(isinstance(row[index], int) for row in table.rows) for index in range(len(table.columns))]
    widths = [max(width_of(row[index]) for row in rows) for index in range(len(table.columns))]
    for row in rows:
        cells = [
            " " * (widths[index] - width_of(cell)) + cell
            if numeric[index]
            else cell + " " * (widths[index] - width_of(cell))
            for index, cell in enumerate(row)
        ]
        yield from _row(cells, row[-1], width)


def _row(cells: Sequence[str], last: str, width: int | None) -> Iterator[str]:
    before = "  " + "  ".join(cells[:-1])
    whole = f"{before}  {cells[-1]}".rstrip()
    if width is None or width_of(whole) <= width:
        yield whole
        return
    used = width_of(before) + 2
    if width - used >= _LEAST:
        first, *rest = wrap(last, width - used, break_long_words=True, break_on_hyphens=False) or [""]
        yield f"{before}  {first}"
        yield from (" " * used + line for line in rest)
    else:
        yield fit(before.rstrip(), width)
        yield from wrap(last, width, initial_indent="      ", subsequent_indent="      ", break_on_hyphens=False)


def _wrapped(text: str, indent: str, further: str, width: int | None) -> Iterable[str]:
    if width is None or width_of(indent + text) <= width:
        return [indent + text]
    return wrap(text, width, initial_indent=indent, subsequent_indent=indent + further, break_on_hyphens=False)


def _text(cell: Cell) -> str:
    if isinstance(cell, int):
        return f"{cell:,}"
    return safe_line(cell.text if isinstance(cell, Name) else cell, _LONG)
