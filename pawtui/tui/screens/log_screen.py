"""The audit: who changed what, when, from what to what."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from pawtui.report.words import counted
from pawtui.review.model import Change, Edit
from pawtui.review.views import Overview
from pawtui.tui.content import ALERT, LINK, MUTED, STRONG, concat, fit, line, lines, trusted
from pawtui.tui.line_list import LineList
from pawtui.tui.page import Block, Page, block, gap, heading, pair
from pawtui.tui.pages.common import stamp, titled
from pawtui.tui.screens.dialog import Sheets
from pawtui.tui.screens.page_screen import PageScreen


class LogList(LineList[Change]):
    """Every act, newest first."""

    BORDER_TITLE: ClassVar[str] = "Log"

    def key_of(self, item: Change) -> str:
        """The change's id."""
        return item.id

    def paint(self, item: Change, width: int) -> list[Content]:
        """When, who, what."""
        head = concat(trusted(f"{stamp(item.at)}  ", MUTED), fit(line(item.by, LINK), 14), trusted("  "))
        return [concat(head, fit(line(item.summary), width - head.cell_length))]


class LogScreen(PageScreen):
    """The log and, under it, the act under the cursor from what to what."""

    CSS_PATH: ClassVar[Sheets] = ["page_screen.tcss", "log_screen.tcss"]
    BINDING_GROUP_TITLE = "Log"
    HELP = """
    Every change a person made: who, when, from what to what. Undo is a change too; nothing leaves the log.
    """
    card_title = "Log"

    def middle(self) -> ComposeResult:
        """List and detail."""
        self.actions = LogList(
            empty="Nobody has done anything yet: gates, verdicts and notes leave a line here.", id="acts"
        )
        yield self.actions
        yield self.reader

    def first(self) -> Widget:
        """The list has the keys."""
        return self.actions

    def _changed(self, overview: Overview | None) -> None:
        if overview is not None:
            self.actions.fill(overview.record.log[::-1])
        self.show()

    def head(self) -> Content:
        """How many acts."""
        count = len(self.overview.record.log) if self.overview else 0
        return concat(super().head(), self.aside(counted(count, "act")))

    @on(LineList.Moved)
    def _moved(self) -> None:
        self.show()

    def content(self) -> Page | None:
        """The act under the cursor."""
        change = self.actions.current
        return change_page(change) if change else Page(key="log:", title=titled("act"))

    def reading_detail(self) -> bool:
        """Whether the detail has the keys."""
        return self.reader.has_focus


def change_page(change: Change) -> Page:
    """An act, with every document it changed before and after."""
    blocks: list[Block] = [
        block(line(change.summary, STRONG)),
        pair("by", line(change.by)),
        pair("at", line(f"{stamp(change.at)} UTC")),
    ]
    for edit in change.edits:
        blocks += _edit(edit)
    return Page(key=f"log:{change.id}", title=titled(change.action.partition(" ")[0]), blocks=tuple(blocks))


def _edit(edit: Edit) -> list[Block]:
    before, after = edit.before or {}, edit.after or {}
    what = "removed" if edit.after is None else "new" if edit.before is None else "changed"
    blocks = [heading(f"{edit.table} {edit.key}", line(what, MUTED))]
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if old not in (None, "", [], ()):
            blocks.append(pair(name, concat(trusted("- ", ALERT), lines(_words(old), MUTED)), width=16))
            name = ""
        if new not in (None, "", [], ()):
            blocks.append(pair(name, concat(trusted("+ ", "$text-success"), lines(_words(new))), width=16))
    return [*blocks, gap()]


def _words(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return str(value)
