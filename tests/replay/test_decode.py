"""The JSON of rows: what can be decoded, and what is equal after it is exported and read again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.replay.reading.decode import decode_column, round_trips

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
        (b'{"a": 1}', ({"a": 1}, "", True)),
        (b'{"a": "\\ud800"}', ({"a": "\ud800"}, "", True)),
        (b'{"a": 1e999}', ({"a": float("inf")}, "", False)),
        (b"[]", (None, "is not a JSON object", False)),
        (b'["\\ud800"]', (None, "is not a JSON object", False)),
        (b"{", (None, "is not valid JSON", False)),
        (b'{"a": NaN}', (None, "is not valid JSON", False)),
        (b"\xff", (None, "is not valid JSON", False)),
        (b"[" * 100_000, (None, "has JSON that is nested too deeply", False)),
        (None, (None, "has no data", False)),
        (7, (None, "is not text", False)),
    ],
)
def test_a_column_is_decoded_or_has_the_reason(column: object, decoded: tuple[Any, str, bool]) -> None:
    assert decode_column(column) == decoded


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=3))
def test_an_object_is_decoded_exactly(value: dict[str, Any]) -> None:
    data, _problem, is_exact = decode_column(json.dumps(value).encode())
    assert data == value
    assert is_exact
    assert round_trips(data)


@given(NUMBERS)
def test_an_object_is_exact_if_its_number_is_the_same_after_an_export(number: str) -> None:
    data, _problem, is_exact = decode_column(f'{{"a": {number}}}'.encode())
    assert data is not None
    assert is_exact == round_trips(data)
