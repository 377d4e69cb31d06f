"""The shadow replay: the report, and the details down to one part. Content is hidden, because sessions are private."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from pawtui.replay.replay_errors import ReplayError
from pawtui.report.document import Document, Paragraph
from pawtui.report.documents.replay_document import replay_document
from pawtui.report.spans import Text, hint, muted, text_of
from pawtui.tui.background import start_worker
from pawtui.tui.screens.document_screen import DocumentScreen

if TYPE_CHECKING:
    from pawtui.replay.inspection import InspectedPart
    from pawtui.replay.replay_sources import ReplayProgress
    from pawtui.replay.results.result import Result

_MAX_ROWS = 200  # of each list in the report
_PROGRESS_SECONDS = 0.1  # between two updates of the progress


class ReplayScreen(DocumentScreen):
    """A screen that replays `path` when it opens. Enter opens a semantics, a session or a part; Escape goes back.

    `schema` is the typed file or pin; empty for none.
    """

    BINDING_GROUP_TITLE = "Replay"
    HELP = """
    What a migration would keep, change and lose. Enter opens the marked line, Esc goes back.
    <C:replay.content> shows content.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("C", "content", "Content", id="replay.content", tooltip="Show or hide the content of this part"),
        Binding("a", "attach", "Attach", id="replay.attach", tooltip="As notes on the gates; ticks proven parts"),
    ]
    TITLE = "Shadow replay"

    def __init__(self, path: Path, schema: str) -> None:
        super().__init__()
        self._path = path
        self._schema = schema
        self._cancel = threading.Event()
        self._posted_at = 0.0
        self.message = _in_progress("Reading")
        self._result: Result | None = None
        self._part: InspectedPart | None = None
        # The open details, the outermost first: `semantics:NAME`, `session:ID`, `part:SOURCE:ID`.
        self._opened: list[str] = []
        self._with_content = False

    def on_mount(self) -> None:
        self._worker = start_worker(self, self._replay, "replay")

    def on_unmount(self) -> None:
        self._cancel.set()

    async def _replay(self) -> None:
        from pawtui.replay.replay_sources import choose_generation, replay_sources
        from pawtui.shadow_replay import read_schema

        schema = await read_schema(self._schema, self.app.workspace) if self._schema else None
        generation = choose_generation(schema)
        work = partial(replay_sources, [self._path], generation, schema=schema, on_progress=self._post_progress)
        self.call_later(self._show_result, await asyncio.to_thread(work))

    def _post_progress(self, progress: ReplayProgress) -> None:
        """Post the progress from the replay thread, at most ten times a second. Raises `ReplayError` after a cancel."""
        if self._cancel.is_set():
            raise ReplayError("Replay cancelled. Nothing was recorded.")
        now = time.monotonic()
        if now - self._posted_at >= _PROGRESS_SECONDS:
            self._posted_at = now
            self.call_later(self._show_progress, progress.counts)

    def _show_progress(self, counts: str) -> None:
        self.message = _in_progress(counts)
        self.show()

    def _show_result(self, result: Result) -> None:
        self._result = result
        self.show()

    def _show_part(self, part: InspectedPart) -> None:
        self._part = part
        self.show()

    def document(self) -> Document | None:
        if self._result is None:
            return None
        from pawtui.report.documents.replay_details import part_document, semantics_document, session_document

        kind, _, key = self._opened[-1].partition(":") if self._opened else ("", "", "")
        if kind == "semantics":
            return semantics_document(self._result, key)
        if kind == "session":
            return session_document(self._result, key)
        if kind != "part":
            return replay_document(self._result, max_rows=_MAX_ROWS)
        if self._part is None:
            return Document("part:reading", "part", blocks=(Paragraph(muted("Reading")),))
        return part_document(self._part, with_content=self._with_content)

    def remark(self) -> str:
        return self._path.name

    def go_to(self, subject: str) -> None:
        """Open a semantics, a session or a part here, and anything else on the main screen."""
        kind, _, key = subject.partition(":")
        if kind not in ("semantics", "session", "part"):
            super().go_to(subject)
            return
        if kind == "part":
            # Parts are listed only in their session.
            session_id = self._opened[-1].removeprefix("session:")
            self._part = None
            source, _, part_id = key.partition(":")
            start_worker(self, partial(self._read_part, session_id, int(source), part_id), "part", exclusive=True)
        self._opened.append(subject)
        self._with_content = False
        self.show()

    async def _read_part(self, session_id: str, source: int, part_id: str) -> None:
        from pawtui.replay.inspection import inspect_part

        assert self._result is not None  # noqa: S101 - parts are listed only in a result
        session = next(found for found in self._result.sessions_of(session_id) if found.source == source)
        part = await asyncio.to_thread(inspect_part, self._result, session, part_id)
        if part is None:
            raise ReplayError(f"Part {part_id} is no longer in {self._path.name}. Go back and replay it again.")
        self.call_later(self._show_part, part)

    @property
    def _shows_part(self) -> bool:
        return bool(self._opened) and self._opened[-1].startswith("part:")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "content":
            return self._shows_part
        if action == "attach":
            return self._result is not None
        return super().check_action(action, parameters)

    def action_content(self) -> None:
        self._with_content = not self._with_content
        self.show()

    def action_attach(self) -> None:
        """Attach the result to the gates that have a `replay`. Undo removes it from one gate at a time."""
        from pawtui.review.actions import ActionError
        from pawtui.shadow_replay import prepare_attachments

        if self._result is None:
            return
        try:
            changes = prepare_attachments(self._result, self.app.workspace.tracker)
        except ActionError as error:
            self.banner.add(str(error), "error")
            return
        for gate_id, make_change in changes.items():
            self.app.record_change(make_change, f"gate:{gate_id}")

    def action_back(self) -> None:
        """Cancel the replay, dismiss the message, close the open details, or go back."""
        if not self._worker.is_finished:
            # The end of the screen cancels the replay.
            self.dismiss()
        elif self.banner.dismiss():
            return
        elif self._opened:
            self._opened.pop()
            self._with_content = False
            self.show()
        else:
            self.dismiss()


def _in_progress(text: str) -> Text:
    return text_of(muted(text), hint("  (<Esc:page.back> cancels)"))
