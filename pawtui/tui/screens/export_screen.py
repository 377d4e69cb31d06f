"""The Markdown summary: read it, copy it, save it, post it."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import TextArea
from textual.worker import Worker, WorkerState

from pawtui.atomic import write_file
from pawtui.report.markdown import summary_markdown
from pawtui.report.words import counted
from pawtui.tui.content import concat
from pawtui.tui.screens.dialog import Sheets
from pawtui.tui.screens.file_dialog import FileDialog
from pawtui.tui.screens.page_screen import PageScreen
from pawtui.tui.workers import start


class ExportScreen(PageScreen):
    """Shows the summary as it would be pasted."""

    CSS_PATH: ClassVar[Sheets] = ["page_screen.tcss", "export_screen.tcss"]
    BINDING_GROUP_TITLE = "Export"
    HELP = """
    The summary as Markdown, safe to paste: upstream's words ping nobody and link nothing. **y** copies, **s** saves,
    **P** posts it on the tracking issue, after showing what would be posted and asking.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy all", id="export.copy", tooltip="The whole Markdown"),
        Binding("s", "save", "Save", id="export.save", tooltip="To a file"),
        Binding("P", "app.post", "Post", id="export.post", tooltip="On the tracking issue; you are asked first"),
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
        start(self, self._written, "export", exclusive=True)

    async def _written(self) -> str:
        overview, workspace = self.overview, self.pawtui.workspace
        if overview is None:
            return ""
        return await asyncio.to_thread(summary_markdown, overview, web=workspace.web, now=workspace.clock())

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what was written."""
        if event.worker.group == "export" and event.state is WorkerState.SUCCESS:
            event.stop()
            self.markdown = str(event.worker.result)
            self.query_one(TextArea).text = self.markdown
            self.heading.update(self.head())

    def head(self) -> Content:
        """How long it is."""
        issue = self.pawtui.workspace.tracker.issue
        post = f", P posts it on {issue}" if issue else ""
        return concat(super().head(), self.aside(f"{counted(self.markdown.count(chr(10)), 'line')}{post}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the summary is for."""
        return action in ("copy", "save", "scroll", "leave") or not hasattr(self, f"action_{action}")

    def action_copy(self) -> None:
        """Copy all of it."""
        self.app.copy_to_clipboard(self.markdown)
        self.pawtui.toast("Copied the whole summary.")

    def action_save(self) -> None:
        """Ask where to."""
        day = self.pawtui.workspace.clock().date()
        self.app.push_screen(SaveDialog(self.markdown, Path.cwd() / f"pawtui-{day}.md"))

    def action_scroll(self, by: int) -> None:
        """Scroll the text."""
        self.query_one(TextArea).scroll_relative(y=by, animate=False)


class SaveDialog(FileDialog):
    """Asks for a path, and asks again before replacing a file."""

    card_title = "save the summary"

    def __init__(self, text: str, path: Path) -> None:
        super().__init__(str(path))
        self._text = text
        # The file that was asked about: entering it again replaces it.
        self._asked_about: Path | None = None
        self._writing: Path | None = None

    def action_submit(self) -> None:
        """Write the file in a thread."""
        path = self.path()
        if path is not None:
            self._writing = path
            replace = path == self._asked_about
            start(self, partial(asyncio.to_thread, _write, path, self._text, replace=replace), "file", exclusive=True)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Saved, or why not."""
        if event.worker.group != "file":
            return
        event.stop()
        if event.state is WorkerState.SUCCESS:
            self.pawtui.toast(f"Saved {event.worker.result}.")
            self.dismiss()
        elif isinstance(event.worker.error, FileExistsError) and self._writing is not None:
            self._asked_about = self._writing
            self.wrong(f"{self._writing.name} is there already: Enter again replaces it, or give another name.")
        elif isinstance(event.worker.error, OSError):
            why = (event.worker.error.strerror or "it failed").lower()
            self.wrong(f"The file could not be written ({why}): give another path.")
        elif event.state is WorkerState.ERROR and isinstance(event.worker.error, Exception):
            self.app._handle_exception(event.worker.error)


def _write(path: Path, text: str, *, replace: bool) -> str:
    """Write the text whole or not at all, and return the file's name. Raises `OSError`."""
    if not replace and path.exists():
        raise FileExistsError
    write_file(path, text.encode())
    return path.name
