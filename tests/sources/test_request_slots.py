"""Request slots: their limit, their order, and cancelled waits. Requests while a rate limit is used up."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest

from pawtui.sources.facts import Head
from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.github.middleware.rate_limits import RateLimiter, RequestSlots
from pawtui.sources.github.middleware.timing import Timing
from pawtui.sources.github.request import Rank, Request, Response
from pawtui.sources.source_errors import RateLimited, SourceError
from pawtui.sources.waiting import WaitTracker
from tests.sources.mock_server import NOW, server_with, source_of

SHA = "1" * 40
API = "https://api.github.com"
HEAD = Head(repo="a/b", requested_repo="a/b", ref="dev", sha=SHA, committed_at=NOW)
OK = (200, dict[str, str](), b"")
USED_UP = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{int(NOW.timestamp()) + 90}"}


READS: list[tuple[Callable[[GitHubSource], Awaitable[object]], Rank]] = [
    (lambda source: source.ref_head("a/b", "dev"), Rank.FIRST),
    (lambda source: source.tree("a/b", SHA), Rank.FIRST),
    (lambda source: source.tree("a/b", SHA, optional=True), Rank.OPTIONAL),
    (lambda source: source.past_head(HEAD, NOW - dt.timedelta(days=1)), Rank.FIRST),
    (lambda source: source.commits("a/b", SHA, "src", NOW.date()), Rank.HISTORY),
    (lambda source: source.compare("a/b", SHA, "2" * 40), Rank.HISTORY),
    (lambda source: source.late_commits("a/b", SHA, "2" * 40, NOW.date()), Rank.HISTORY),
    (lambda source: source.blob("a/b", SHA), Rank.FILE),
    (lambda source: source.blob("a/b", SHA, optional=True), Rank.OPTIONAL),
    (lambda source: source.commit("a/b", SHA), Rank.OTHER),
    (lambda source: source.comments("a/b", 7), Rank.OTHER),
    (lambda source: source.tags("a/b", "v2."), Rank.OTHER),
    (lambda source: source.search("a/b", "is:open"), Rank.OTHER),
]


@pytest.mark.parametrize(("read", "rank"), READS)
async def test_each_request_has_the_rank_of_its_fact(
    ranks: list[Rank], read: Callable[[GitHubSource], Awaitable[object]], rank: Rank
) -> None:
    async with source_of(server_with(httpx.Response(418))) as opened:
        with pytest.raises(SourceError):
            await read(opened)
    assert ranks == [rank]


async def test_without_a_budget_no_request_waits_for_all_others(ranks: list[Rank]) -> None:
    async with source_of(server_with(httpx.Response(418)), budget=None) as opened:
        with pytest.raises(SourceError):
            await opened.tree("a/b", SHA, optional=True)
    assert ranks == [Rank.FIRST]


@pytest.fixture
def ranks(monkeypatch: pytest.MonkeyPatch) -> list[Rank]:
    """The ranks of the requests that are sent."""
    recorded, hold = list[Rank](), RequestSlots.hold

    def record(slots: RequestSlots, rank: Rank = Rank.OTHER) -> AbstractAsyncContextManager[None]:
        recorded.append(rank)
        return hold(slots, rank)

    monkeypatch.setattr(RequestSlots, "hold", record)
    return recorded


async def test_requests_start_by_rank() -> None:
    slots, order, gate, full = RequestSlots(2), list[str](), asyncio.Event(), asyncio.Event()
    inside = peak = 0

    async def work(name: str, rank: Rank) -> None:
        nonlocal inside, peak
        async with slots.hold(rank):
            inside += 1
            peak = max(peak, inside)
            order.append(name)
            if inside == 2:
                full.set()
            await gate.wait()
            inside -= 1

    names = [
        ("first", Rank.OTHER),
        ("second", Rank.OTHER),
        ("issue", Rank.OTHER),
        ("file", Rank.FILE),
        ("tree", Rank.FIRST),
        ("other issue", Rank.OTHER),
    ]
    tasks = [asyncio.create_task(work(name, rank)) for name, rank in names]
    await full.wait()
    gate.set()
    await asyncio.gather(*tasks)
    assert order == ["first", "second", "tree", "file", "issue", "other issue"]
    assert peak == 2


@pytest.mark.parametrize("assigned", [False, True], ids=["while waiting", "after the slot was assigned"])
async def test_a_cancelled_wait_loses_no_slot(assigned: bool) -> None:
    slots = RequestSlots(1)

    async def hold() -> None:
        async with slots.hold():
            return

    async with slots.hold():
        waiting = asyncio.create_task(hold())
        await asyncio.sleep(0)
        if not assigned:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
    if assigned:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    await asyncio.wait_for(hold(), 5)


async def test_an_optional_request_waits_for_all_others() -> None:
    slots, started = RequestSlots(3), list[str]()

    async def work(name: str, rank: Rank, may_end: asyncio.Event) -> None:
        async with slots.hold(rank):
            started.append(name)
            await may_end.wait()

    ends = [asyncio.Event() for _ in range(3)]
    names = [("first", Rank.OTHER), ("second", Rank.OTHER), ("optional", Rank.OPTIONAL)]
    tasks = [asyncio.create_task(work(*name, end)) for name, end in zip(names, ends, strict=True)]
    await asyncio.sleep(0)
    for end, expected in zip(ends, (2, 3, 3), strict=True):
        end.set()
        for _ in range(4):
            await asyncio.sleep(0)
        assert len(started) == expected
    await asyncio.gather(*tasks)


class Limits:
    """A limiter with a clock and a server: each status, with its headers and body, is for one request, in order."""

    def __init__(self, *responses: tuple[int, dict[str, str], bytes], limit: float = 3600) -> None:
        self.now = NOW
        self.slept: list[float] = []
        self.sent: list[str] = []
        self._responses = list(responses)
        self.waits = WaitTracker("api.github.com", lambda: self.now)
        self.timing = Timing(limit, lambda: self.now, self._sleep, self.waits)
        self.timing.start()
        self._limiter = RateLimiter(self._send, 8, self.timing)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += dt.timedelta(seconds=seconds)

    async def _send(self, request: Request) -> Response:
        self.sent.append(request.url)
        status, headers, body = self._responses.pop(0)
        return Response(request=request, status=status, headers=headers, body=body)

    async def get(self, path: str) -> int:
        """Return the status of the response."""
        request = Request(url=API + path, target=RequestTarget(what="x", host="api.github.com"))
        return (await self._limiter.send(request)).status


async def test_a_limit_is_over_at_its_end() -> None:
    limits = Limits((200, USED_UP, b""), OK, OK)
    assert await limits.get("/repos/a/b") == 200
    # The search has another limit.
    assert await limits.get("/search/issues") == 200
    limits.now += dt.timedelta(seconds=100)
    assert await limits.get("/repos/a/b") == 200
    assert limits.slept == []


@pytest.mark.parametrize("status", [200, 404])
async def test_a_request_waits_for_the_end_of_a_limit(status: int) -> None:
    limits = Limits((status, USED_UP, b""), OK)
    assert await limits.get("/repos/a/b") == status
    limits.now += dt.timedelta(seconds=30)
    assert await limits.get("/repos/a/b") == 200
    assert limits.slept == [61]


@pytest.mark.parametrize(("headers", "sent"), [({"retry-after": "30"}, 1), (USED_UP, 2)], ids=["secondary", "primary"])
async def test_only_a_secondary_limit_is_that_of_all_requests(headers: dict[str, str], sent: int) -> None:
    limits = Limits((403, headers, b""), OK, limit=10)
    with pytest.raises(RateLimited):
        await limits.get("/repos/a/b")
    if sent == 1:
        with pytest.raises(RateLimited):
            await limits.get("/search/issues")
    else:
        assert await limits.get("/search/issues") == 200
    assert len(limits.sent) == sent


async def test_a_secondary_limit_does_not_end_a_primary_one() -> None:
    limits = Limits((200, USED_UP, b""), (403, {"retry-after": "30"}, b""), OK, OK)
    for path in ("/repos/a/b", "/search/issues", "/repos/a/b"):
        assert await limits.get(path) == 200
    assert limits.slept == [30, 61]


async def test_a_secondary_limit_that_only_the_message_names_is_waited_for() -> None:
    limits = Limits((403, {}, b'{"message": "You have exceeded a secondary rate limit."}'), OK)
    assert await limits.get("/repos/a/b") == 200
    assert limits.slept == [60]


async def test_a_response_ends_the_wait_for_the_host() -> None:
    limits = Limits(OK)
    with limits.waits.track_request():
        limits.now += dt.timedelta(seconds=5)
        await limits.get("/repos/a/b")
        waiting = limits.waits.current()
        assert waiting is not None
        assert waiting.seconds == 0
