"""Count requests against the budget and the hourly limit."""

import httpx
import msgspec

from pawtui.sources.facts import RequestUsage
from pawtui.sources.github.middleware.transport import Send, options_of, path_of, target_of
from pawtui.sources.github.pauses import rate_limit
from pawtui.sources.source_errors import Undetermined


class RequestCounter:
    """The number of sent requests, the budget, and the last known hourly limit."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.usage = RequestUsage()

    def requests_left(self) -> int:
        """Return how many optional requests are left of the budget and of the hourly limit."""
        remaining = self.budget - self.usage.sent
        if self.usage.remaining is not None:
            remaining = min(remaining, self.usage.remaining)
        return max(0, remaining)

    def count(self) -> None:
        """Count a request before it is sent."""
        self.usage = msgspec.structs.replace(self.usage, sent=self.usage.sent + 1)

    async def send_within_budget(self, request: httpx.Request, send: Send) -> httpx.Response:
        """Count a request and send it on. Raises `Undetermined` for an optional request beyond the budget."""
        reserve = options_of(request).reserve
        if reserve is not None and self.requests_left() <= reserve:
            what = target_of(request).what
            raise Undetermined(f"The budget of {self.budget} requests was spent before {what} could be read.")
        self.count()
        response = await send(request)
        self._record_response(response, path_of(request))
        return response

    def _record_response(self, response: httpx.Response, path: str) -> None:
        """Record whether a response was not modified, and how many requests are left of the core limit."""
        changes: dict[str, object] = {}
        if response.status_code == 304:
            changes["not_modified"] = self.usage.not_modified + 1
        limit = rate_limit(response.headers, path)
        if limit.remaining is not None and limit.resource == "core":
            same_hour = limit.reset_at is not None and limit.reset_at == self.usage.reset_at
            before = self.usage.remaining
            # Responses may arrive out of order: within an hour, the remaining number only falls.
            remaining = min(limit.remaining, before) if same_hour and before is not None else limit.remaining
            changes |= {"remaining": remaining, "limit": limit.limit, "reset_at": limit.reset_at}
        self.usage = msgspec.structs.replace(self.usage, **changes)
