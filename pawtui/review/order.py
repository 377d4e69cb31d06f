"""The order in which documents were recorded, independent of clocks."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from pawtui.ids import is_own


class Recorded(Protocol):
    """A document with an id and a time."""

    @property
    def id(self) -> str:
        """Its id; each is made to sort after those on record."""

    @property
    def at(self) -> dt.datetime:
        """When it was made, by its author's clock."""


def is_after(one: Recorded, other: Recorded) -> bool:
    """Return whether a document was recorded after another: by their ids, or by time where an id has another form."""
    if is_own(one.id) and is_own(other.id):
        return one.id > other.id
    return one.at > other.at
