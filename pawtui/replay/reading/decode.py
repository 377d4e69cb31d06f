"""Decode and encode the JSON of rows, including JSON that only JavaScript accepts."""

import json
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
    """Return the object in a column of JSON, or None and the reason: the rest of a sentence that begins with `It`."""
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
        return _decode_slowly(data)


def _decode_slowly(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise Undecodable("has JSON that is nested too deeply") from None
    except ValueError:
        raise Undecodable("is not valid JSON") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def encode(value: Any) -> bytes:
    """Return `value` as compact JSON, in the form that JavaScript writes."""
    try:
        return _encode(value)
    except (UnicodeEncodeError, OverflowError, msgspec.ValidationError):
        # Half of a surrogate pair has no UTF-8 form: an escape preserves it.
        return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
