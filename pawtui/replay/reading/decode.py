"""Decode and encode the JSON of rows, including JSON that only JavaScript accepts."""

import json
import math
from typing import Any

import msgspec

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class Undecodable(ValueError):
    """The text is not JSON, or not a JSON object.

    `str()` is the reason without the text: the rest of a sentence that begins with `It`.
    """


def decode_object(data: bytes) -> dict[str, Any]:
    """Return the object that `data` (UTF-8) encodes. Raises `Undecodable`."""
    value = decode_any(data)
    if type(value) is not dict:
        raise Undecodable("is not a JSON object")
    return value


def decode_column(value: object) -> tuple[dict[str, Any] | None, str]:
    """Return the object that the value of a column (UTF-8) encodes, and an empty text.

    If the value cannot be decoded, the object is None, and the text is the reason: the rest of a sentence that begins
    with `It`.
    """
    if type(value) is not bytes:
        return None, "has no data" if value is None else "is not text"
    try:
        return decode_object(value), ""
    except Undecodable as error:
        return None, str(error)


def decode_any(data: bytes) -> Any:
    """Return the value that `data` (UTF-8) encodes. Raises `Undecodable`.

    Half of a surrogate pair is accepted as an escape: JavaScript writes it if it cut a string within the pair.
    """
    try:
        return _decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        # The standard library is slower, and decodes more of the JSON that JavaScript accepts.
        pass
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Undecodable("cannot be read as JSON") from None


def _finite(number: str) -> float:
    """Return a number. JSON has no other numbers, and their export is not the same when it is read again."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def encode(value: Any) -> bytes:
    """Return `value` as compact JSON, in the form that JavaScript writes."""
    try:
        return _encode(value)
    except (UnicodeEncodeError, OverflowError, msgspec.ValidationError):
        # Half of a surrogate pair has no UTF-8 form: an escape preserves it.
        return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def round_trips(value: Any) -> bool:
    """Return whether the JSON of a value decodes to an equal value."""
    try:
        return bool(decode_any(encode(value)) == value)
    except (ValueError, RecursionError):
        return False
