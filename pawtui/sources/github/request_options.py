"""The options of a request: its limits, its order, and whether it may use the last requests of the budget."""

from enum import IntEnum
from typing import Final

import msgspec

# The reserves of optional requests, by the facts that they read: such a request is sent only if more requests than its
# reserve are left. The requests that states depend on most have the smallest reserve.
TREES_RESERVE: Final = 1  # optional trees and files; the commits that date the files are read afterwards
PULL_FILES_RESERVE: Final = 6
ACTIVITY_RESERVE: Final = 6  # the list of pushes
COMMIT_PAGES_RESERVE: Final = 6  # further pages of a list of commits
ISSUE_DETAILS_RESERVE: Final = 8  # the events of an issue, or the comments that name the original of a duplicate
FIRST_PARENTS_RESERVE: Final = 12  # further pages of a chain of first parents


class Rank(IntEnum):
    """The order in which requests start, the lowest rank first."""

    FIRST = 0  # heads, trees and past heads: other requests depend on them
    HISTORY = 1
    FILE = 2
    OTHER = 3
    OPTIONAL = 4  # starts only if no other request is active


class RequestOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The treatment of one request.

    `max_bytes` limits the decoded body. `time_limit` limits one exchange, in seconds; None leaves only the timeouts of
    the connection. If the response is `cached`, it is revalidated by its ETag. With a `reserve`, the request is
    optional: it is sent last, and only if more than `reserve` requests are left of the budget.
    """

    max_bytes: int = 64_000_000
    time_limit: float | None = None
    cached: bool = False
    rank: Rank = Rank.OTHER
    reserve: int | None = None


NOT_CACHED: Final = RequestOptions()
CACHED: Final = RequestOptions(cached=True)
