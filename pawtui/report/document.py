"""The document model: what a screen, a command or a comment shows, as plain data.

A function in `report/documents/` builds each document once. The screen (`tui/document_view.py`), the commands
(`document_lines.py`) and the Markdown (`markdown_text.py`) render the same document. A paragraph, a field or a table
without text is not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from pawtui.report.spans import TextLike, text_of


class Target(msgspec.Struct, frozen=True):
    """The target of a line: what can be done with it. A key opens the web page `url`, another one copies `copy`.

    Enter ticks `part` (`GATE/PART`), or goes to `subject`, such as `gate:ID`. With a `url`, Enter shows the changes
    since `changed_pin`, or else the file or commit of `copy` if it is a pin, or else the web page.

    `pin_of` is the gate or the evaluation step (`gate:ID`, `step:ID`) that has the pin `copy`; empty for other lines.
    """

    url: str = ""
    copy: str = ""
    part: str = ""
    subject: str = ""
    changed_pin: str = ""
    pin_of: str = ""


class Prose(msgspec.Struct, frozen=True):
    """A text of several lines that a user wrote, which may be Markdown."""

    text: str


class Hunk(msgspec.Struct, frozen=True):
    """A hunk of a unified diff. A line that is too long is cut."""

    lines: Sequence[str]


class Heading(msgspec.Struct, frozen=True):
    """The title of a section, followed by a remark."""

    text: str
    remark: TextLike = ()


class Paragraph(msgspec.Struct, frozen=True):
    """Text that wraps; lines after the first are indented by `hang`."""

    text: TextLike
    target: Target | None = None
    hang: int = 0


class Field(msgspec.Struct, frozen=True):
    """A labelled value. The fields of a document are aligned; an empty label continues the previous field."""

    label: str
    value: TextLike | Prose
    target: Target | None = None

    @property
    def is_shown(self) -> bool:
        return isinstance(self.value, Prose) or bool(text_of(self.value))


class Item(msgspec.Struct, frozen=True):
    """An item of a list: its text, a remark, and the blocks below it.

    The remark is on the line of the text if both fit there, otherwise below. `mark` (may be empty) is before the text,
    except in Markdown. `ticked` is None for an item without a tick box, which would replace the mark.
    """

    text: TextLike
    remark: TextLike = ()
    target: Target | None = None
    ticked: bool | None = None
    below: Sequence[Block] = ()
    mark: str = "-"


class Column(msgspec.Struct, frozen=True):
    """A column: its title, its alignment, and whether a cell that is too wide stays, is cut (at an end), or wraps."""

    title: str = ""
    align: Literal["left", "right"] = "left"
    shrink: Literal["keep", "cut", "cut-start", "wrap"] = "keep"


class Row(msgspec.Struct, frozen=True):
    """A row of a table, with the blocks below it."""

    cells: Sequence[TextLike]
    target: Target | None = None
    below: Sequence[Block] = ()


class Table(msgspec.Struct, frozen=True):
    """A table. It has a title row if a column has a title."""

    columns: Sequence[Column]
    rows: Sequence[Row]

    @property
    def is_titled(self) -> bool:
        return any(column.title for column in self.columns)


class Chart(msgspec.Struct, frozen=True):
    """A bar chart. The first of the highest bars is highlighted."""

    values: Sequence[int]
    labels: Sequence[str]

    @property
    def text(self) -> str:
        """The chart as text, for outputs that draw no bars: `11-02 5, 11-09 1,017`."""
        return ", ".join(f"{label} {value:,}" for label, value in zip(self.labels, self.values, strict=True))


class EmptyLine(msgspec.Struct, frozen=True):
    """An empty line."""


class Nested(msgspec.Struct, frozen=True):
    """Blocks that belong to the previous block."""

    blocks: Sequence[Block]


class Details(msgspec.Struct, frozen=True):
    """A section with a title, which is folded if the output supports folding."""

    title: str
    blocks: Sequence[Block]


Block = Heading | Paragraph | Prose | Hunk | Field | Item | Table | Chart | EmptyLine | Nested | Details


class Document(msgspec.Struct, frozen=True):
    """A title, a subtitle that only screens show, and blocks. Documents of the same subject have the same `key`."""

    key: str
    title: str
    subtitle: TextLike = ()
    blocks: Sequence[Block] = ()
