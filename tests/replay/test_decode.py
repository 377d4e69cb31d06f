"""The JSON of rows: what can be decoded, and what is equal after it is exported and read again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.replay.reading.decode import decode_column, encode, round_trips

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
# A number as JSON allows it. Some are too large for a floating-point number.
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,320})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)


@pytest.mark.parametrize(
    ("column", "decoded"),
    [
        (b'{"a": 1}', ({"a": 1}, "")),
        (b'{"a": "\\ud800"}', ({"a": "\ud800"}, "")),
        (b'{"a": 1e999}', (None, "cannot be read as JSON")),
        (b"[]", (None, "is not a JSON object")),
        (b'["\\ud800"]', (None, "is not a JSON object")),
        (b"{", (None, "cannot be read as JSON")),
        (b'{"a": NaN}', (None, "cannot be read as JSON")),
        (b"\xff", (None, "cannot be read as JSON")),
        (b"[" * 100_000, (None, "cannot be read as JSON")),
        (None, (None, "has no data")),
        (7, (None, "is not text")),
    ],
)
def test_a_column_is_decoded_or_has_the_reason(column: object, decoded: tuple[Any, str]) -> None:
    assert decode_column(column) == decoded


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=3))
def test_an_object_is_the_same_after_an_export(value: dict[str, Any]) -> None:
    assert decode_column(json.dumps(value).encode()) == (value, "")
    assert decode_column(encode(value)) == (value, "")


@given(NUMBERS)
def test_a_number_is_the_same_after_an_export_or_is_not_decoded(number: str) -> None:
    data, problem = decode_column(f'{{"a": {number}}}'.encode())
    assert (data is None) == bool(problem)
    assert data is None or round_trips(data)
