"""The number of requests, and their limit: the budget."""

from msgspec.structs import replace

from pawtui.sources.facts import RequestUsage
from pawtui.sources.github.github_errors import budget_error
from pawtui.sources.github.pauses import rate_limit, resource_of
from pawtui.sources.github.request import Request, Response, Send

_UNLIMITED = 1_000_000


class RequestCounter:
    """The number of sent requests, the budget (None: not limited), and the last known hourly limit."""

    def __init__(self, send: Send, budget: int | None) -> None:
        self._send = send
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
        self.usage = replace(self.usage, sent=self.usage.sent + 1)

    async def send(self, request: Request) -> Response:
        """Count a request and send it on. Raises `BudgetSpent` for an optional request beyond the budget."""
        reserve = request.options.reserve
        if self.budget is not None and reserve is not None and self.requests_left() <= reserve:
            raise budget_error(self.budget, self.usage, request.target)
        self.count()
        response = await self._send(request)

        if response.status == 304:
            self.usage = replace(self.usage, not_modified=self.usage.not_modified + 1)
        limit = rate_limit(response.headers)
        if limit.remaining is not None and (limit.resource or resource_of(response.request.url)) == "core":
            self.usage = replace(self.usage, remaining=limit.remaining, limit=limit.limit, reset_at=limit.reset_at)
        return response
