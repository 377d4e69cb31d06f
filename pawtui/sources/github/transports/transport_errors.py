"""Why a transport gave up, for the client to put into a sentence."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

from pawtui.sources.github.limits import Pause


class TransportError(Exception):
    """A request was given up: not an error of the connection, which is httpx's own."""


class ForeignRedirect(TransportError):
    """A redirect leads to another host, or to an address with credentials. `host` is safe to show, or empty."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


class RedirectLoop(TransportError):
    """Redirects do not come to an end."""


class BodyTooLarge(TransportError):
    """The decoded body is larger than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class BodyCutOff(TransportError):
    """The connection broke within the body."""


class TimeLimitReached(TransportError):
    """One exchange took longer than its own limit of `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class WaitTooLong(TransportError):
    """A wait does not fit into the deadline, or did not help. `resource` is the rate limit's."""

    def __init__(self, pause: Pause, resource: str) -> None:
        super().__init__(pause, resource)
        self.pause = pause
        self.resource = resource


class BudgetSpent(TransportError):
    """An optional request was not sent: the `budget` of requests is spent but for its reserve."""

    def __init__(self, budget: int) -> None:
        super().__init__(budget)
        self.budget = budget


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and everything that it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def has_untrusted_certificate(error: BaseException) -> bool:
    """Return whether a connection failed because the host's certificate is not trusted."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes(error))
