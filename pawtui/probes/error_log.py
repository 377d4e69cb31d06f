"""The failures of a refresh, collected as sentences."""

from collections.abc import Awaitable
from typing import TypeVar

from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.source_errors import BeginsLater, Deleted, SourceError

_T = TypeVar("_T")


class ErrorLog:
    """The failures as sentences, each once, in the order in which they occurred.

    Of exceptions, only a `SourceError` is a failure. A fact that cannot be measured, an issue that was deleted, and a
    history that begins later are results of a measurement, and are not added.
    """

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, error: Exception | str) -> None:
        """Add a failure, unless the same sentence is there already."""
        is_failure = isinstance(error, SourceError | str) and not isinstance(error, BeginsLater | Deleted)
        if is_failure and str(error) not in self.messages:
            self.messages.append(str(error))

    async def value_or_none(self, fetching: Awaitable[_T]) -> _T | None:
        """Return the fetched value; None if it cannot be fetched, which is added as a failure, or is `Unmeasurable`."""
        try:
            return await fetching
        except (SourceError, Unmeasurable) as error:
            self.add(error)
            return None
