"""The text of a pin: a file at its commit with the pinned lines marked, or its difference to the head."""

import asyncio
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from pawtui.evidence_reader import EvidenceReader, IsFolder
from pawtui.phrases import short_sha
from pawtui.refresh.pins import Pin, parse_pin
from pawtui.report.text_diff import DiffLine, text_diff
from pawtui.tui.background import start_worker
from pawtui.tui.base_app import MessageScreen
from pawtui.tui.code_view import CodeText, CodeView
from pawtui.tui.content import MUTED, code_lines, ends, line, screen_title, spaced
from pawtui.tui.filter_box import FilterBox
from pawtui.tui.footer import KeysFooter
from pawtui.tui.messages import TaskFailed
from pawtui.tui.screens.pinned_screens import FolderScreen
from pawtui.tui.screens.subject_screen import add_pin_to

_MIN_PATH_WIDTH = 30  # cells


class TextScreen(MessageScreen):
    """A screen for one file, from the cache or the source.

    `pin_subject` gets the pins to selected lines. With `difference_first`, it first shows the difference to the head.
    """

    CSS_PATH = "text_screen.tcss"
    BACK_KEY = "<Esc:text.back>"
    BINDING_GROUP_TITLE = "Text"
    HELP = """
    The text of a pin, at its commit. Shift with up and down selects lines, or drag with the mouse.
    <p:text.pin> pins them. <d:text.diff> shows the difference to the head.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pin", "Pin lines", id="text.pin", tooltip="The selected lines, to the note or gate"),
        Binding("d", "difference", "Diff", id="text.diff", tooltip="Pinned commit to head, and back"),
        Binding("slash", "search", "Search", id="text.search", tooltip="Lines that contain the words"),
        Binding("n", "next(1)", "Next match", id="text.next", show=False),
        Binding("N", "next(-1)", "Previous match", id="text.previous", show=False),
        Binding("o", "open", "Open", id="text.open", tooltip="The selected lines, in the browser"),
        Binding("y", "copy", "Copy", id="text.copy", show=False, tooltip="The selected lines as a pin"),
        Binding("escape", "back", "Back", id="text.back", tooltip="Close the search, or the text"),
    ]

    def __init__(self, pin: Pin, pin_subject: str, *, difference_first: bool = False) -> None:
        super().__init__()
        self._pin = pin
        # The pinned lines, counted from 1. A pin without lines has an empty range.
        self._first_line, self._last_line = pin.lines or (1, 0)
        self._pin_subject = pin_subject
        self._difference_first = difference_first
        self._remark = self.app.with_keys(f"reading… {self.BACK_KEY} cancels")
        self._file_text = CodeText(lines=())
        # The file that the text was compared with. A refresh that ends later has another head.
        self._head: Pin | None = None

    def compose(self) -> ComposeResult:
        self.heading, self.code = Static(id="heading"), CodeView()
        yield self.heading
        yield self.banner
        yield self.code
        yield KeysFooter()

    def on_mount(self) -> None:
        self._show_title()
        start_worker(self, self._read, "read")

    def _show_title(self) -> None:
        pin = self._pin
        commits = f"at {short_sha(pin.sha)}"
        if self.code.text.diff is not None and self._head is not None:
            new_place = f"{self._head.path} at " if self._head.path != pin.path else ""
            commits += f" to {new_place}{short_sha(self._head.sha)}"
        name, width = pin.path_and_lines, self.app.size.width - 2
        # On a narrow screen, the start of a long path and the end of the title are cut. The remark stays. The room for
        # the path is what the name of the app, the commits and the remark leave, with the spaces between them.
        room = max(_MIN_PATH_WIDTH, width - len(f"pawtui    {commits}    {self._remark}"))
        if len(name) > room:
            name = f"…{name[1 - room :]}"
        title = spaced(screen_title(name), line(commits, MUTED), line(pin.repo, MUTED))
        self.heading.update(ends(title, line(self._remark), width))

    def on_resize(self) -> None:
        self._show_title()

    def _show_remark(self, remark: str) -> None:
        self._remark = remark
        self._show_title()

    def on_task_failed(self, event: TaskFailed) -> None:
        event.stop()
        self._show_remark("")
        self.banner.add(event.sentence, "error")

    # --- reading ---

    async def _read(self) -> None:
        try:
            lines = await _lines_at(self.app.workspace.evidence, self._pin)
        except IsFolder as folder:
            self.call_later(self._show_folder, folder)
        else:
            self.call_later(self._show_file, lines)

    async def _compare(self, head: Pin) -> None:
        evidence = self.app.workspace.evidence
        old, new = await asyncio.gather(_lines_at(evidence, self._pin), _lines_at(evidence, head))
        self.call_later(self._show_difference, head, await asyncio.to_thread(text_diff, old, new))

    def _show_folder(self, folder: IsFolder) -> None:
        """Replace this screen with that of the folder; below another screen, show a message instead."""
        if self.app.screen is self:
            self.app.switch_screen(FolderScreen(self._pin, self._pin_subject, folder.tree))
        else:
            self._show_remark("")
            self.banner.add(str(folder), "error")

    def _show_file(self, lines: list[str]) -> None:
        first, last = self._first_line, self._last_line
        pinned = range(first - 1, min(last, len(lines)))
        self._file_text = CodeText(lines=lines, path=self._pin.path, pinned=pinned)
        self._remark = f"{len(lines):,} lines"
        if last > len(lines):
            self._remark += f": there are no lines {first} to {last}"
        self._show_text(self._file_text, first - 1)
        if self._difference_first:
            self.action_difference()

    def _show_difference(self, head: Pin, diff: list[DiffLine]) -> None:
        self._head = head
        rows = [row for row, diff_line in enumerate(diff) if self._first_line <= diff_line.old <= self._last_line]
        pinned = range(rows[0], rows[-1] + 1) if rows else range(0)
        lines = [diff_line.text for diff_line in diff]
        text = CodeText(lines=lines, path=self._pin.path, diff=diff, pinned=pinned)
        added = sum(diff_line.kind == "added" for diff_line in diff)
        removed = sum(diff_line.kind == "removed" for diff_line in diff)
        self._remark = f"+{added:,} -{removed:,}" if added or removed else "same text"
        first_change = next((row for row, diff_line in enumerate(diff) if diff_line.kind != "same"), 0)
        self._show_text(text, rows[0] if rows else first_change)

    def _show_text(self, text: CodeText, row: int) -> None:
        self.code.show_text(text, row)
        self._show_title()

    def action_difference(self) -> None:
        head = self._head_pin()
        if self.code.text.diff is not None:
            self._remark = ""
            self._show_text(self._file_text, self._first_line - 1)
        elif head is None:
            self._show_remark("no refresh of this repository to compare with")
        elif head.sha.startswith(self._pin.sha):
            self._show_remark("pinned at the head: nothing to compare")
        else:
            self._show_remark(self.app.with_keys(f"comparing… {self.BACK_KEY} cancels"))
            start_worker(self, partial(self._compare, head), "compare", exclusive=True)

    def _head_pin(self) -> Pin | None:
        """Return the file at the head of the last refresh; None for a file of another repository."""
        drift = self.overview.drift.get(str(self._pin))
        if drift is not None and drift.place:
            return replace(parse_pin(drift.place), lines=None)
        for side in self.overview.record.heads.values():
            if side.repo.lower() == self._pin.repo.lower():
                return replace(self._pin, sha=side.sha, lines=None)
        return None

    # --- the selected lines ---

    def _selected_pin(self) -> Pin | None:
        """Return a pin to the selected lines at their commit; None if they belong to two commits."""
        rows, text = self.code.selected, self.code.text
        if not text.lines or not rows:
            return None
        if text.diff is None:
            return replace(self._pin, lines=(rows[0] + 1, rows[-1] + 1))
        lines = [text.diff[row] for row in rows]
        if all(diff_line.new for diff_line in lines) and self._head is not None:
            return replace(self._head, lines=(lines[0].new, lines[-1].new))
        if all(diff_line.old for diff_line in lines):
            return replace(self._pin, lines=(lines[0].old, lines[-1].old))
        self._show_remark("select added or removed lines, not both")
        return None

    def action_pin(self) -> None:
        """Pin the selected lines to the note or gate that the text was opened from."""
        if (pin := self._selected_pin()) is not None:
            add_pin_to(self.app, self._pin_subject, str(pin))

    def action_open(self) -> None:
        self.app.background.open_page((self._selected_pin() or self._pin).page_url(self.app.workspace.web))

    def action_copy(self) -> None:
        pin = self._selected_pin() or self._pin
        self.app.copy_to_clipboard(str(pin))
        self._show_remark(f"copied {pin.path_and_lines}")

    # --- search ---

    def action_search(self) -> None:
        FilterBox.open(self, self.code.search_words)

    @on(Input.Changed)
    def _words_edited(self, event: Input.Changed) -> None:
        """Go to the first match from the cursor on."""
        self._search(event.value, 0)

    def action_next(self, by: int) -> None:
        if self.code.search_words:
            self._search(self.code.search_words, by)
        else:
            self.action_search()

    def _search(self, words: str, by: int) -> None:
        number, count = self.code.find(words, by=by)
        result = f"match {number:,} of {count:,}" if count else "no line matches"
        self._show_remark(result if words else "")

    @on(Input.Submitted)
    def _close_box(self) -> None:
        self.query("#filter").remove()
        self.code.focus()

    def action_back(self) -> None:
        """Close the search, dismiss a message, or go back."""
        if self.query("#filter"):
            self._search("", 0)
            self._close_box()
        elif not self.code.text.lines or not self.banner.dismiss():
            # Without a text, an error is all that the screen shows.
            self.dismiss()


async def _lines_at(evidence: EvidenceReader, pin: Pin) -> list[str]:
    """Return the lines of a file, safe to show."""
    return await asyncio.to_thread(code_lines, await evidence.file_lines(pin.repo, pin.sha, pin.path))
