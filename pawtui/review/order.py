"""The order in which documents were recorded, independent of clocks."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from pawtui.ids import is_own


class Recorded(Protocol):
    """A document with an id and a time."""

    @property
    def id(self) -> str:
        """The id; a new id sorts after all ids in the record."""

    @property
    def at(self) -> dt.datetime:
        """The time by its author's clock."""


def is_after(document: Recorded, other: Recorded) -> bool:
    """Return whether a document was recorded after another: by the ids, or by time if an id has another form."""
    if is_own(document.id) and is_own(other.id):
        return document.id > other.id
    return document.at > other.at
