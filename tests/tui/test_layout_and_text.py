"""Functions of the screens without an app: the layout of the panes, text, and themes."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

import pawtui.tui
from pawtui.report.reading_facts import churn_facts
from pawtui.report.words import STATE_GLYPH
from pawtui.tui.content import align_right, fit, line, wrapped
from pawtui.tui.pane_layout import DETAIL, PANES, compute_layout, shape_of
from pawtui.tui.themes import initial_theme
from tests.tui.support import WEEKS, reading

ROWS = st.fixed_dictionaries({name: st.integers(0, 5000) for name in PANES})
HERE = Path(pawtui.tui.__file__).parent


@given(st.integers(1, 400), st.integers(1, 150), ROWS, st.sampled_from(PANES), st.booleans())
def test_visible_panes_fill_the_body_without_overlap(
    width: int, height: int, rows: dict[str, int], current: str, in_detail: bool
) -> None:
    made = compute_layout(width, height, rows=rows, current=current, in_detail=in_detail)
    body = Region(0, 0, width, height)
    regions = list(made.regions.values())
    assert DETAIL in made.regions
    assert in_detail or current in made.regions
    if height < 12:
        return
    assert all(body.contains_region(region) and region.area > 0 for region in regions)
    assert sum(region.area for region in regions) == body.area
    assert not any(a.overlaps(b) for a in regions for b in regions if a is not b)


@pytest.mark.parametrize(
    ("size", "shape"),
    [((80, 21), "tabs"), ((99, 60), "tabs"), ((120, 29), "split"), ((120, 33), "full"), ((200, 57), "wide")],
)
def test_the_shape_follows_the_size(size: tuple[int, int], shape: str) -> None:
    assert shape_of(*size) == shape


def test_commits_by_week_are_read_from_churn_facts() -> None:
    facts = churn_facts(reading("calm", "unmet", "x", weeks=WEEKS))
    assert facts is not None
    assert facts.weeks == WEEKS
    assert churn_facts(None) is None
    assert churn_facts(reading("calm", "met", "x")) is None


@given(st.text(), st.integers(0, 60))
def test_fit_returns_exactly_the_given_width(text: str, width: int) -> None:
    assert fit(line(text), width).cell_length == width
    assert align_right(line(text), width).cell_length == width


@given(st.text(max_size=300), st.integers(8, 60))
def test_wrapped_lines_are_never_too_wide(text: str, width: int) -> None:
    assert all(row.cell_length <= width for row in wrapped(line(text), width))


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({}, "pawtui-dark"),
        ({"NO_COLOR": "1"}, "ansi-dark"),
        ({"NO_COLOR": ""}, "pawtui-dark"),
        ({"NO_COLOR": "1", "TEXTUAL_THEME": "nord"}, "nord"),
    ],
)
def test_no_color_selects_an_ansi_theme(environ: dict[str, str], theme: str) -> None:
    assert initial_theme(environ) == theme


def test_each_state_has_its_own_sign() -> None:
    assert len(set(STATE_GLYPH.values())) == len(STATE_GLYPH)


def test_only_one_module_makes_content_from_strings() -> None:
    """Only `content.py` calls `Content(...)` with a value that is not a literal, or makes rich text or markup."""
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
    # The crash report is printed as rich text without markup, after the screens are closed.
    assert [place for place in found if not re.fullmatch(r"base_app\.py:\d+ Text", place)] == []
