"""What went wrong, as one sentence: what happened, to what, and what to do.

`what` names the thing that was asked for ("branch v2 of owner/repo"); `host` is the API's. No sentence holds a query
string or a token, and nothing of httpx travels along: its frames hold request headers.
"""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Iterator

import httpx
import msgspec

from pawtui.sources.errors import (
    BadAnswer,
    Deleted,
    Empty,
    Expired,
    NotFound,
    Offline,
    RateLimited,
    Refused,
    SourceError,
    Unauthorized,
)
from pawtui.sources.github.limits import Pause


class Lost(msgspec.Struct, frozen=True):
    """No whole answer came: the error to raise, and how often it is worth another try."""

    error: SourceError
    again: int = 0


def answered(status: int, message: str, what: str, host: str, token: bool, *, to: str = "read") -> SourceError:
    """The error for an answer that is neither success nor a limit. `message` is GitHub's, already safe.

    `to` is what was tried: `read` or `write`.
    """
    said = f" ({message})" if message else ""
    if status == 401:
        advice = "Renew it (`gh auth login`, or GH_TOKEN), or unset it to read public repositories without one"
        missing = "Set GH_TOKEN, or run `gh auth login`"
        return Unauthorized(
            f"{host} did not accept the token, asked for {what}. {advice}."
            if token
            else f"{host} wants a token for {what}. {missing}."
        )
    if status == 403:
        who = "the token is not allowed to" if token else "a visitor without a token may not"
        return Unauthorized(
            f"{host} says {who} {to} {what}{said}. Check the token's permissions, or set another GH_TOKEN."
        )
    if status == 404 and to == "write":
        return NotFound(
            f"The place for {what} was not found on {host}: it does not exist, or this token may not write there. "
            "Check the issue and the token's permissions."
        )
    if status == 404:
        who = "this token may not see it" if token else "it is private and no token is set"
        return NotFound(f"{_capital(what)} was not found on {host}: it does not exist, or {who}. Check its name.")
    if status == 409:
        return Empty(f"{_capital(what)} cannot be had: the repository is empty{said}. Look again once it has commits.")
    if status == 410:
        return Deleted(f"{_capital(what)} was deleted{said}. Take it out of the tracker.")
    if status == 451:
        return NotFound(f"{_capital(what)} was taken down for legal reasons. Follow another repository.")
    if status >= 500:
        return BadAnswer(f"{host} had an error of its own ({status}), asked for {what}. Try again in a few minutes.")
    return Refused(f"{host} refused {what}: status {status}{said}. Check what was asked for.")


def limited(pause: Pause, what: str, host: str, token: bool, limit: int | None) -> SourceError:
    """The error for a wait that is too long, or was waited for in vain."""
    at = _clock(pause.until)
    if pause.reason == "server":
        return BadAnswer(f"{host} is not well and asks to come back at {at}, asked for {what}. Try again then.")
    if pause.reason == "secondary":
        return RateLimited(
            f"{host} asks to slow down (secondary rate limit) until {at}, asked for {what}. Refresh again then.",
            pause.until,
        )
    size = "" if limit is None else f" of {limit:,} requests an hour"
    advice = "Refresh again then." if token else "Refresh again then, or set GH_TOKEN for a higher one."
    return RateLimited(f"The rate limit{size} of {host} is used up until {at}, asked for {what}. {advice}", pause.until)


def expired(what: str, host: str, seconds: float) -> SourceError:
    """The error for a refresh that took longer than it may."""
    return Expired(f"The time of {seconds:g} s was over while {host} was asked for {what}. Refresh again.")


def lost(error: httpx.HTTPError | httpx.InvalidURL | httpx.StreamError, what: str, host: str, began: bool) -> Lost:
    """What became of a request that got no whole answer; `began` says whether some of the body had come."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Lost(
            Offline(
                f"The certificate of {host} is not trusted, asked for {what}. Check the clock, proxy and SSL_CERT_FILE."
            )
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Lost(
            Offline(f"No such host or no network: {host} was not found. Check the connection, GH_HOST and proxy."), 1
        )
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Lost(
            Offline(f"{host} could not be reached in time, asked for {what}. Check the connection and try again."), 1
        )
    if isinstance(error, httpx.TimeoutException):
        return Lost(Offline(f"{host} took too long to answer, asked for {what}. Try again."), 1)
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        return Lost(
            Offline(f"No connection to {host}, asked for {what}. Check the network and proxy, then try again."), 1
        )
    if isinstance(error, httpx.DecodingError):
        return Lost(BadAnswer(f"The answer of {host} to {what} is damaged (its compression). Try again."), 1)
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol):
        if began:
            return Lost(BadAnswer(f"The answer of {host} to {what} was cut off. Try again."), 3)
        return Lost(Offline(f"{host} dropped the connection, asked for {what}. Try again."), 3)
    return Lost(Refused(f"The address for {what} on {host} cannot be asked. Check GITHUB_API_URL and the names."))


def elsewhere(what: str, host: str, target: str) -> SourceError:
    """The error for a redirect away from the API."""
    return Refused(
        f"{host} sends to another host ({target or 'none named'}) for {what}, which is not followed. "
        "Check GITHUB_API_URL and the proxy."
    )


def too_large(what: str, host: str, most: int) -> SourceError:
    """The error for a body that is not read to its end; `most` is in bytes."""
    return Refused(
        f"The answer of {host} to {what} is larger than {most / 1e6:g} MB, which is not read. Pick a smaller one."
    )


def not_json(what: str, host: str, html: bool) -> SourceError:
    """The error for a page instead of data."""
    shape = "a web page" if html else "something else"
    return BadAnswer(
        f"{host} answered {what} with {shape} instead of JSON. Is a proxy or login page between? Try again."
    )


def other_shape(what: str, host: str, where: str) -> SourceError:
    """The error for JSON that is not what the API promises; `where` is the decoder's own finding."""
    return BadAnswer(
        f"{host} answered {what} with JSON of another shape ({where}). Is this GitHub's API? Update pawtui."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _clock(when: dt.datetime) -> str:
    return when.astimezone(dt.UTC).strftime("%H:%M UTC")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
