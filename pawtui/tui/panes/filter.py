"""The box for the words that a list is filtered by. Only imported when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.message import Message
from textual.widgets import Input


class FilterBox(Input):
    """Posts what is typed, at every key, and when it is kept."""

    @dataclass
    class Sought(Message):
        """The words; `kept`: Enter was pressed."""

        words: str
        kept: bool = False

    def __init__(self, words: str) -> None:
        super().__init__(words, id="filter", compact=True, placeholder="Words to match; Enter keeps, Esc clears")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Sought(event.value))

    @on(Input.Submitted)
    def _kept(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Sought(event.value, kept=True))
