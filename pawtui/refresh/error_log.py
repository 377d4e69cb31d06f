"""The failures of a refresh, collected as sentences."""

from collections.abc import Awaitable
from typing import TypeVar

from pawtui.sources.source_errors import SourceError

_T = TypeVar("_T")


class ErrorLog:
    """The failures as sentences, each once, in the order in which they occurred."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, error: SourceError | str) -> None:
        """Add the failure, unless the same sentence is there already."""
        sentence = str(error)
        if sentence not in self.messages:
            self.messages.append(sentence)

    async def value_or_none(self, fetching: Awaitable[_T]) -> _T | None:
        """Return the fetched value; on failure, add the failure and return None."""
        try:
            return await fetching
        except SourceError as error:
            self.add(error)
            return None
