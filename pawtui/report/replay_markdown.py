"""A report of a replay as Markdown, to be pasted on GitHub: ids and names from outside stand in code spans."""

from __future__ import annotations

from collections.abc import Iterator

from pawtui.replay.run import Result
from pawtui.report import escape
from pawtui.report.replay_views import Block, Cell, Lines, Name, report, types

ROWS = 50


def replay_markdown(result: Result) -> str:
    """Return the report with a heading of its own."""
    blocks = report(result, ROWS)
    if (by_type := types(result)) is not None:
        blocks.append(by_type)
    return "\n".join(["# Replay", *(line for block in blocks for line in ("", *_block(block)))]) + "\n"


def _block(block: Block) -> Iterator[str]:
    if block.heading:
        yield f"## {escape.literal(block.heading)}"
        yield ""
    if isinstance(block, Lines):
        marker = "- " if block.heading else ""
        for number, line in enumerate(block.lines):
            if number and not marker:
                yield ""
            yield marker + " ".join(_text(cell) for cell in line)
        return
    yield _row([escape.literal(column) for column in block.columns])
    # Numbers are set to the right.
    yield _row(
        [
            "---:" if block.rows and all(isinstance(row[index], int) for row in block.rows) else "---"
            for index in range(len(block.columns))
        ]
    )
    for row in block.rows:
        yield _row([_text(cell, cell=True) for cell in row])
    if block.more:
        yield ""
        yield f"And {block.more:,} more: `--json` lists all."


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(value: Cell, *, cell: bool = False) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return escape.code(value.text, cell=cell) if isinstance(value, Name) else escape.outside(value, cell=cell)
