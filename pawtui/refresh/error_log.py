"""What could not be had in a refresh, collected as sentences."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from pawtui.sources.source_errors import SourceError

_T = TypeVar("_T")


class ErrorLog:
    """The sentences of what could not be had, each once, in the order they came."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, error: SourceError | str) -> None:
        """Note one; the same sentence is noted once."""
        sentence = str(error)
        if sentence not in self.messages:
            self.messages.append(sentence)

    async def value_or_none(self, asked: Awaitable[_T]) -> _T | None:
        """The fact, or None when it cannot be had, which is then noted."""
        try:
            return await asked
        except SourceError as error:
            self.add(error)
            return None
