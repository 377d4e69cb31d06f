"""Comments are posted and edited with one request each: nothing else is written."""

import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.sources.source_errors import BadResponse, NotFound, Offline, RateLimited, Refused, SourceError, Unauthorized
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def up(fake: FakeGitHub, make_repo: MakeRepo) -> FakeRepo:
    """One issue."""
    fake.now = lambda: NOW
    repo = fake.add("up/stream", make_repo("up"))
    repo.issue(1, "Crash on start", at="2026-06-01")
    return repo


async def test_a_comment_is_posted_and_edited(up: FakeRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    async with open_source() as source:
        assert await source.user() == "maintainer"
        posted = await source.post_comment("up/stream", 1, "The summary")
        assert (posted.body, posted.author) == ("The summary", "maintainer")
        edited = await source.edit_comment("up/stream", posted.id, "The better summary")
        assert (edited.id, edited.body, edited.url) == (posted.id, "The better summary", posted.url)
    assert [comment.body for comment in up.issues[1].comments] == ["The better summary"]
    assert [request.method for request in fake.log] == ["GET", "POST", "PATCH"]


async def test_nothing_is_written_without_a_token(up: FakeRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    async with open_source(anonymous=True) as source:
        with pytest.raises(Unauthorized, match=r"needs a token\. Set GH_TOKEN"):
            await source.post_comment("up/stream", 1, "x")
        with pytest.raises(Unauthorized, match="needs a token"):
            await source.edit_comment("up/stream", 1, "x")
        assert fake.log == []
        with pytest.raises(Unauthorized, match=r"denied access to your account .* and no token is set"):
            await source.user()


@pytest.mark.parametrize(
    ("script", "error", "sentence"),
    [
        (lambda fake: fake.fail("/comments", 502), BadResponse, "reported a server error"),
        (lambda fake: fake.fail("/comments", 201, body={}), BadResponse, "unreadable .* may have been written or not"),
        (lambda fake: fake.fail("/comments", 401), Unauthorized, "did not accept the token"),
        (lambda fake: fake.fail("/comments", 403, "Forbidden"), Unauthorized, "the token has no permission"),
        (lambda fake: fake.fail("/comments", 404), NotFound, "the issue does not exist"),
        (lambda fake: fake.fail("/comments", 410, "Locked"), NotFound, "Locked"),
        (lambda fake: fake.fail("/comments", 422, "Validation Failed"), Refused, "Validation Failed"),
        (lambda fake: fake.fail("/comments", 429, headers={"Retry-After": "1"}), RateLimited, "secondary"),
        (lambda fake: fake.set_remaining(0), RateLimited, "is used up until"),
        (lambda fake: fake.drop("/comments"), Offline, "which may have been written or not"),
        (lambda fake: fake.truncate("/comments"), Offline, "which may have been written or not"),
        (lambda fake: fake.rename("up/stream", "new/place"), Refused, "has moved, so nothing was written"),
        (
            lambda fake: fake.fail("/comments", 307, headers={"Location": f"{fake.url}/user"}),
            Refused,
            "has moved, so nothing was written",
        ),
    ],
)
async def test_a_write_that_fails_is_one_request_and_one_sentence(
    up: FakeRepo,
    fake: FakeGitHub,
    open_source: OpenSource,
    sleeps: list[float],
    script: Callable[[FakeGitHub], object],
    error: type[SourceError],
    sentence: str,
) -> None:
    script(fake)
    async with open_source() as source:
        with pytest.raises(error, match=sentence):
            await source.post_comment("up/stream", 1, "x")
    assert [request.method for request in fake.log] == ["POST"]
    assert sleeps == []


async def test_a_write_is_not_sent_while_a_limit_is_used_up(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.set_remaining(1)
    async with open_source(clock=fake.now) as source:
        assert await source.user() == "maintainer"
        with pytest.raises(RateLimited, match=r"so a comment on #1 of up/stream could not be written\. Post it again"):
            await source.post_comment("up/stream", 1, "x")
    assert [request.method for request in fake.log] == ["GET"]


async def test_a_rate_limit_is_not_a_missing_permission(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    async with open_source(clock=fake.now, bot="github-actions[bot]") as source:
        fake.fail("/user", 403, "Resource not accessible by integration")
        assert await source.user() == "github-actions[bot]"
        fake.fail("/user", 403, headers={"Retry-After": "1"}, times=None)
        with pytest.raises(RateLimited):
            await source.user()
