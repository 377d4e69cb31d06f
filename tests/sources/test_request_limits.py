"""The number of requests: the budget, rate limits, revalidation, parallel requests, and equal requests."""

import asyncio
import datetime as dt
import gc
import warnings
from collections.abc import Callable

import msgspec
import pytest

from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.middleware.budget import RequestCounter
from pawtui.sources.github.request import Request, RequestOptions, Response
from pawtui.sources.source_errors import BudgetSpent, NotFound, RateLimited
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
RESET = int(NOW.timestamp()) + 90


@pytest.fixture
def up(fake: FakeGitHub, make_repo: MakeRepo) -> GitRepo:
    """A repository with forty files on the fake GitHub."""
    repo = make_repo("up")
    repo.commit({f"f{number}": f"{number}\n" for number in range(40)}, at="2026-06-01")
    repo.tag("v2.0")
    fake.add("up/stream", repo).issue(1, "An issue")
    return repo


def request_of(path: str, reserve: int | None = None) -> Request:
    """Return a request to a path of the API."""
    target = RequestTarget(what="a file", host="api.github.com")
    return Request(url=f"https://api.github.com{path}", target=target, options=RequestOptions(reserve=reserve))


def response_to(request: Request, headers: dict[str, str]) -> Response:
    """Return a success with these headers."""
    return Response(request=request, status=200, headers=headers, body=b"")


@pytest.mark.parametrize(
    ("headers", "path", "remaining"),
    [
        ({}, "/repos/up/stream", 9),
        ({}, "/search/issues", None),
        ({"x-ratelimit-resource": "core"}, "/search/issues", 9),
        ({"x-ratelimit-resource": "graphql"}, "/repos/up/stream", None),
    ],
)
async def test_only_the_core_limit_is_counted(headers: dict[str, str], path: str, remaining: int | None) -> None:
    async def send(request: Request) -> Response:
        return response_to(request, {"x-ratelimit-remaining": "9"} | headers)

    counter = RequestCounter(send, budget=45)
    await counter.send(request_of(path))
    assert counter.usage.remaining == remaining


async def test_a_used_up_limit_is_reported_without_more_requests(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource, sleeps: list[float]
) -> None:
    fake.set_remaining(0)
    # Not near the end of a minute: the pause ends up to a second later, and the message has no seconds.
    fake.reset_at = fake.reset_at // 60 * 60 + 30
    until = dt.datetime.fromtimestamp(fake.reset_at, dt.UTC)
    async with open_source() as source:
        for _ in range(3):
            with pytest.raises(RateLimited) as caught:
                await ref_head(source, "up/stream", "main")
        usage = source.usage()
    assert "The rate limit of 5,000 requests an hour of 127.0.0.1:" in str(caught.value)
    assert f"is used up until {until:%Y-%m-%d %H:%M} UTC" in str(caught.value)
    assert (len(fake.log), sleeps) == (1, [])
    assert (usage.sent, usage.remaining, usage.limit, usage.reset_at) == (1, 0, 5000, until)


async def test_the_last_response_has_the_remaining_number() -> None:
    received = [(9, RESET), (12, RESET), (8, RESET), (60, RESET + 3600)]
    left = iter(received)

    async def send(request: Request) -> Response:
        remaining, reset = next(left)
        return response_to(request, {"x-ratelimit-remaining": f"{remaining}", "x-ratelimit-reset": f"{reset}"})

    counter = RequestCounter(send, budget=45)
    for known in (9, 12, 8, 60):
        await counter.send(request_of("/user"))
        assert (counter.usage.remaining, counter.usage.not_modified) == (known, 0)
        assert counter.requests_left() == min(45 - counter.usage.sent, known)


SPENT = "The budget of 2 requests was spent before a file could be read. Refresh again"
LIMITED = "Too few requests are left of the rate limit of api.github.com to read a file. Refresh again"


@pytest.mark.parametrize(
    ("budget", "headers", "message"),
    [
        (2, {}, SPENT),
        (2, {"x-ratelimit-remaining": "1", "x-ratelimit-reset": f"{RESET}"}, SPENT),
        (45, {"x-ratelimit-remaining": "1", "x-ratelimit-reset": f"{RESET}"}, f"{LIMITED} after 2026-11-20 09:01 UTC"),
        (45, {"x-ratelimit-remaining": "0"}, f"{LIMITED} later"),
    ],
)
@pytest.mark.parametrize("has_token", [False, True])
async def test_an_optional_request_leaves_its_reserve(
    budget: int, headers: dict[str, str], message: str, has_token: bool
) -> None:
    async def send(request: Request) -> Response:
        return response_to(request, headers)

    counter = RequestCounter(send, budget=budget)
    request = request_of("/user", reserve=1)
    request = msgspec.structs.replace(request, target=msgspec.structs.replace(request.target, has_token=has_token))
    assert (await counter.send(request)).status == 200
    with pytest.raises(BudgetSpent) as caught:
        await counter.send(request)
    assert str(caught.value) == f"{message}{'' if has_token else ', or set GH_TOKEN for a higher limit'}."
    assert counter.usage.sent == 1


async def test_without_a_budget_no_request_is_optional(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.set_remaining(2)
    async with open_source(budget=None) as source:
        tree = await source.tree("up/stream", up.sha("main"), optional=True)
        assert source.requests_left() > 1000
        assert await source.blob("up/stream", tree.entries["f0"].sha, optional=True) == b"0\n"
        with pytest.raises(RateLimited):
            await source.blob("up/stream", tree.entries["f1"].sha, optional=True)


async def test_requests_that_wait_for_a_slot_stop_at_the_limit(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.set_remaining(0)
    async with open_source() as source:
        shas = [f"{number:040x}" for number in range(40)]
        outcomes = await asyncio.gather(*(source.blob("up/stream", sha) for sha in shas), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {RateLimited}
    assert len(fake.log) <= 8


async def test_without_a_token_the_message_recommends_a_token(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.set_remaining(0)
    async with open_source(anonymous=True) as source:
        with pytest.raises(RateLimited, match=r"limit of 60 requests an hour .* or set GH_TOKEN for a higher limit"):
            await ref_head(source, "up/stream", "main")


async def test_the_last_request_of_the_hour_is_the_last_sent(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.set_remaining(1)
    async with open_source() as source:
        head = await ref_head(source, "up/stream", "main")
        with pytest.raises(RateLimited):
            await source.tree("up/stream", head.sha)
    assert [request.status for request in fake.log] == [200]


async def test_a_failed_request_can_be_the_last_one_of_the_hour(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.set_remaining(1)
    async with open_source() as source:
        with pytest.raises(NotFound):
            await source.blob("up/stream", "0" * 40)
        with pytest.raises(RateLimited):
            await ref_head(source, "up/stream", "main")
    assert [request.status for request in fake.log] == [404]


async def test_a_reset_within_the_deadline_is_waited_for(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    fake.now = lambda: NOW
    fake.reset_at = int(NOW.timestamp()) + 20
    fake.set_remaining(0)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        fake.set_remaining(5000)

    async with open_source(clock=lambda: NOW, sleep=sleep) as source:
        assert (await ref_head(source, "up/stream", "main")).sha == up.sha("main")
    assert slept == [21]


async def test_a_secondary_limit_is_waited_for(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource, sleeps: list[float]
) -> None:
    fake.fail("/trees", 403, "You have exceeded a secondary rate limit", headers={"Retry-After": "3"})
    fake.fail("/trees", 429, "Too many requests")
    async with open_source(time_limit=500, clock=lambda: NOW) as source:
        await source.tree("up/stream", up.sha("main"))
    assert sleeps == [3, 60]


async def test_a_permanent_secondary_limit_ends_the_retries(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource, sleeps: list[float]
) -> None:
    fake.fail("/trees", 429, times=None)
    async with open_source(time_limit=5000, clock=lambda: NOW) as source:
        with pytest.raises(RateLimited, match=r"limits requests \(secondary rate limit\)"):
            await source.tree("up/stream", up.sha("main"))
    assert sleeps == [60, 60]
    assert len(fake.log) == 3


async def test_searches_have_their_own_limit(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.set_remaining(0, "search")
    async with open_source() as source:
        with pytest.raises(RateLimited, match=r"The rate limit of 127\.0\.0\.1"):
            await source.search("up/stream", "is:open")
        assert (await ref_head(source, "up/stream", "main")).sha == up.sha("main")
        assert source.usage().remaining == 4999


async def test_a_304_is_free_only_with_a_token(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    for anonymous, used in ((False, 2), (True, 4)):
        for _ in range(2):
            async with open_source(anonymous=anonymous) as source:
                await ref_head(source, "up/stream", "main")
                await source.tags("up/stream", "v2")
                usage = source.usage()
        assert (usage.sent, usage.not_modified) == (2, 2)
        assert fake.used["core", not anonymous] == used
        assert usage.remaining == fake.limits["core", not anonymous] - used
    assert [request.status for request in fake.log] == [200, 200, 304, 304] * 2
    # Each uses only its own cached responses.
    assert [bool(request.if_none_match) for request in fake.log] == [False, False, True, True] * 2


async def test_a_moved_branch_is_found_with_a_cache(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    for number in range(3):
        async with open_source() as source:
            assert (await ref_head(source, "up/stream", "main")).sha == up.sha("main")
        up.commit({"f0": f"changed {number}"})
    assert [request.status for request in fake.log] == [200, 200, 200]


async def test_at_most_eight_requests_run_in_parallel(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.latency = 0.02
    async with open_source() as source:
        tree = await source.tree("up/stream", up.sha("main"))
        await asyncio.gather(*(source.blob("up/stream", entry.sha) for entry in tree.entries.values()))
    assert len(fake.requests("/blobs")) == 40
    assert 4 <= fake.peak <= 8


async def test_equal_facts_are_requested_once(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    sha = up.sha("main")
    async with open_source(cache=None) as source:
        trees = await asyncio.gather(*(source.tree("up/stream", sha) for _ in range(10)))
        assert await source.tree("up/stream", sha) is trees[0]
    assert [request.path.rpartition("/")[2] for request in fake.log] == [sha]


async def test_a_cancelled_caller_does_not_cancel_the_others(
    up: GitRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    pause = fake.pause("/trees")
    async with open_source() as source:
        first = asyncio.create_task(source.tree("up/stream", up.sha("main")))
        second = asyncio.create_task(source.tree("up/stream", up.sha("main")))
        await asyncio.to_thread(pause.arrived.wait)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        pause.released.set()
        assert len((await second).entries) == 40
    assert len(fake.log) == 1


async def test_a_source_that_is_closed_early_leaves_no_work_unawaited(up: GitRepo, open_source: OpenSource) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for steps in range(6):
            async with open_source() as source:
                task = asyncio.create_task(source.comments("up/stream", 1))
                for _ in range(steps):
                    await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            del task
        gc.collect()
    assert [str(warning.message) for warning in caught if "never awaited" in str(warning.message)] == []


async def test_an_error_is_not_cached(up: GitRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.set_remaining(0)
    async with open_source(clock=lambda: fake.now()) as source:
        with pytest.raises(RateLimited):
            await source.tree("up/stream", up.sha("main"))
        fake.set_remaining(10)
        later = fake.now() + dt.timedelta(hours=2)
        fake.now = lambda: later
        assert len((await source.tree("up/stream", up.sha("main"))).entries) == 40


async def test_an_optional_and_a_required_call_share_a_request(
    fake: FakeGitHub, up: GitRepo, open_source: OpenSource
) -> None:
    sha = up.sha("main")
    async with open_source() as source:
        trees = await asyncio.gather(source.tree("up/stream", sha, optional=True), source.tree("up/stream", sha))
    assert trees[0] == trees[1]
    assert len(fake.requests("/git/trees/")) == 1
