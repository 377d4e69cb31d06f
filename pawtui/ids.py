"""Ids that are sorted by time and unique across processes, and the order in which entries were recorded.

TinyDB's numbers of entries are not ids: two processes can use the same number.
"""

import datetime as dt
import os
import re
from collections.abc import Iterable
from typing import Protocol

# Crockford's base 32 alphabet: it has no letters that look like digits.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_DIGITS = 10
_RANDOM_DIGITS = 9
_MAX_MILLIS = 32**_TIME_DIGITS - 1
_FORM = re.compile(f"[{_ALPHABET}]{{{_TIME_DIGITS + _RANDOM_DIGITS}}}")


def new_id(now: dt.datetime, random: int | None = None, *, after: str = "") -> str:
    """Return a 19-character id: the time `now` in milliseconds, then 45 random bits. Ids sort by time.

    The id sorts after `after`, an id of the same form, even if the clock was set back. Pass the newest recorded id, and
    call this under the store's lock.
    """
    # A negative time (before 1970) would give digits that sort last.
    millis = max(0, int(now.timestamp() * 1000))
    if _FORM.fullmatch(after):
        earliest = sum(_ALPHABET.index(digit) * 32**place for place, digit in enumerate(reversed(after[:_TIME_DIGITS])))
        millis = min(max(millis, earliest + 1), _MAX_MILLIS)
    if random is None:
        random = int.from_bytes(os.urandom(6)) >> 3
    return _base32(millis, _TIME_DIGITS) + _base32(random, _RANDOM_DIGITS)


def _base32(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 32)
        digits = _ALPHABET[digit] + digits
    return digits


def newest_id(ids: Iterable[str]) -> str:
    """Return the newest id that has the form of `new_id`; an empty text if there is none."""
    return max(filter(_FORM.fullmatch, ids), default="")


class RecordedEntry(Protocol):
    """A recorded entry: its id, and the time by the clock of its author."""

    @property
    def id(self) -> str: ...

    @property
    def at(self) -> dt.datetime: ...


def is_after(entry: RecordedEntry, other: RecordedEntry) -> bool:
    """Return whether an entry was recorded after another: by the ids, or by time if an id has another form."""
    if _FORM.fullmatch(entry.id) and _FORM.fullmatch(other.id):
        return entry.id > other.id
    return entry.at > other.at
