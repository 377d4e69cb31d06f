"""Count requests against the budget and the hourly limit."""

import httpx
import msgspec

from pawtui.sources.facts import RequestUsage
from pawtui.sources.github.pauses import rate_limit
from pawtui.sources.github.transports.options import options_of, path_of
from pawtui.sources.github.transports.transport import Transport
from pawtui.sources.github.transports.transport_errors import BudgetSpent


class RequestCounter:
    """The number of sent requests, the budget, and the last known hourly limit."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.usage = RequestUsage()

    def requests_left(self) -> int:
        """Return how many optional requests are left of the budget and of the hourly limit."""
        left = self.budget - self.usage.sent
        if self.usage.remaining is not None:
            left = min(left, self.usage.remaining)
        return max(0, left)

    def count(self) -> None:
        """Count a request before it is sent."""
        self.usage = msgspec.structs.replace(self.usage, sent=self.usage.sent + 1)

    def note(self, response: httpx.Response, path: str) -> None:
        """Record whether a response was not modified, and how many requests are left of the core limit."""
        changes: dict[str, object] = {}
        if response.status_code == 304:
            changes["not_modified"] = self.usage.not_modified + 1
        given = rate_limit(response.headers, path)
        if given.remaining is not None and given.resource == "core":
            same_hour = given.reset_at is not None and given.reset_at == self.usage.reset_at
            before = self.usage.remaining
            # Responses may arrive out of order: within an hour, the remaining number only falls.
            left = min(given.remaining, before) if same_hour and before is not None else given.remaining
            changes |= {"remaining": left, "limit": given.limit, "reset_at": given.reset_at}
        self.usage = msgspec.structs.replace(self.usage, **changes)


class CountingTransport(Transport):
    """A transport that counts requests. Raises `BudgetSpent` for an optional request beyond the budget."""

    def __init__(self, inner: httpx.AsyncBaseTransport, counter: RequestCounter) -> None:
        super().__init__(inner)
        self._counter = counter

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        reserve = options_of(request).reserve
        if reserve is not None and self._counter.requests_left() <= reserve:
            raise BudgetSpent(self._counter.budget)
        self._counter.count()
        response = await self._inner.handle_async_request(request)
        self._counter.note(response, path_of(request))
        return response
