"""What went wrong, as one sentence: what happened, to what, and what to do.

`what` names the thing that was asked for ("branch v2 of owner/repo"); `host` is the API's. No sentence holds a query
string or a token, and nothing of httpx travels along: its frames hold request headers.
"""

from __future__ import annotations

import datetime as dt
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Literal

import httpx
import msgspec

from pawtui.sources.github.limits import Pause
from pawtui.sources.source_errors import (
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

# What was tried: the advice for something that was to be written is another.
To = Literal["read", "write"]
_PLURAL = re.compile(r"the (?:comments|commits|issues|tags)\b")


class Lost(msgspec.Struct, frozen=True):
    """No whole answer came: the error to raise, and how often it is worth another try."""

    error: SourceError
    renewal: int = 0


def answered(status: int, message: str, what: str, host: str, token: bool, *, to: To = "read") -> SourceError:
    """The error for an answer that is neither success nor a limit. `message` is GitHub's, already safe."""
    said = f" ({message})" if message else ""
    if status == 401:
        without = ", or unset it to read public repositories without one" if to == "read" else ""
        return Unauthorized(
            f"{host} did not accept the token{_so(what, to)}. Renew it (`gh auth login`, or GH_TOKEN){without}."
            if token
            else f"{host} wants a token for {what}. Set GH_TOKEN, or run `gh auth login`."
        )
    if status == 403:
        person = "the token is not allowed to" if token else "a visitor without a token may not"
        return Unauthorized(
            f"{host} says {person} {to} {what}{said}. Check the token's permissions, or set another GH_TOKEN."
        )
    if to == "write":
        return _unwritten(status, said, what, host)
    be, they = ("were", "they do") if _PLURAL.match(what) else ("was", "it does")
    if status == 404:
        see = "them" if be == "were" else "it"
        private = "they are private" if be == "were" else "it is private"
        person = f"this token may not see {see}" if token else f"{private} and no token is set"
        return NotFound(f"{_capital(what)} {be} not found on {host}: {they} not exist, or {person}. Check the name.")
    if status == 409:
        return Empty(f"{_capital(what)} cannot be had: the repository is empty{said}. Look again once it has commits.")
    if status == 410:
        out = "what they belong to" if be == "were" else "it"
        return Deleted(f"{_capital(what)} {be} deleted{said}. Take {out} out of the tracker.")
    if status == 451:
        return NotFound(f"{_capital(what)} {be} taken down for legal reasons. Follow another repository.")
    if status >= 500:
        return BadAnswer(f"{host} had an error of its own ({status}){_so(what, to)}. Try again in a few minutes.")
    return Refused(f"{host} refused {what}: status {status}{said}. Check what was asked for.")


def _unwritten(status: int, said: str, what: str, host: str) -> SourceError:
    """The error for a write that was turned down."""
    if status == 404:
        return NotFound(
            f"The place for {what} was not found on {host}: it does not exist, or this token may not write there. "
            "Check the issue and the token's permissions."
        )
    if status == 410:
        return Deleted(f"The place for {what} is gone from {host}{said}. Check the tracker's issue.")
    if status >= 500:
        return BadAnswer(
            f"{host} had an error of its own ({status}) over {what}, which may have been written or not. "
            "Look on the web before trying again."
        )
    return Refused(f"{host} refused {what}: status {status}{said}. Nothing was written: check the text and the issue.")


def limited(pause: Pause, what: str, host: str, token: bool, limit: int | None, *, to: To = "read") -> SourceError:
    """The error for a wait that is too long, or was waited for in vain."""
    at = _clock(pause.until)
    so = _so(what, to)
    if pause.reason == "server":
        return BadAnswer(f"{host} is not well and asks to come back at {at}{so}. Try again then.")
    renewal = "Refresh again then" if to == "read" else "Post it again then"
    if pause.reason == "secondary":
        return RateLimited(f"{host} asks to slow down (secondary rate limit) until {at}{so}. {renewal}.", pause.until)
    size = "" if limit is None else f" of {limit:,} requests an hour"
    advice = f"{renewal}." if token else f"{renewal}, or set GH_TOKEN for a higher one."
    return RateLimited(f"The rate limit{size} of {host} is used up until {at}{so}. {advice}", pause.until)


def expired(what: str, host: str, seconds: float, *, to: To = "read") -> SourceError:
    """The error for what took longer than it may."""
    if to == "write":
        return Expired(
            f"The time of {seconds:g} s was over before {host} answered to {what}, which may have been written or not. "
            "Look on the web before trying again."
        )
    return Expired(f"The time of {seconds:g} s was over before {host} gave {what}. Refresh again.")


def lost(error: httpx.HTTPError | httpx.InvalidURL | httpx.StreamError, what: str, host: str, began: bool) -> Lost:
    """What became of a request that got no whole answer; `began` says whether some of the body had come."""
    causes = tuple(_causes(error))
    so = _so(what, "read")
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Lost(Offline(f"The certificate of {host} is not trusted{so}. Check the clock, proxy and SSL_CERT_FILE."))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Lost(
            Offline(f"No such host or no network: {host} was not found. Check the connection, GH_HOST and proxy."), 1
        )
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Lost(Offline(f"{host} could not be reached in time{so}. Check the connection and try again."), 1)
    if isinstance(error, httpx.TimeoutException):
        return Lost(Offline(f"{host} took too long to answer{so}. Try again."), 1)
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        return Lost(Offline(f"No connection to {host}{so}. Check the network and proxy, then try again."), 1)
    if isinstance(error, httpx.DecodingError):
        return Lost(BadAnswer(f"The answer of {host} to {what} is damaged (its compression). Try again."), 1)
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol):
        if began:
            return Lost(BadAnswer(f"The answer of {host} to {what} was cut off. Try again."), 3)
        return Lost(Offline(f"{host} dropped the connection{so}. Try again."), 3)
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


def _so(what: str, to: To) -> str:
    return f", so {what} could not be {'read' if to == 'read' else 'written'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _clock(when: dt.datetime) -> str:
    return when.astimezone(dt.UTC).strftime("%H:%M UTC")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
