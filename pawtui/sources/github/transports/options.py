"""Options of one request for the transports, and their notes on its response."""

from typing import Final

import httpx
import msgspec

MAX_BYTES = 64_000_000
_OPTIONS: Final = "pawtui_options"
_URL: Final = "pawtui_url"
_REDACTED: Final = "pawtui_redacted"


class RequestOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The treatment of one request.

    `max_bytes` limits the decoded body. `time_limit` limits one exchange, in seconds; 0 leaves only the timeouts of the
    connection. With a `cache_key`, the response is cached and revalidated by its ETag. With a `reserve`, the request is
    optional: it is sent last, and only if more than `reserve` requests are left of the budget.
    """

    max_bytes: int = MAX_BYTES
    time_limit: float = 0.0
    cache_key: str = ""
    reserve: int | None = None


_DEFAULT = RequestOptions()


def set_options(request: httpx.Request, options: RequestOptions) -> None:
    """Attach options to a request."""
    request.extensions[_OPTIONS] = options


def options_of(request: httpx.Request) -> RequestOptions:
    """Return the options that `set_options` attached to a request, or the default options."""
    options = request.extensions.get(_OPTIONS, _DEFAULT)
    return options if isinstance(options, RequestOptions) else _DEFAULT


def path_of(request: httpx.Request) -> str:
    """Return a request's percent-encoded path, without the query."""
    return request.url.raw_path.decode("ascii").partition("?")[0]


def note_url(response: httpx.Response, url: str) -> None:
    """Note the URL after redirects."""
    response.extensions[_URL] = url


def url_of(response: httpx.Response) -> str:
    """Return the URL after redirects; empty if there were none."""
    return str(response.extensions.get(_URL, ""))


def note_redacted(response: httpx.Response) -> None:
    """Note that a response contained the token."""
    response.extensions[_REDACTED] = True


def is_redacted(response: httpx.Response) -> bool:
    """Return whether a response contained the token, so that it must not be cached."""
    return bool(response.extensions.get(_REDACTED, False))
