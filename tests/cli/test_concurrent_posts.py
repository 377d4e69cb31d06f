"""Concurrent posts: one comment, and a newer comment is never replaced unseen."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from pawtui.posting import CannotPost, SentComment, make_draft, prepare_posting, send_posting
from pawtui.settings import Settings
from pawtui.store.locks import posting_lock
from pawtui.store.store_errors import HomeUnusable, RecordBusy
from tests.cli.conftest import Run
from tests.cli.tracking_issue import SUMMARY, comments, writes
from tests.support.fake_repo import FakeRepo


@pytest.mark.parametrize("other", ["", f"{SUMMARY}\nanother machine's"], ids=["no comment", "a new comment"])
def test_concurrent_posts_make_one_comment_and_update_a_new_one(down: FakeRepo, run: Run, other: str) -> None:
    """Each posting has its own lock, as in several processes."""

    async def together() -> list[SentComment]:
        workspace = Settings(env=os.environ, folder=Path.cwd()).workspace()
        postings = [await prepare_posting(workspace, make_draft(workspace), update=True) for _ in range(3)]
        if other:
            down.comment(7, other, author="maintainer")
        return await asyncio.gather(*(send_posting(workspace, posting, only_as_shown=False) for posting in postings))

    sent = asyncio.run(together())
    assert sorted(result.action for result in sent) == sorted(["update" if other else "add", "none", "none"])
    assert len(comments(down)) == 1


CHANGES: list[tuple[Callable[[FakeRepo], object], str]] = [
    (lambda down: down.comment(7, f"{SUMMARY}\nnew", author="maintainer"), ""),
    (lambda down: comments(down).clear(), "old"),
    (lambda down: setattr(comments(down)[0], "body", f"{SUMMARY}\nby hand"), "old"),
]


@pytest.mark.parametrize(("change", "before"), CHANGES, ids=["added", "removed", "changed"])
def test_a_change_after_the_posting_was_shown_is_reported_and_nothing_is_posted(
    down: FakeRepo, run: Run, change: Callable[[FakeRepo], object], before: str
) -> None:
    if before:
        down.comment(7, f"{SUMMARY}\n{before}", author="maintainer")

    async def shown_then_sent() -> SentComment:
        workspace = Settings(env=os.environ, folder=Path.cwd()).workspace()
        posting = await prepare_posting(workspace, make_draft(workspace), update=True)
        change(down)
        down.fake.clear()
        return await send_posting(workspace, posting, only_as_shown=True)

    with pytest.raises(CannotPost, match=r"Nothing was posted: your comment on down/fork#7 .* after the preview"):
        asyncio.run(shown_then_sent())
    assert writes(down.fake) == []


async def test_waiting_for_another_post_has_a_time_limit(tmp_path: Path) -> None:
    message = r"has been posting for 0\.2 seconds\. Nothing was posted"
    with FileLock(tmp_path / "post.lock"), pytest.raises(RecordBusy, match=message):
        async with posting_lock(tmp_path, 0.2):
            raise AssertionError
    async with posting_lock(tmp_path / "new" / "folder", 0.2):
        pass


async def test_a_lock_that_is_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "post.lock").mkdir()
    with pytest.raises(HomeUnusable, match="it is a folder, not a file"):
        async with posting_lock(tmp_path):
            raise AssertionError
