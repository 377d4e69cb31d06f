"""Errors of transports, which the client turns into messages."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from pawtui.sources.github.pauses import Pause


class TransportError(Exception):
    """A request was given up for another reason than a connection error, which is httpx's."""


@dataclass(eq=False)
class ForeignRedirect(TransportError):
    """A redirect leads to another host, or to an address with credentials. `host` is safe to show, or empty."""

    host: str


class RedirectLoop(TransportError):
    """Redirects do not end."""


@dataclass(eq=False)
class BodyTooLarge(TransportError):
    """The decoded body is larger than `limit` bytes."""

    limit: int


class BodyCutOff(TransportError):
    """The connection was dropped within the body."""


@dataclass(eq=False)
class TimeLimitReached(TransportError):
    """One exchange took longer than its time limit of `seconds`."""

    seconds: float


@dataclass(eq=False)
class WaitTooLong(TransportError):
    """A wait ends after the deadline, or did not help. `resource` is the name of the rate limit."""

    pause: Pause
    resource: str


@dataclass(eq=False)
class BudgetSpent(TransportError):
    """An optional request was not sent: only its reserve is left of the `budget` of requests."""

    budget: int


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its chain of causes."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def has_untrusted_certificate(error: BaseException) -> bool:
    """Return whether a connection failed because the host's certificate is not trusted."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes(error))
