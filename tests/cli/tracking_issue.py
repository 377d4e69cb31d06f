"""The tracking issue and its comments, for the tests of `pawtui post`."""

from pawtui.refresh.comment_text import mark
from tests.support.fake_github import FakeGitHub
from tests.support.fake_issues import FakeComment
from tests.support.fake_repo import FakeRepo

SUMMARY, PLAN = mark("summary", "small"), mark("plan", "small")


def comments(down: FakeRepo) -> list[FakeComment]:
    """Return the comments of the tracking issue."""
    return down.issues[7].comments


def writes(fake: FakeGitHub) -> list[str]:
    """Return the requests that write, in order."""
    return [f"{request.method} {request.path}" for request in fake.log if request.method != "GET"]
