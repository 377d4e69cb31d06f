"""What a source waits for, so that a person can see it."""

from __future__ import annotations

import datetime as dt

import msgspec


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A host that owes a response: for how many `seconds` none came, and `until` when it asked to send nothing."""

    host: str
    seconds: float
    until: dt.datetime | None = None
