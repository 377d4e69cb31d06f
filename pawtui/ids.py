"""Ids of our own: time-ordered, unique between processes, never TinyDB's (two processes hand out the same number)."""

from __future__ import annotations

import datetime as dt

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
    if random is None:
        # It brings hashlib and OpenSSL along, for which nothing that only reads should wait.
        import secrets

        random = secrets.randbits(45)
    return _base32(millis, 10) + _base32(random, 9)
