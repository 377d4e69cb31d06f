"""Errors of transports, which the client turns into messages."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from pawtui.sources.github.limits import Pause


class TransportError(Exception):
    """A request was given up for another reason than a connection error, which is httpx's."""


class ForeignRedirect(TransportError):
    """A redirect leads to another host, or to an address with credentials. `host` is safe to show, or empty."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


class RedirectLoop(TransportError):
    """Redirects do not end."""


class BodyTooLarge(TransportError):
    """The decoded body is larger than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class BodyCutOff(TransportError):
    """The connection was dropped within the body."""


class TimeLimitReached(TransportError):
    """One exchange took longer than its time limit of `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class WaitTooLong(TransportError):
    """A wait ends after the deadline, or did not help. `resource` is the name of the rate limit."""

    def __init__(self, pause: Pause, resource: str) -> None:
        super().__init__(pause, resource)
        self.pause = pause
        self.resource = resource


class BudgetSpent(TransportError):
    """An optional request was not sent: only its reserve is left of the `budget` of requests."""

    def __init__(self, budget: int) -> None:
        super().__init__(budget)
        self.budget = budget


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its chain of causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def has_untrusted_certificate(error: BaseException) -> bool:
    """Return whether a connection failed because the host's certificate is not trusted."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes(error))
