"""Ids of our own: time-ordered, unique between processes, never TinyDB's (two processes hand out the same number)."""

from __future__ import annotations

import datetime as dt
import secrets

# Crockford's alphabet: no letters that read like digits.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 32)
        digits = _ALPHABET[digit] + digits
    return digits


def new_id(now: dt.datetime, random: int | None = None) -> str:
    """A 19-character id that sorts by `now` (to the millisecond), with 45 random bits after it."""
    millis = int(now.timestamp() * 1000)
    return _base32(millis, 10) + _base32(secrets.randbits(45) if random is None else random, 9)
