"""Workers: slow work outside the event loop, such as reading and writing the record, refreshes and posting.

A worker never changes a widget. It posts a message, or gives its result to a method of its screen with `call_later`,
which runs the method after the messages that came before.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from pawtui.errors import PawtuiError
from pawtui.refresh.progress import Progress
from pawtui.refresh.refresh_types import Refresh
from pawtui.review.actions import ChangeFactory
from pawtui.review.attention import find_attention
from pawtui.review.basis import Basis, SubjectChanged
from pawtui.review.overview import Overview
from pawtui.tui.messages import (
    NoticesFound,
    PostResult,
    RecordChanged,
    RefreshCancelled,
    RefreshFinished,
    RefreshProgressed,
    TaskFailed,
)

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.worker import Worker

    from pawtui.posting import Posting
    from pawtui.workspace import Workspace


def start_worker(
    node: DOMNode, job: Callable[[], Coroutine[Any, Any, object]], group: str, *, exclusive: bool = False
) -> Worker[None]:
    """Run a coroutine function in a worker of `node`; `exclusive` cancels the other workers of that group and node.

    An expected error (`PawtuiError`) is posted to `node` as `TaskFailed`, which bubbles up to the app. Any other
    exception is a bug and ends the app with a report.
    """

    async def run() -> None:
        try:
            await job()
        except PawtuiError as error:
            node.post_message(TaskFailed(str(error), group))

    return node.run_worker(run, group=group, exclusive=exclusive)


def is_running(worker: Worker[None] | None) -> bool:
    return worker is not None and not worker.is_finished


class BackgroundTasks:
    """The workers of the app. Reads and changes of the record run one after another; a refresh runs in parallel.

    `app` gets the messages. It shows the record as the store read it last.
    """

    def __init__(self, app: App[Any], workspace: Workspace, opener: Callable[[str], object]) -> None:
        self._app = app
        self._workspace = workspace
        self._opener = opener
        self._record_lock = asyncio.Lock()
        # The stamp of the record on the screen. The same record is not read again, which takes long for a long record.
        self._stamp: object = workspace.store.cached_stamp
        self._reading: Worker[None] | None = None
        self._refresh: Worker[None] | None = None
        self._post: Worker[None] | None = None

    async def record_change(self, make_change: ChangeFactory, basis: Basis, unchecked: Collection[str] = ()) -> None:
        """Record a change that is based on `basis`, and post the new overview. See `Workspace.record_change`.

        Raises `SubjectChanged` after posting the current overview, other `ActionError`, `PinError` or `StoreError`.
        """
        async with self._record_lock:
            try:
                overview = await asyncio.to_thread(self._workspace.record_change, make_change, basis, unchecked)
            except SubjectChanged as error:
                self._stamp = self._workspace.store.cached_stamp
                self._app.post_message(RecordChanged(error.now))
                raise
            self._stamp = self._workspace.store.cached_stamp
            self._app.post_message(RecordChanged(overview, overview.record.log[-1]))

    def read_if_changed(self, shown_day: dt.date) -> None:
        """Read the record again if another process has written it, or on a new day, and post notices of the store.

        It does nothing while the last call is still reading, which takes long for a long record.
        """
        if not is_running(self._reading):
            self._reading = start_worker(self._app, partial(self._read_if_changed, shown_day), "read")

    def open_page(self, url: str, node: DOMNode | None = None) -> None:
        """Open a page in the browser. A failure is posted as a message to `node`, such as a dialog, else to the app."""
        start_worker(node or self._app, partial(asyncio.to_thread, self._opener, url), "open")

    @property
    def is_refreshing(self) -> bool:
        return is_running(self._refresh)

    def refresh(self) -> bool:
        """Measure both repositories; return False if a refresh is already running."""
        if self.is_refreshing:
            return False
        self._refresh = start_worker(self._app, self._run_refresh, "refresh")
        return True

    def cancel_refresh(self) -> bool:
        """Cancel the running refresh; return False if there is none."""
        if self._refresh is None or self._refresh.is_finished:
            return False
        self._refresh.cancel()
        return True

    def post(self, posting: Posting) -> bool:
        """Send a comment once; return False while another comment is being sent.

        A worker of the app sends it, so that closing a screen does not cancel it.
        """
        if is_running(self._post):
            return False
        self._post = start_worker(self._app, partial(self._send, posting), "post")
        return True

    async def _send(self, posting: Posting) -> None:
        from pawtui.posting import send_posting

        try:
            sent = await send_posting(self._workspace, posting, only_as_shown=True)
        except PawtuiError as error:
            self._app.post_message(PostResult(str(error)))
            return
        summary = {
            "add": "Posted as a new comment",
            "update": "Your comment was updated",
            "none": "The same comment was already posted",
        }[sent.action]
        after = '. After a maintainer has commented "approved", refresh' if posting.draft.kind == "plan" else ""
        self._app.post_message(PostResult(f"{summary} on {posting.issue_name}{after}.", sent.comment.url))

    async def _read(self) -> Overview:
        """Read the record, post its overview and return it."""
        async with self._record_lock:
            stamp = await asyncio.to_thread(self._workspace.store.stamp)
            overview = await asyncio.to_thread(self._workspace.overview)
            self._stamp = stamp
            self._app.post_message(RecordChanged(overview))
        return overview

    async def _read_if_changed(self, shown_day: dt.date) -> None:
        stamp = await asyncio.to_thread(self._workspace.store.stamp)
        # On the next day, a verdict may have ended.
        if stamp != self._stamp or self._workspace.clock().date() != shown_day:
            await self._read()
        if sentences := self._workspace.store.pop_notices():
            self._app.post_message(NoticesFound(sentences))

    async def _run_refresh(self) -> None:
        before = await asyncio.to_thread(self._workspace.store.load)

        def report(progress: Progress) -> None:
            self._app.post_message(RefreshProgressed(progress))

        try:
            outcome = await self._workspace.refresh(report)
            after = await self._read()
        except asyncio.CancelledError:
            start_worker(self._app, partial(self._report_cancel, before.last), "record")
            raise
        text = find_attention(before, after).text if outcome.refresh is not None else ""
        self._app.post_message(RefreshFinished(outcome, text))

    async def _report_cancel(self, last_before: Refresh | None) -> None:
        # A cancel during or after the write is too late: the message states whether the refresh was recorded.
        last = (await self._read()).last
        recorded = last is not None and (last_before is None or last.id != last_before.id)
        self._app.post_message(RefreshCancelled(recorded))
