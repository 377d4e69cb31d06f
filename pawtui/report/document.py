"""The document model: what a page says, as plain data.

Each page is built once, by a function in `report/documents/`. The screen (`tui/document_view.py`), the commands
(`plain_text.py`) and the Markdown (`markdown_text.py`) render the same document. Nothing here knows how that is done:
text may still hold anything a person or a repository wrote, and each renderer makes it safe for its own output.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from pawtui.probes.finding import State
from pawtui.refresh.refresh_types import Decision, DriftState
from pawtui.review.record_types import GateState

# `hint` is a key to press: only screens show it. The states are shown with their glyph; a gate may be `stale` or
# `gate-unchecked`, where `unchecked` is a pin.
Role = Literal["", "strong", "muted", "alert", "danger", "ok", "link", "code", "hint", "stale", "gate-unchecked"] | (
    State | GateState | DriftState | Decision
)


class Span(msgspec.Struct, frozen=True):
    """Some words on one line, the role they have, and the page they stand for where there is one."""

    text: str
    role: Role = ""
    url: str = ""


Text = tuple[Span, ...]


class Target(msgspec.Struct, frozen=True):
    """What a line stands for: a page to open, a text to copy, and what Enter does.

    `open` shows the file or commit that `copy` pins, else opens `url`; with a pin in `object` it shows what changed.
    `tick` ticks the part `object` (`GATE/PART`), `show` goes to the subject `object`; `copy` does nothing but mark what
    can be copied.
    """

    url: str = ""
    copy: str = ""
    action: Literal["open", "tick", "show", "copy"] = "open"
    object: str = ""


class Prose(msgspec.Struct, frozen=True):
    """A person's own text of several lines, which may be Markdown."""

    text: str


class Hunk(msgspec.Struct, frozen=True):
    """A part of a difference, line by line as in a unified diff: shown as it is, each line cut where it has no room."""

    lines: tuple[str, ...]


class Heading(msgspec.Struct, frozen=True):
    """The title of a part, and a quieter remark behind it."""

    text: str
    aside: Text = ()


class Paragraph(msgspec.Struct, frozen=True):
    """Text that wraps; lines after the first are indented by `hang`."""

    text: Text
    target: Target | None = None
    hang: int = 0


class Field(msgspec.Struct, frozen=True):
    """A labelled value. The fields among some blocks are aligned; an empty label continues the one before."""

    label: str
    value: Text | Prose
    target: Target | None = None


class Item(msgspec.Struct, frozen=True):
    """An item of a list: its text, a remark that stays in one piece, whether it is ticked (None: no tick box), and
    the blocks that belong to it."""

    text: Text
    aside: Text = ()
    target: Target | None = None
    ticked: bool | None = None
    below: tuple[Block, ...] = ()


class List(msgspec.Struct, frozen=True):
    """Items, each behind `mark` (empty: none)."""

    items: tuple[Item, ...]
    mark: str = "-"


class Column(msgspec.Struct, frozen=True):
    """A column: its title, its alignment, and what happens to a cell that is too wide: it stays, is cut, or wraps."""

    title: str = ""
    align: Literal["left", "right"] = "left"
    shrink: Literal["keep", "cut", "wrap"] = "keep"


class Row(msgspec.Struct, frozen=True):
    """A row of a table, and the blocks that are shown under it."""

    cells: tuple[Text, ...]
    target: Target | None = None
    below: tuple[Block, ...] = ()


class Table(msgspec.Struct, frozen=True):
    """Rows in columns. Without a title in any column it has no title row."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def is_titled(self) -> bool:
        """Whether it has a title row."""
        return any(column.title for column in self.columns)


class Chart(msgspec.Struct, frozen=True):
    """One bar a value. `peak` is the index of the value that stands out, -1 for none."""

    values: tuple[int, ...]
    labels: tuple[str, ...]
    peak: int = -1


class Gap(msgspec.Struct, frozen=True):
    """An empty line."""


class Nested(msgspec.Struct, frozen=True):
    """Blocks that belong to the one before them."""

    blocks: tuple[Block, ...]


class Details(msgspec.Struct, frozen=True):
    """A section that is folded where the output can fold, under its title."""

    title: str
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Prose | Hunk | Field | List | Table | Chart | Gap | Nested | Details


class Document(msgspec.Struct, frozen=True):
    """A page. Two documents of the same `key` are the same subject, before and after a change."""

    key: str
    title: Text
    subtitle: Text = ()
    blocks: tuple[Block, ...] = ()


Part = str | Span | Text


def text_of(*parts: Part) -> Text:
    """Return the parts one after the other as one text; empty parts are left out."""
    return tuple(_spans(parts))


def spaced(*parts: Part, gap: str = "  ") -> Text:
    """Return the parts that are not empty, with `gap` between them."""
    found: list[Span] = []
    for part in parts:
        spans = tuple(_spans((part,)))
        if spans:
            found += [Span(gap), *spans] if found else spans
    return tuple(found)


def _spans(parts: Iterable[Part]) -> Iterable[Span]:
    for part in parts:
        if isinstance(part, str):
            if part:
                yield Span(part)
        elif isinstance(part, Span):
            if part.text:
                yield part
        else:
            yield from (span for span in part if span.text)
