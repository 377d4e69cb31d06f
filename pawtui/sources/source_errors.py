"""Errors of sources. Each message states what failed, why, and what to do."""

from pawtui.errors import PawtuiError
from pawtui.phrases import capitalized


class SourceError(PawtuiError):
    """A fact could not be read. The message is for users and never contains a token."""


class NotFound(SourceError):
    """The repository, ref, path, commit or issue does not exist, or this token may not see it."""


class Deleted(NotFound):
    """An issue or another item was deleted: a new request fails in the same way."""


class Unauthorized(SourceError):
    """The token is wrong, expired or not allowed to read this."""


class RateLimited(SourceError):
    """A rate limit is used up."""


class Offline(SourceError):
    """No response: no network, no such host, a refused or dropped connection, a timeout."""


class Refused(SourceError):
    """The server or pawtui refused the request, for example one to an empty repository or through a wrong proxy."""


class BadResponse(SourceError):
    """The response violates the API: HTML, a truncated body, unexpected JSON, a server error."""


class TimedOut(SourceError):
    """The deadline of the refresh has passed, or a git command took too long."""


class Undetermined(SourceError):
    """A fact is not known although the responses are valid, for example because the branch was rewritten."""


class BudgetSpent(Undetermined):
    """An optional request was not sent: too few requests are left of the budget."""


class BeginsLater(NotFound):
    """A history begins after the requested time: a new request fails in the same way."""


class CloneUnusable(SourceError):
    """A clone cannot be read: it is not a repository, it is shallow or damaged, or git is missing."""


class RefConflict(CloneUnusable):
    """A branch or tag cannot be written: another one has the name of its folder (`fix` and `fix/new`)."""


class CloneDamaged(CloneUnusable):
    """Objects of a clone cannot be read: it must be cloned again."""


class NoCommonAncestor(NotFound):
    """Two commits have no common history, so they cannot be compared: a new request fails in the same way.

    `what` is their comparison (`the comparison of ... with ...`).
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"{capitalized(what)} was not found: they have no common history. Check both commits.")


class NotInClone(NotFound):
    """A clone lacks the requested object."""


class TooLarge(Refused):
    """A file or response is larger than the limit."""
