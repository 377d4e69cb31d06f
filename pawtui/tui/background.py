"""Everything that takes time, off the event loop: reading and writing the record, refreshing, opening pages.

Nothing here touches a widget: what comes of it is posted to the app as a message, or raised to whoever waited for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from pawtui.errors import PawtuiError
from pawtui.refresh.progress import Progress
from pawtui.review.attention import attention
from pawtui.review.basis import Basis, ChangeFactory, MovedOn
from pawtui.review.views import Overview
from pawtui.tui.messages import (
    CommentPosted,
    NoticesFound,
    RecordChanged,
    RefreshCancelled,
    RefreshFinished,
    RefreshProgressed,
    TaskFailed,
)
from pawtui.tui.workers import start

if TYPE_CHECKING:
    from textual.app import App
    from textual.worker import Worker

    from pawtui.posting import Posting
    from pawtui.workspace import Workspace


class BackgroundTasks:
    """The app's workers. Acts and looks take their turn one after the other; a refresh runs beside them."""

    def __init__(self, app: App[Any], workspace: Workspace, opener: Callable[[str], object]) -> None:
        self._app = app
        self._workspace = workspace
        self._opener = opener
        self._turn = asyncio.Lock()
        # What is on the screen already, or is about to be, is not read and shown once more: with a long record that is
        # a few frames' work.
        self._stamp: object = workspace.store.cached_stamp
        self._refresh: Worker[None] | None = None
        self._post: Worker[None] | None = None

    def look(self) -> None:
        """Read the record again and post what it adds up to."""
        start(self._app, self._look, "record")

    def submit(self, make: ChangeFactory, basis: Basis) -> None:
        """Commit one act and post what came of it; a failure becomes a sentence on the screen."""
        start(self._app, partial(self._submit, make, basis), "record")

    async def _submit(self, make: ChangeFactory, basis: Basis) -> None:
        await self.commit(make, basis)

    async def commit(self, make: ChangeFactory, basis: Basis) -> Overview:
        """Commit one act on what its author saw, post what came of it and return it.

        Raises `MovedOn` (what to show instead is posted), other `ActionError`, `PinError` or `StoreError`.
        """
        async with self._turn:
            try:
                overview = await asyncio.to_thread(self._workspace.commit, make, basis)
            except MovedOn as error:
                self._stamp = self._workspace.store.cached_stamp
                self._app.post_message(RecordChanged(error.now))
                raise
            self._stamp = self._workspace.store.cached_stamp
            self._app.post_message(
                RecordChanged(overview, summary=overview.record.log[-1].summary if overview.record.log else "")
            )
        return overview

    def watch(self) -> None:
        """See whether another process has written the record; if so, read it again."""
        start(self._app, self._watch, "watch", exclusive=True)

    def open(self, url: str) -> None:
        """Open a page in the browser."""
        start(self._app, partial(self._open, url), "open")

    @property
    def refreshing(self) -> bool:
        """Whether a refresh is under way."""
        return self._refresh is not None and not self._refresh.is_finished

    def refresh(self, *, force: bool = False) -> bool:
        """Look at both repositories; return False, and say so, where that is being done already."""
        if self.refreshing:
            self._app.post_message(TaskFailed("A refresh is running. Esc cancels it.", "information"))
            return False
        self._refresh = start(self._app, partial(self._refreshed, force), "refresh")
        return True

    def cancel(self) -> bool:
        """Break off a running refresh; False where there is none."""
        if not self.refreshing or self._refresh is None:
            return False
        self._refresh.cancel()
        return True

    def post(self, posting: Posting) -> bool:
        """Send a comment, once; False while another one is under way.

        The app's own worker does it, so that no screen that closes tears it off.
        """
        if self._post is not None and not self._post.is_finished:
            return False
        self._post = start(self._app, partial(self._posted, posting), "post")
        return True

    async def _posted(self, posting: Posting) -> None:
        from pawtui.posting import send

        try:
            sent = await send(self._workspace, posting, as_shown=True)
        except PawtuiError as error:
            self._app.post_message(CommentPosted(str(error)))
            return
        summary = {
            "added": "Posted as a new comment",
            "updated": "Your comment was updated",
            "unchanged": "It had been posted already",
        }[sent.action]
        after = "; work waits for a maintainer's “approved”, which r looks for" if posting.kind == "plan" else ""
        self._app.post_message(CommentPosted(f"{summary} on {posting.repo}#{posting.number}{after}.", sent.comment.url))

    async def _look(self) -> None:
        async with self._turn:
            stamp = await asyncio.to_thread(self._workspace.store.stamp)
            overview = await asyncio.to_thread(self._workspace.overview)
            self._stamp = stamp
            self._app.post_message(RecordChanged(overview))
        self._notice()

    async def _watch(self) -> None:
        stamp = await asyncio.to_thread(self._workspace.store.stamp)
        if stamp != self._stamp:
            await self._look()
        else:
            self._notice()

    def _notice(self) -> None:
        if sentences := self._workspace.store.notices():
            self._app.post_message(NoticesFound(sentences))

    async def _open(self, url: str) -> None:
        await asyncio.to_thread(self._opener, url)

    async def _refreshed(self, force: bool) -> None:
        before = await asyncio.to_thread(self._workspace.overview)

        def report(progress: Progress) -> None:
            self._app.post_message(RefreshProgressed(progress))

        try:
            outcome = await self._workspace.refresh(report, force=force)
        except asyncio.CancelledError:
            start(self._app, partial(self._cancelled, before.last.id if before.last else None), "record")
            raise
        after = await asyncio.to_thread(self._workspace.overview)
        needs = attention(before, after).text if outcome.refresh is not None else ""
        self._app.post_message(RefreshFinished(outcome, needs))
        await self._look()

    async def _cancelled(self, before: str | None) -> None:
        # A cancel that came while the refresh was being written cannot take it back: say which of the two it was.
        await self._look()
        self._app.post_message(RefreshCancelled(recorded=await asyncio.to_thread(self._last) != before))

    def _last(self) -> str | None:
        last = self._workspace.store.load().last
        return last.id if last else None
