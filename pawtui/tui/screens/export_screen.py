"""The Markdown summary: read it, copy it, save it, post it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TextArea

from pawtui.atomic import write_file
from pawtui.errors import PawtuiError
from pawtui.report.markdown import summary_markdown
from pawtui.report.words import counted
from pawtui.tui.content import concat
from pawtui.tui.screens.dialog import Sheets
from pawtui.tui.screens.file_dialog import FileDialog
from pawtui.tui.screens.page_screen import PageScreen
from pawtui.tui.workers import start


class ExportScreen(PageScreen):
    """Shows the summary as it would be pasted."""

    @dataclass
    class Written(Message):
        """The summary's text is ready."""

        text: str

    CSS_PATH: ClassVar[Sheets] = ["page_screen.tcss", "export_screen.tcss"]
    BINDING_GROUP_TITLE = "Export"
    HELP = """
    The summary as Markdown, ready to paste: it mentions nobody and links no issue by accident.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy all", id="export.copy", tooltip="The Markdown, to the clipboard"),
        Binding("s", "save", "Save", id="export.save", tooltip="The Markdown, to a file"),
        Binding("P", "app.post", "Post", id="export.post", tooltip="On the tracking issue; asks first"),
        Binding("j", "scroll(1)", "Down", id="export.down", show=False),
        Binding("k", "scroll(-1)", "Up", id="export.up", show=False),
    ]

    card_title = "Export"
    markdown = ""

    def middle(self) -> ComposeResult:
        """The text."""
        yield TextArea("", id="markdown", read_only=True, soft_wrap=True, show_line_numbers=False)

    def first(self) -> Widget:
        """The text has the keys."""
        return self.query_one(TextArea)

    def show(self) -> None:
        """Write the summary, off the event loop: a long record makes a long one."""
        start(self, self._write, "export", exclusive=True)

    async def _write(self) -> None:
        overview, workspace = self.overview, self.app.workspace
        if overview is not None:
            text = await asyncio.to_thread(summary_markdown, overview, web=workspace.web, now=workspace.clock())
            self.post_message(self.Written(text))

    @on(Written)
    def _written(self, event: Written) -> None:
        self.markdown = event.text
        self.query_one(TextArea).text = self.markdown
        self.heading.update(self.head())

    def head(self) -> Content:
        """How long it is."""
        issue = self.app.workspace.tracker.issue
        post = f", P posts it on {issue}" if issue else ""
        return concat(super().head(), self.aside(f"{counted(self.markdown.count(chr(10)), 'line')}{post}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the summary is for."""
        return action in ("copy", "save", "scroll", "leave") or not hasattr(self, f"action_{action}")

    def action_copy(self) -> None:
        """Copy all of it."""
        self.app.copy_to_clipboard(self.markdown)
        self.app.toast("Copied the whole summary.")

    def action_save(self) -> None:
        """Ask where to."""
        day = self.app.workspace.clock().date()
        self.app.push_screen(SaveDialog(self.markdown, Path.cwd() / f"pawtui-{day}.md"))

    def action_scroll(self, by: int) -> None:
        """Scroll the text."""
        self.query_one(TextArea).scroll_relative(y=by, animate=False)


class CannotSave(PawtuiError):
    """The summary was not written; `str()` is one sentence."""


class SaveDialog(FileDialog):
    """Asks for a path, and asks again before replacing a file."""

    @dataclass
    class Saved(Message):
        """The file is written."""

        path: Path

    @dataclass
    class Exists(Message):
        """A file of that name exists, and nothing was written."""

        path: Path

    HELP = "Writes the Markdown to a file. It asks before it replaces one."
    card_title = "save the summary"

    def __init__(self, text: str, path: Path) -> None:
        super().__init__(str(path))
        self._text = text
        # The file that was asked about: entering it again replaces it.
        self._asked_about: Path | None = None

    def action_submit(self) -> None:
        """Write the file in a thread."""
        path = self.path()
        if path is not None:
            start(self, partial(self._save, path, replace=path == self._asked_about), "file", exclusive=True)

    async def _save(self, path: Path, *, replace: bool) -> None:
        exists = await asyncio.to_thread(_write, path, self._text, replace=replace)
        self.post_message(self.Exists(path) if exists else self.Saved(path))

    @on(Saved)
    def _saved(self, event: Saved) -> None:
        self.app.toast(f"Saved {event.path.name}.")
        self.dismiss()

    @on(Exists)
    def _exists(self, event: Exists) -> None:
        self._asked_about = event.path
        self.wrong(f"{event.path.name} exists already. Press Enter again to replace it, or give another name.")


def _write(path: Path, text: str, *, replace: bool) -> bool:
    """Write the text whole or not at all; return whether it was not written because the file exists."""
    try:
        if not replace and path.exists():
            return True
        write_file(path, text.encode())
    except OSError as error:
        raise CannotSave(
            f"Cannot write {path.name}: {(error.strerror or 'it failed').lower()}. Give another path."
        ) from None
    return False
