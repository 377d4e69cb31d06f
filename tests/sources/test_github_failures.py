"""Failures of requests: each raises a `SourceError` of the right class with one clear sentence."""

import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.source_errors import (
    BadResponse,
    Offline,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    Unauthorized,
)
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo
from tests.support.offline_transports import no_sleep

pytestmark = pytest.mark.network

MakeRepo = Callable[..., GitRepo]
SHA = "1" * 40
ALWAYS = None
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def up(fake: FakeGitHub, make_repo: MakeRepo) -> GitRepo:
    """A small repository on the fake GitHub."""
    repo = make_repo("up")
    repo.commit({"a": "1"}, at="2026-06-01")
    fake.add("up/stream", repo)
    return repo


def one_sentence(error: SourceError) -> str:
    """Return the message, checked to be one short sentence without query strings and Python names."""
    message = str(error)
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 280
    for word in ("Traceback", "httpx", "Error(", "per_page", "recursive"):
        assert word not in message
    return message


@pytest.mark.parametrize(
    ("script", "error", "sentence", "requests"),
    [
        (lambda fake: fake.fail("/trees", 422, "Validation Failed"), Refused, "Validation Failed", 1),
        (lambda fake: fake.fail("/trees", 500, times=ALWAYS), BadResponse, "reported a server error (500)", 3),
        (lambda fake: fake.drop("/trees", times=ALWAYS), BadResponse, "returned no complete response", 3),
        (lambda fake: fake.truncate("/trees", times=ALWAYS), BadResponse, "returned no complete response", 3),
        (lambda fake: fake.fail("/trees", 200, body="<html>login"), BadResponse, "a web page instead of JSON", 1),
        (lambda fake: fake.fail("/trees", 200, body=b"OK"), BadResponse, "unexpected JSON", 1),
        (lambda fake: fake.fail("/trees", 200, body=b""), BadResponse, "unexpected JSON", 1),
        (lambda fake: fake.fail("/trees", 304, body=b""), Refused, "status 304", 1),
        (lambda fake: fake.fail("/trees", 200, body=b'{"sha": "11'), BadResponse, "unexpected JSON", 1),
        (lambda fake: fake.fail("/trees", 200, body={"sha": SHA}), BadResponse, "missing required field `tree`", 1),
        (lambda fake: fake.fail("/trees", 200, body={"sha": "xyz", "tree": []}), BadResponse, "unexpected JSON", 1),
        (lambda fake: fake.fail("/trees", 200, body=[1, 2]), BadResponse, "unexpected JSON", 1),
        (
            lambda fake: fake.fail("/trees", 200, body=b"{}", headers={"Content-Encoding": "gzip"}, times=ALWAYS),
            BadResponse,
            "returned no complete response",
            3,
        ),
        (lambda fake: fake.fail("/trees", 301), Refused, "to another server (not named)", 1),
        (
            lambda fake: fake.fail("/trees", 302, headers={"Location": "/somewhere/trees"}, times=ALWAYS),
            Refused,
            "too often",
            5,
        ),
        (
            lambda fake: fake.fail("/trees", 302, headers={"Location": "https://x@127.0.0.1/"}),
            Refused,
            "another server (127.0.0.1)",
            1,
        ),
    ],
)
async def test_a_failure_is_one_sentence(
    up: GitRepo,
    fake: FakeGitHub,
    open_source: OpenSource,
    script: Callable[[FakeGitHub], object],
    error: type[SourceError],
    sentence: str,
    requests: int,
) -> None:
    script(fake)
    async with open_source() as source:
        with pytest.raises(error) as caught:
            await source.tree("up/stream", SHA)
    message = one_sentence(caught.value)
    assert sentence in message
    assert f"ree of {SHA[:10]} of up/stream" in message
    assert len(fake.log) == requests
    # The next refresh is not affected.
    fake.clear()
    async with open_source() as source:
        assert (await source.tree("up/stream", up.sha("main"))).entries.keys() == {"a"}


async def test_a_wrong_token_is_reported_with_a_remedy(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source(token="ghp_wrong") as source:
        with pytest.raises(Unauthorized, match="gh auth login") as caught:
            await ref_head(source, "up/stream", "main")
    one_sentence(caught.value)


async def test_a_missing_token_is_reported(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.fail("/trees", 403, "Forbidden")
    fake.fail("/trees", 401, "Requires authentication")
    async with open_source(anonymous=True) as source:
        with pytest.raises(Unauthorized, match="and no token is set"):
            await source.tree("up/stream", SHA)
        with pytest.raises(Unauthorized, match="Set GH_TOKEN, or run `gh auth login`"):
            await source.tree("up/stream", SHA)


async def test_a_redirect_to_another_host_is_not_followed(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    with FakeGitHub() as elsewhere:
        fake.fail("/trees", 302, headers={"Location": f"{elsewhere.url}/evil"})
        async with open_source() as source:
            with pytest.raises(Refused, match="to another server"):
                await source.tree("up/stream", SHA)
        assert elsewhere.log == []


async def test_a_host_without_server_is_offline(open_source: OpenSource) -> None:
    with FakeGitHub() as gone:
        url = gone.url
    async with GitHubSource(api_url=url, token=None, cache=None, sleep=no_sleep) as source:
        with pytest.raises(Offline, match="No connection to"):
            await source.tree("up/stream", SHA)


@pytest.mark.parametrize("script", ["drop", "truncate", "fail"])
async def test_a_transient_error_is_retried(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource, sleeps: list[float], script: str
) -> None:
    getattr(fake, script)("/trees", times=2)
    async with open_source(clock=lambda: NOW) as source:
        assert (await source.tree("up/stream", up.sha("main"))).entries.keys() == {"a"}
        assert source.usage().sent == 3
    assert sleeps == [0.5, 1.0]


async def test_the_deadline_ends_a_hanging_request(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    pause = fake.pause("/trees", times=ALWAYS)
    async with open_source(time_limit=0.3) as source:
        with pytest.raises(TimedOut, match=r"The time limit of 0\.3 s ended") as caught:
            await source.tree("up/stream", SHA)
        # The deadline applies to the whole refresh.
        with pytest.raises(TimedOut):
            await ref_head(source, "up/stream", "main")
    pause.released.set()
    one_sentence(caught.value)


async def test_no_backoff_beyond_the_deadline(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource, sleeps: list[float]
) -> None:
    fake.drop("/trees", times=ALWAYS)
    async with open_source(time_limit=0.9) as source:
        with pytest.raises(BadResponse, match="returned no complete response"):
            await source.tree("up/stream", SHA)
    assert sleeps == [0.5]


async def test_a_rate_limit_is_not_a_transient_error(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.fail("/trees", 429, headers={"Retry-After": "3600"})
    async with open_source() as source:
        with pytest.raises(RateLimited) as caught:
            await source.tree("up/stream", SHA)
    assert "limits requests (secondary rate limit)" in one_sentence(caught.value)


async def test_an_enterprise_server_may_be_below_a_path(make_repo: MakeRepo) -> None:
    repo = make_repo("own")
    repo.commit({"a": "1"}, at="2026-06-01")
    for number in range(150):
        repo.commit({"a": str(number)})
    with FakeGitHub(prefix="/api/v3") as fake:
        fake.rate_headers = False
        fake.add("up/stream", repo)
        fake.rename("up/stream", "new/place")
        async with GitHubSource(api_url=fake.url, token=None, cache=None) as source:
            head = await ref_head(source, "up/stream", "main")
            assert (head.repo, head.sha) == ("new/place", repo.sha("main"))
            found = await source.commits("up/stream", head.sha, "a", dt.date(2026, 1, 1))
            assert len(found.items) == int(repo.git("rev-list", "--count", "main"))
            usage = source.usage()
    assert (usage.sent, usage.remaining, usage.limit, usage.reset_at) == (len(fake.log), None, None, None)
