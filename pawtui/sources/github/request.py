"""A request to a server, its options, and its complete response."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from enum import IntEnum
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from pawtui.sources.github.github_errors import RequestTarget, json_error
from pawtui.sources.github.pauses import http_date
from pawtui.sources.waiting import REFRESH_TIME_LIMIT

_T = TypeVar("_T")

# The reserve of each kind of optional request: it is sent only if more requests than its reserve are left. The requests
# that states depend on most have the smallest reserve.
TREES_RESERVE: Final = 1  # optional trees and files; the commits that date the files are read afterwards
PULL_FILES_RESERVE: Final = 6
ACTIVITY_RESERVE: Final = 6  # the list of pushes
COMMIT_PAGES_RESERVE: Final = 6  # further pages of a list of commits
ISSUE_DETAILS_RESERVE: Final = 8  # the events of an issue, or the comments that name the original of a duplicate
TAG_DATES_RESERVE: Final = 8  # the dates of all tags of a line
FIRST_PARENTS_RESERVE: Final = 12  # further pages of a chain of first parents


class Rank(IntEnum):
    """The order in which requests start, the lowest rank first."""

    FIRST = 0  # heads, trees and past heads: other requests depend on them
    HISTORY = 1
    FILE = 2
    OTHER = 3
    OPTIONAL = 4  # starts only if all active requests are optional


class RequestOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The treatment of one request.

    `max_bytes` limits the decoded body, and `time_limit` one exchange, in seconds. If the response is `cached`, it is
    revalidated by its ETag. With a `reserve`, the request is optional: it is sent last, and only if more than `reserve`
    requests are left of the budget.
    """

    max_bytes: int = 64_000_000
    time_limit: float = REFRESH_TIME_LIMIT
    cached: bool = False
    rank: Rank = Rank.OTHER
    reserve: int | None = None


NOT_CACHED: Final = RequestOptions()
CACHED: Final = RequestOptions(cached=True)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request. `target` is for error messages, `etag` that of the cached response, and `body` is sent as JSON."""

    url: str
    target: RequestTarget
    options: RequestOptions = NOT_CACHED
    method: str = "GET"
    etag: str = ""
    body: object = None


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """A complete response to `request`, which has the address after redirects.

    The names of `headers` are in lower case. `next` is the address of the next page, empty if there is none.
    """

    request: Request
    status: int
    headers: Mapping[str, str]
    body: bytes
    next: str = ""

    def __repr__(self) -> str:
        # Crash reports may contain local variables.
        return f"Response(status={self.status}, body=<{len(self.body)} bytes>)"

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def date(self) -> dt.datetime | None:
        """The `Date` header, which may be implausible; None if it is missing or invalid."""
        return http_date(self.headers.get("date"))

    def decode(self, type_: type[_T]) -> _T:
        """Return the JSON as typed structs. Raises `BadResponse` if it has another shape."""
        try:
            return msgspec.json.decode(self.body, type=type_)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            failure = json_error(error, urlsplit(self.request.url).path, self.request.target)
        # Raised outside the handler, as in `send_before`.
        raise failure


# Send a request on, and return its response.
Send = Callable[[Request], Awaitable[Response]]
