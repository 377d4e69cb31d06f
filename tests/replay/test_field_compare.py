"""Two tables are compared field by field, and each difference has the reason of the nearest statement."""

import pytest

from pawtui.replay.comparing.field_compare import FieldComparer
from pawtui.replay.mapping.generation import FieldStatement, FieldStatements
from pawtui.replay.results.totals import Difference
from tests.replay.session_db import Json

NO_PLACE = "The mapping has no place for this field."
DIFFERS = "The value that is read back differs, and the mapping has no reason for it."
NEW = "The original has no such field, and the mapping has no reason for it."
LONG = FieldStatement(reason="r", weight="content", semantics="recovery")


def unstated(kind: str, field: str) -> Difference:
    """Return a difference without a reason."""
    reason = {"lost": NO_PLACE, "changed": DIFFERS, "added": NEW}[kind]
    return Difference(kind, field, reason, stated=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("original", "back", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {}, [unstated("lost", "a")]),
        ({"a": None}, {}, [unstated("lost", "a")]),
        ({"a": 1}, {"a": 2}, [unstated("changed", "a")]),
        ({"a": 1}, {"a": 1, "b": 2}, [unstated("added", "b")]),
        ({}, {"b": None}, [unstated("added", "b")]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 2, "c": 2}}, [unstated("changed", "a.b")]),
        ({"a": {"b": 1}}, {}, [unstated("lost", "a")]),
        ({"a": {}}, {"a": []}, [unstated("changed", "a")]),
        ({"a": []}, {"a": {}}, [unstated("changed", "a")]),
        ({"a": []}, {"a": None}, [unstated("changed", "a")]),
        ({"a": [1, 2]}, {"a": [1]}, [unstated("changed", "a")]),
        ({"a": "xy"}, {"a": [1, 2]}, [unstated("changed", "a")]),
        ({"a": [1, 2]}, {"a": "xy"}, [unstated("changed", "a")]),
        # Several elements that differ in the same field are one difference.
        ({"a": [{"b": 1}, {"b": 2}, {"b": 3}]}, {"a": [{"b": 0}, {"b": 0}, {"b": 3}]}, [unstated("changed", "a.*.b")]),
        ({"a": [[1], [2]]}, {"a": [[1], [3]]}, [unstated("changed", "a.*.*")]),
    ],
)
def test_each_field_is_one_difference(original: Json, back: Json, found: list[Difference]) -> None:
    assert FieldComparer({}, {}).compare(original, back) == found


@pytest.mark.parametrize(
    ("lost", "changed", "original", "back", "found"),
    [
        ({"a": "r"}, {}, {"a": 1}, {}, [Difference("lost", "a", "r", "detail")]),
        ({}, {"a": "r"}, {"a": 1}, {"a": 2}, [Difference("changed", "a", "r", "content")]),
        ({"a": LONG}, {}, {"a": 1}, {}, [Difference("lost", "a", "r", "content", "recovery")]),
        # The statement decides what the difference is.
        ({"a": "r"}, {}, {"a": 1}, {"a": 2}, [Difference("lost", "a", "r", "detail")]),
        ({}, {"a": "r"}, {"a": 1}, {}, [Difference("changed", "a", "r", "content")]),
        ({"a": "l"}, {"a": "c"}, {"a": 1}, {}, [Difference("lost", "a", "l", "detail")]),
        ({"a": "l"}, {"a": "c"}, {"a": 1}, {"a": 2}, [Difference("changed", "a", "c", "content")]),
        ({}, {"a": "r"}, {}, {"a": 2}, [Difference("added", "a", "r", "content")]),
        ({"a": "r"}, {}, {}, {"a": 2}, [Difference("added", "a", "r", "detail")]),
        # The statement about the nearest field above applies.
        ({"a": "r"}, {}, {"a": {"b": {"c": 1}}}, {"a": {"b": {}}}, [Difference("lost", "a.b.c", "r", "detail")]),
        ({"a": "r", "a.b": "s"}, {}, {"a": {"b": 1}}, {"a": {}}, [Difference("lost", "a.b", "s", "detail")]),
        ({"ab": "r"}, {}, {"a": {"b": 1}}, {}, [unstated("lost", "a")]),
    ],
)
def test_the_nearest_statement_is_the_reason(
    lost: FieldStatements, changed: FieldStatements, original: Json, back: Json, found: list[Difference]
) -> None:
    assert FieldComparer(lost, changed).compare(original, back) == found
