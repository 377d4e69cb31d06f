"""The stack of all transports."""

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
    """Return the transports around `network`, the innermost first.

    The order matters: the body is complete before it is searched for the token; each sent request is counted; a slot is
    occupied during one exchange, not during the wait for a retry; each redirect is a new request; the final response is
    cached.
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
