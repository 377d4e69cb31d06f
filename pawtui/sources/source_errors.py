"""What can go wrong with a source, as sentences: what happened, to what, and what to do."""

from __future__ import annotations

import datetime as dt

from pawtui.errors import PawtuiError


class SourceError(PawtuiError):
    """A fact could not be read. `str()` of it is one clear sentence for a person; it never holds a token."""


class NotFound(SourceError):
    """The repository, ref, path, commit or issue does not exist, or this token may not see it."""


class Deleted(NotFound):
    """It existed and was deleted for good: another request would find the same."""


class Empty(SourceError):
    """The repository has no commits."""


class Unauthorized(SourceError):
    """The token is wrong, expired or not allowed to read this."""


class RateLimited(SourceError):
    """A rate limit is used up. `until` is when it is renewed, where that is known."""

    def __init__(self, sentence: str, until: dt.datetime | None = None) -> None:
        super().__init__(sentence)
        self.until = until


class Offline(SourceError):
    """No answer: no network, no such host, a refused or dropped connection, a timeout."""


class BadNetworkSettings(SourceError):
    """A proxy or a certificate file that the environment names cannot be used."""


class Refused(SourceError):
    """The request was refused, by the server or by us (422, a redirect to another server, a blob that is too large)."""


class BadAnswer(SourceError):
    """The response is not what the API promises: HTML, a cut-off body, unexpected JSON, a server error."""


class Expired(SourceError):
    """The deadline of the refresh has passed."""


class NotSettled(SourceError):
    """What a branch held at a moment is not known, within the requests that may be spent on it."""


class BeginsLater(NotFound):
    """A history begins after the moment that was asked for: another request would find the same."""


class CloneUnusable(SourceError):
    """A clone cannot be read: it is no repository, shallow or damaged, or git itself is missing."""


class CloneDamaged(CloneUnusable):
    """Objects of a clone cannot be read: it has to be made again."""


class NotInClone(NotFound):
    """A clone does not hold the object that was asked for."""


class TooLarge(Refused):
    """A file is larger than what is read. `size` is in bytes."""

    def __init__(self, sentence: str, size: int) -> None:
        super().__init__(sentence)
        self.size = size
