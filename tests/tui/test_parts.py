"""What is pure in the screens: the plan of the panes, the chart, trends, text, and the structure that keeps it so."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.geometry import Region

import pawtui.tui
from pawtui.report.words import STATE_GLYPH
from pawtui.tui.chart import bars, spark, week_labels
from pawtui.tui.content import fit, line, lines, right, wrapped
from pawtui.tui.layout import PANES, READER, LayoutRequest, plan, shape_of
from pawtui.tui.themes import first_theme
from pawtui.tui.trends import churn_of
from tests.tui.support import WEEKS, reading

ROWS = st.fixed_dictionaries({name: st.integers(0, 5000) for name in PANES})
HERE = Path(pawtui.tui.__file__).parent


@given(st.integers(1, 400), st.integers(1, 150), ROWS, st.sampled_from(PANES), st.booleans())
def test_the_panes_in_sight_fill_the_body_and_never_overlap(
    width: int, height: int, rows: dict[str, int], current: str, reading_only: bool
) -> None:
    made = plan(width, height, LayoutRequest(rows=rows, current=current, reading=reading_only))
    body = Region(0, 0, width, height)
    regions = list(made.regions.values())
    assert READER in made.regions
    assert reading_only or current in made.regions
    if height < 12:
        return
    assert all(body.contains_region(region) and region.area > 0 for region in regions)
    assert sum(region.area for region in regions) == body.area
    assert not any(a.overlaps(b) for a in regions for b in regions if a is not b)


@pytest.mark.parametrize(
    ("size", "shape"),
    [((80, 21), "tabs"), ((99, 60), "tabs"), ((120, 29), "beside"), ((120, 33), "full"), ((200, 57), "wide")],
)
def test_the_shape_follows_the_size(size: tuple[int, int], shape: str) -> None:
    assert shape_of(*size) == shape


def test_every_bar_carries_its_number_and_the_tallest_is_full() -> None:
    drawn = [row.plain.rstrip() for row in bars((8, 4, 0, 1), ("a", "b", "c", "d"), width=20, height=4)]
    assert drawn == [" 8", "████", "████  4", "████ ████       1", "████ ████  0   ▄▄▄▄", "─" * 20, "a    b    c    d"]
    assert bars((), (), width=20, height=4) == []


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60), st.integers(1, 200), st.integers(1, 10))
def test_a_chart_has_as_many_lines_as_it_says_and_no_ragged_edge(values: list[int], width: int, height: int) -> None:
    drawn = bars(values, [str(n) for n in range(len(values))], width=width, height=height)
    assert len(drawn) == height + 3
    assert len({row.cell_length for row in drawn}) == 1


def test_weeks_are_told_by_their_first_day() -> None:
    assert week_labels(dt.date(2026, 8, 28), 3) == ["08-28", "09-04", "09-11"]
    assert week_labels(None, 2) == ["-2w", "-1w"]


def test_a_sparkline_shows_where_it_begins_and_ends() -> None:
    assert spark((0, 1, 8, 0)) == "·▁█·"


def test_trends_come_out_of_the_churn_facts() -> None:
    churn = churn_of(reading("calm", "unmet", "x", weeks=WEEKS))
    assert churn is not None
    assert churn.total.weeks == WEEKS
    assert [(one.name, one.count, one.peak) for one in churn.surfaces] == [("runner", 20, 54), ("events", 0, 1)]
    assert churn.start == dt.date(2026, 8, 28)


FACTS = (
    st.none()
    | st.text()
    | st.integers()
    | st.lists(st.text() | st.integers() | st.dictionaries(st.text(), st.integers()))
)


@given(st.dictionaries(st.sampled_from(["weeks", "surfaces", "total", "peak", "weeks_from", "days"]), FACTS))
def test_facts_of_another_shape_are_no_trend_and_no_crash(facts: dict[str, object]) -> None:
    made = reading("calm", "unmet", "x", weeks=WEEKS)
    probe = replace(made.probes[0], facts=facts)
    churn_of(replace(made, probes=(probe,)))


def test_there_is_no_trend_without_a_reading() -> None:
    assert churn_of(None) is None
    assert churn_of(reading("calm", "met", "x")) is None


@given(st.text(), st.integers(0, 60))
def test_fitted_text_has_exactly_the_width_it_is_given(text: str, width: int) -> None:
    assert fit(line(text), width).cell_length == width
    assert right(line(text), width).cell_length == width


@given(st.text(max_size=300), st.integers(8, 60))
def test_wrapped_text_never_sticks_out(text: str, width: int) -> None:
    assert all(one.cell_length <= width for one in wrapped(lines(text), width))


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({}, "pawtui-dark"),
        ({"NO_COLOR": "1"}, "ansi-dark"),
        ({"NO_COLOR": ""}, "pawtui-dark"),
        ({"NO_COLOR": "1", "TEXTUAL_THEME": "nord"}, "nord"),
    ],
)
def test_no_color_means_the_terminals_own_colours(environ: dict[str, str], theme: str) -> None:
    assert first_theme(environ) == theme


def test_a_state_is_never_told_by_its_colour_alone() -> None:
    assert len(set(STATE_GLYPH.values())) == len(STATE_GLYPH)


def test_only_one_place_makes_content_out_of_strings() -> None:
    """`Content(...)` of anything but a literal, markup, and rich text from strings stay in `content.py`."""
    found = []
    for file in HERE.rglob("*.py"):
        if file.name == "content.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            literal = bool(node.args) and isinstance(node.args[0], ast.Constant)
            if name in ("from_markup", "from_rich_text", "from_text") or (name in ("Content", "Text") and not literal):
                found.append(f"{file.name}:{node.lineno} {name}")
    # The crash report is printed after the screen is gone, as rich text without markup.
    assert [one for one in found if not re.fullmatch(r"textual_private\.py:\d+ Text", one)] == []
