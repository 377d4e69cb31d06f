"""The transports put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import httpx

from pawtui.sources.github.cache import Cache
from pawtui.sources.github.request_slots import RequestSlots
from pawtui.sources.github.token import Secret
from pawtui.sources.github.transports.authorization import AuthorizationTransport
from pawtui.sources.github.transports.counting import CountingTransport, RequestCounter
from pawtui.sources.github.transports.rate_limits import RateLimitTransport
from pawtui.sources.github.transports.redaction import RedactionTransport
from pawtui.sources.github.transports.redirects import RedirectTransport
from pawtui.sources.github.transports.retries import RetryTransport
from pawtui.sources.github.transports.revalidation import RevalidationTransport
from pawtui.sources.github.transports.size_limit import SizeLimitTransport
from pawtui.sources.github.transports.time_limit import TimeLimitTransport
from pawtui.sources.github.transports.waits import Deadline, WaitTracker


def compose(
    network: httpx.AsyncBaseTransport,
    *,
    api_url: str,
    token: Secret | None,
    cache: Cache | None,
    counter: RequestCounter,
    slots: RequestSlots,
    deadline: Deadline,
    waits: WaitTracker,
    clock: Callable[[], dt.datetime],
    sleep: Callable[[float], Awaitable[None]],
) -> httpx.AsyncBaseTransport:
    """Return the transports around `network`, from the wire up.

    The order matters: the whole body is read before it is searched for the token; a request is counted each time it is
    sent; a place is held for one exchange only, not while a retry waits; each hop of a redirect is a request of its
    own; and what is cached is the final response.
    """
    stack: httpx.AsyncBaseTransport = AuthorizationTransport(network, api_url, token)
    stack = SizeLimitTransport(stack)
    stack = RedactionTransport(stack, token)
    stack = TimeLimitTransport(stack)
    stack = CountingTransport(stack, counter)
    stack = RateLimitTransport(stack, slots=slots, deadline=deadline, waits=waits, clock=clock, sleep=sleep)
    stack = RetryTransport(stack, deadline=deadline, waits=waits, clock=clock, sleep=sleep)
    stack = RedirectTransport(stack, api_url)
    return RevalidationTransport(stack, cache)
