"""The values of a mapping file: expressions, conditions, and tables that combine several parts."""

from math import inf
from textwrap import indent
from typing import Any

import pytest

from pawtui.replay.mapping import codegen
from pawtui.replay.mapping.expressions import ExpressionError, Wanted, compile_condition
from pawtui.replay.mapping.mapping_context import MISSING, MappingContext, field_at
from pawtui.replay.mapping.templates import compile_template
from tests.replay.session_db import Json

PART: Json = {
    "a": {"b": [1, {"c": "x"}], "n": None},
    "t": "text",
    "zero": 0,
    "url": "data:,a",
    "flag": True,
    "off": False,
    "l": ["x", "y"],
}
PARTS: dict[str, list[Json]] = {
    "patch": [{"files": ["a", "b"]}, {"files": 7}, {"files": ["b", "c"]}],
    "one": [{"files": [1, 1]}],
    "mixed": [{"files": ["a", 1]}, {"files": ["a"]}],
    "same": [{"files": ["a", "a"]}],
    "none": [{}],
    "step": [{}, {"s": 1}, {"s": 2}, {}],
    "text": [{"t": "A"}, {"t": 5}],
}
CONTEXT = MappingContext(
    session="ses",
    id="prt_1",
    created=9,
    index=2,
    info={"agent": "build", "time": {"created": 5}},
    parts=PARTS,
    ordered_parts=[
        ("text", {"t": "A"}),
        ("other", {"t": "B"}),
        ("more", {"u": "C"}),
        ("text", {"t": 5}),
        ("text", {"t": "D"}),
    ],
)


EXPRESSIONS: list[tuple[str, object]] = [
    ("t", "text"),
    ("a.b.0", 1),
    ("a.b.1.c", "x"),
    ("a.b.2", MISSING),
    ("a.b.c", MISSING),
    ("t.0", MISSING),
    ("t.x.y", MISSING),
    ("a.n", None),
    ("gone", MISSING),
    ("", MISSING),
    ("=text", "text"),
    ("=", ""),
    ("'it'", "it"),
    ("12", 12),
    ("gone | zero | t", 0),
    ("gone | more", MISSING),
    ("$session", "ses"),
    ("$index", 2),
    ("$info.agent", "build"),
    ("$info.time.created", 5),
    ("$info.gone", MISSING),
    ("$info", CONTEXT.info),
    ("json(a.b)", '[1,{"c":"x"}]'),
    ("json(gone)", MISSING),
    ("renamed('msg', $id)", "msg_1"),
    ("text('txt-{}', $index)", "txt-2"),
    ("text('{} | ({}) {}', t, zero)", "text | (0) {}"),
    ("text('{}', gone)", MISSING),
    ("nonempty(t)", "text"),
    ("nonempty('')", MISSING),
    ("only_text(t)", "text"),
    ("only_text(zero)", MISSING),
    ("if(zero, t)", "text"),
    ("if(gone, t)", MISSING),
    ("without(a, 'b')", {"n": None}),
    ("without(a, 'gone')", PART["a"]),
    ("without($info.time, 'created')", MISSING),
    ("without(t, 'b')", "text"),
    ("without(a, l)", PART["a"]),
    ("with_true($info.time, 'on')", {"created": 5, "on": True}),
    ("with_true(t, 'on')", MISSING),
    ("with_true(a, l)", MISSING),
    ("base64(url) | t", "YQ=="),
    ("base64(t) | t", "text"),
    ("text('({}', text('a, b{}', zero))", "(a, b0"),
]


def test_an_expression_has_the_value_of_the_part_or_of_the_context() -> None:
    wrong = [expression for expression, value in EXPRESSIONS if compile_template(expression)(PART, CONTEXT) != value]
    assert wrong == []


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("$gone", r"there is no \$gone; use one of \$session, "),
        ("gone(t)", "there is no function 'gone'; use one of json, renamed, base64, text"),
        ("a b", "'a b' is not a value: use a field"),
        ("json(t", "is not a value"),
        ("'", "is not a value"),
        ("json(a, t)", "'json' has the wrong number of values: too many"),
        ("renamed(a)", "'renamed' has the wrong number of values: missing"),
    ],
)
def test_an_invalid_expression_is_an_error(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        compile_template(expression)


@pytest.mark.parametrize(
    ("wanted", "met"),
    [
        ({"flag": True}, True),
        ({"zero": True}, False),
        ({"zero": False}, True),
        ({"gone": False}, True),
        ({"gone": True}, False),
        ({"a.n": False}, True),
        ({"zero": 0}, True),
        ({"t": "text"}, True),
        ({"t": "tex"}, False),
        ({"t": "te*"}, True),
        ({"t": "x*"}, False),
        ({"zero": "*"}, False),
        ({"t": ["other", "text"]}, True),
        ({"t": ["other"]}, False),
        ({"a": ["other"]}, False),
        ({"t": "text", "zero": True}, False),
        ({"t": "text", "flag": True}, True),
    ],
)
def test_all_conditions_must_be_met(wanted: dict[str, Wanted], met: bool) -> None:
    condition = compile_condition(wanted)
    assert condition is not None
    assert bool(condition(PART, CONTEXT)) is met


TABLES: list[tuple[Any, object]] = [
    (5, 5),
    (1.5, 1.5),
    (-inf, -inf),
    ({}, {}),
    ([], []),
    ({"x": "gone"}, MISSING),
    ({"x": "gone", "y": "t"}, {"y": "text"}),
    ({"x": "gone", "y": "=c", "z": {"n": 1.5}, "w": False}, {"y": "c", "z": {"n": 1.5}, "w": False}),
    ({"x": {"y": "gone"}, "z": "$index"}, {"z": 2}),
    ({"x": {"y": "gone"}}, MISSING),
    (["t", "gone", {"x": "zero"}], ["text", {"x": 0}]),
    (["t", {"each": "l", "as": {"v": ""}}, {"each": "l", "as": "$index"}], ["text", 2, 2]),
    ({"any": ["gone", {"x": "gone"}, "t", "zero"]}, "text"),
    ({"any": ["gone"]}, MISSING),
    ({"choose": "t", "text": "=found", "other": "=x"}, "found"),
    ({"choose": "t", "words": "=found", "other": "=x"}, "x"),
    ({"choose": "t", "words": "=found"}, MISSING),
    ({"choose": "t", "other": "=x"}, "x"),
    ({"choose": "flag", "true": "=yes", "false": "=no"}, "yes"),
    ({"choose": "off", "true": "=yes", "false": "=no"}, "no"),
    ({"choose": "zero", "true": "=yes", "false": "=no", "other": "=number"}, "number"),
    ({"choose": "gone", "missing": "=none", "other": "=x"}, "none"),
    ({"each": "a.b", "as": "c"}, ["x"]),
    ({"each": "a.b", "as": "c", "skip": 1}, ["x"]),
    ({"each": "a.b", "as": "c", "skip": 2}, MISSING),
    ({"each": "t", "as": "c"}, MISSING),
    ({"parts": "step", "as": "s"}, [1, 2]),
    ({"parts": "gone", "as": "s"}, MISSING),
    ({"first": "step", "of": "s"}, 1),
    ({"last": "step", "of": "s"}, 2),
    ({"first": "step", "of": "gone"}, MISSING),
    ({"last": "gone", "of": "s"}, MISSING),
    ({"union": "patch", "of": "files"}, ["a", "b", "c"]),
    ({"union": "one", "of": "files"}, [1, 1]),
    ({"union": "same", "of": "files"}, ["a"]),
    ({"union": "none", "of": "files"}, MISSING),
    ({"union": "mixed", "of": "files"}, ["a", 1, "a"]),
    ({"join": ["text"], "of": "t", "with": "+"}, "A+D"),
    ({"join": ["text", "more"], "of": {"text": "t", "more": "u"}}, "ACD"),
    ({"join": ["gone"], "of": "t"}, ""),
]


def test_a_table_combines_values_and_leaves_out_what_is_missing() -> None:
    wrong = [template for template, value in TABLES if compile_template(template)(PART, CONTEXT) != value]
    assert wrong == []


@pytest.mark.parametrize("path", ["a.b", "a.c", "a.b.c", "list.1.x", "list.0", "list.2.x", "list.x", "none.x", ""])
@pytest.mark.parametrize("data", [{"a": {"b": 1}, "list": ["y", {"x": 2}], "none": None}, ["y"], None])
def test_a_path_is_the_same_field_in_compared_data_as_in_an_expression(path: str, data: Any) -> None:
    assert field_at(data, path) == compile_template(path)(data, MappingContext())


def test_the_example_of_a_compiled_function_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    sources: list[str] = []

    def execute(source: str, values: dict[str, Any]) -> None:
        sources.append(source)
        values["get"] = None

    monkeypatch.setattr(codegen, "exec", execute, raising=False)
    compile_condition({"state.status": "completed"})
    assert indent(sources[0], "    ") in (codegen.__doc__ or "")
