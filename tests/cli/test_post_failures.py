"""post: refusals, failed requests, a moved or closed issue."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import TRACKER, Run, World
from tests.cli.tracking_issue import SUMMARY, comments, writes
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo


def test_posting_without_a_token_is_an_error(run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GH_TOKEN")
    refused = run("post", "--yes")
    assert (refused.status, refused.out) == (4, "")
    assert refused.err == "pawtui: Posting needs a token: set GH_TOKEN, or run `gh auth login`.\n"
    shown = run("post")
    assert shown.status == 0
    assert shown.err == "Nothing was posted. Posting needs a token: set GH_TOKEN, or run `gh auth login`.\n"
    assert run("post", "--update").err == shown.err
    assert run("post", "--update", "--yes").err == refused.err
    assert writes(down.fake) == []


FAILURES: list[tuple[Callable[[FakeGitHub], object], str]] = [
    (
        lambda fake: fake.fail("/comments", 403, "No", method="POST"),
        "the token has no permission to write a comment on #7",
    ),
    (lambda fake: fake.drop("/comments"), "which may have been written or not"),
    (
        lambda fake: fake.fail("/comments", 301, headers={"Location": "https://evil.example/"}, method="POST"),
        "has moved, so nothing was written",
    ),
]


@pytest.mark.parametrize(("script", "sentence"), FAILURES, ids=[sentence for _, sentence in FAILURES])
def test_a_failed_write_is_not_repeated(
    run: Run, down: FakeRepo, script: Callable[[FakeGitHub], object], sentence: str
) -> None:
    script(down.fake)
    failed = run("post", "--yes")
    assert (failed.status, failed.out, failed.err.count("\n")) == (4, "", 1)
    assert sentence in failed.err
    assert writes(down.fake) == ["POST /repos/down/fork/issues/7/comments"]
    assert down.fake.token not in failed.err


def test_a_failed_update_does_not_add_a_comment(run: Run, down: FakeRepo) -> None:
    own = down.comment(7, f"{SUMMARY}\nold", author="maintainer")
    down.fake.fail("/issues/comments/", 404, method="PATCH")
    failed = run("post", "--update", "--yes")
    assert (failed.status, failed.err.count("\n")) == (4, 1)
    assert writes(down.fake) == [f"PATCH /repos/down/fork/issues/comments/{own.id}"]
    assert [comment.body for comment in comments(down)] == [f"{SUMMARY}\nold"]


def test_an_interrupt_while_sending_is_reported(run: Run, down: FakeRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pawtui.sources.github.issues_and_pulls.post_comment", interrupted)
    stopped = run("post", "--yes")
    assert (stopped.status, stopped.out) == (130, "")
    assert stopped.err == (
        "Interrupted: the comment may have been posted or not. Check on GitHub before you try again.\n"
    )


def test_a_moved_and_closed_issue_is_reported_and_posted_to(run: Run, down: FakeRepo) -> None:
    down.fake.rename("down/fork", "new/place")
    down.set_issue_state(7, state="closed")
    posted = run("post", "--yes")
    assert posted.status == 0
    assert posted.err == "The tracking issue down/fork#7 has moved to new/place#7.\nnew/place#7 is closed.\n"
    assert writes(down.fake) == ["POST /repos/new/place/issues/7/comments"]


def test_a_tracker_without_an_issue_is_an_error(run: Run, down: FakeRepo, tracker_file: Path) -> None:
    tracker_file.write_text(TRACKER.replace('issue = "down/fork#7"\n', ""), encoding="utf-8")
    refused = run("post", "--yes")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "the tracker has no tracking issue" in refused.err
    assert down.fake.log == []


def test_posting_before_the_first_refresh_is_an_error(run: Run, world: World) -> None:
    refused = run("post", "--yes")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "no refresh is recorded. Refresh first." in refused.err
    assert world.fake.log == []


def test_a_missing_issue_is_an_error(run: Run, down: FakeRepo) -> None:
    del down.issues[7]
    refused = run("post", "--yes")
    assert (refused.status, refused.err.count("\n")) == (4, 1)
    assert "Cannot find issue #7 of down/fork on" in refused.err
    assert writes(down.fake) == []
