"""Limits of requests: their number (the budget), and the size and the time of one exchange."""

import asyncio
import contextlib

import httpx
import msgspec

from pawtui.sources.facts import RequestUsage
from pawtui.sources.github.github_errors import BodyCutOff, too_large_error
from pawtui.sources.github.middleware.transport import Send, options_of, path_of, target_of
from pawtui.sources.github.pauses import rate_limit, resource_of
from pawtui.sources.source_errors import BudgetSpent, Offline

# With one of these encodings, a chunk grows at most a thousandfold, so that the limit works.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
_ABOUT_ENCODING = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_UNLIMITED = 1_000_000


class RequestCounter:
    """The number of sent requests, the budget (None: not limited), and the last known hourly limit."""

    def __init__(self, budget: int | None) -> None:
        self.budget = budget
        self.usage = RequestUsage()

    def requests_left(self) -> int:
        """Return how many optional requests are left of the budget and of the hourly limit."""
        if self.budget is None:
            return _UNLIMITED
        remaining = self.budget - self.usage.sent
        if self.usage.remaining is not None:
            remaining = min(remaining, self.usage.remaining)
        return max(0, remaining)

    def count(self) -> None:
        """Count a request before it is sent."""
        self.usage = msgspec.structs.replace(self.usage, sent=self.usage.sent + 1)

    async def send_within_budget(self, request: httpx.Request, send: Send) -> httpx.Response:
        """Count a request and send it on. Raises `BudgetSpent` for an optional request beyond the budget."""
        reserve = options_of(request).reserve
        if reserve is not None and self.requests_left() <= reserve:
            what = target_of(request).what
            raise BudgetSpent(f"The budget of {self.budget} requests was spent before {what} could be read.")
        self.count()
        response = await send(request)
        self._record_response(response, path_of(request))
        return response

    def _record_response(self, response: httpx.Response, path: str) -> None:
        """Record whether a response was not modified, and how many requests are left of the core limit."""
        changes: dict[str, object] = {}
        if response.status_code == 304:
            changes["not_modified"] = self.usage.not_modified + 1
        limit = rate_limit(response.headers)
        if limit.remaining is not None and (limit.resource or resource_of(path)) == "core":
            same_hour = limit.reset_at is not None and limit.reset_at == self.usage.reset_at
            before = self.usage.remaining
            # Responses may arrive out of order: within an hour, the remaining number only falls.
            remaining = min(limit.remaining, before) if same_hour and before is not None else limit.remaining
            changes |= {"remaining": remaining, "limit": limit.limit, "reset_at": limit.reset_at}
        self.usage = msgspec.structs.replace(self.usage, **changes)


async def limit_size(request: httpx.Request, send: Send) -> httpx.Response:
    """Return the response with its complete decoded body. Raises `Refused` if it is too large, or `BodyCutOff`."""
    response = await send(request)
    try:
        body = await _read(request, response)
    finally:
        await response.aclose()
    headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in _ABOUT_ENCODING]
    return httpx.Response(response.status_code, headers=headers, content=body)


async def _read(request: httpx.Request, response: httpx.Response) -> bytes:
    limit = options_of(request).max_bytes
    if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
        raise httpx.DecodingError("unknown content encoding")
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > limit:
                raise too_large_error(limit, target_of(request))
    except (httpx.NetworkError, httpx.ProtocolError) as error:
        if body:
            raise BodyCutOff("the body is not complete") from error
        raise
    return bytes(body)


async def limit_time(request: httpx.Request, send: Send) -> httpx.Response:
    """End the exchange after the request's time limit. Raises `Offline`."""
    seconds = options_of(request).time_limit
    if seconds is None:
        return await send(request)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await send(request)
    target = target_of(request)
    raise Offline(
        f"{target.host} did not respond within {seconds:g} s{target.consequence}. "
        "Check the connection and the proxy, then try again."
    )
