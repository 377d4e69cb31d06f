"""The layout of the panes at each size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from pawtui.tui.pane_layout import DETAIL, HEAD_AND_FOOT, PANES, SHORT, TABS, compute_layout, needs_tabs
from tests.tui.support import TestWorkspace, running, shown, until

ROWS = st.fixed_dictionaries({name: st.integers(0, 5000) for name in PANES})


@given(st.integers(1, 400), st.integers(1, 150), ROWS, st.sampled_from(PANES), st.booleans())
def test_visible_panes_fill_the_body_without_overlap(
    width: int, height: int, rows: dict[str, int], current: str, in_detail: bool
) -> None:
    made = compute_layout(width, height, rows=rows, current=current, in_detail=in_detail)
    body = Region(0, 0, width, height)
    regions = list(made.regions.values())
    assert DETAIL in made.regions
    assert (TABS in made.regions) == needs_tabs(width, height)
    assert in_detail or current in made.regions
    if height < 12:
        return
    assert all(body.contains_region(region) and region.area > 0 for region in regions)
    assert sum(region.area for region in regions) == body.area
    assert not any(a.overlaps(b) for a in regions for b in regions if a is not b)


@pytest.mark.parametrize(
    ("width", "height", "has_all"),
    [(80, 21, False), (99, 60, False), (120, 25, False), (100, 27, True), (200, 57, True)],
)
def test_the_layout_follows_the_size(width: int, height: int, has_all: bool) -> None:
    regions = compute_layout(width, height, rows=dict.fromkeys(PANES, 5), current="signals", in_detail=False).regions
    assert needs_tabs(width, height) == (not has_all) == ("history" not in regions)
    if has_all:
        assert regions["history"].width == width


@pytest.mark.parametrize(
    ("height", "row_heights", "heights"),
    [
        (27, (1, 1), (8, 8, 7, 4)),
        # A screen of 36 lines with a message of two lines.
        (31, (2, 1), (14, 8, 4, 5)),
        (33, (2, 1), (14, 8, 6, 5)),
        (45, (2, 2), (14, 14, 10, 7)),
    ],
)
def test_the_signals_and_then_the_gates_get_two_lines_if_both_are_complete(
    height: int, row_heights: tuple[int, int], heights: tuple[int, ...]
) -> None:
    rows = {"signals": 6, "gates": 6, "notes": 12, "history": 10}
    made = compute_layout(120, height, rows=rows, current="signals", in_detail=False)
    assert made.row_heights == dict(zip(("signals", "gates"), row_heights, strict=True))
    assert tuple(made.regions[name].height for name in PANES) == heights


async def test_a_dismissed_message_gives_all_panes_their_place_again(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(120, SHORT + HEAD_AND_FOOT)) as (app, pilot):
        await until(pilot, lambda: "╭─ 4 History" in shown(app))
        app.main.banner.add("The record is damaged.", "warning")
        await until(pilot, lambda: "3 Notes 1" in shown(app) and "╭─ 4 History" not in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "╭─ 4 History" in shown(app))
