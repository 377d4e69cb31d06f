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
    ("width", "height", "history"),
    [(80, 21, None), (99, 60, None), (120, 25, None), (100, 27, "full width"), (200, 57, "below the detail")],
)
def test_the_layout_follows_the_size(width: int, height: int, history: str | None) -> None:
    regions = compute_layout(width, height, rows=dict.fromkeys(PANES, 5), current="signals", in_detail=False).regions
    assert needs_tabs(width, height) == (history is None) == ("history" not in regions)
    if history:
        assert regions["history"].x == (regions[DETAIL].x if history == "below the detail" else 0)


def test_a_long_history_takes_no_line_from_the_signals_and_gates() -> None:
    rows = {"signals": 5, "gates": 6, "notes": 2, "history": 10}
    made = compute_layout(120, 30, rows=rows, current="signals", in_detail=False)
    heights = {name: made.regions[name].height for name in PANES}
    assert made.row_heights == {"signals": 2, "gates": 1}
    assert heights == {"signals": 12, "gates": 8, "notes": 5, "history": 5}


def test_all_panes_of_a_small_tracker_are_complete_on_a_short_screen() -> None:
    rows = {"signals": 6, "gates": 6, "notes": 12, "history": 8}
    made = compute_layout(100, 27, rows=rows, current="signals", in_detail=False)
    assert {name: made.regions[name].height for name in PANES} == {"signals": 8, "gates": 8, "notes": 6, "history": 5}


async def test_a_dismissed_message_gives_all_panes_their_place_again(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(120, SHORT + HEAD_AND_FOOT)) as (app, pilot):
        await until(pilot, lambda: "╭─ 4 History" in shown(app))
        app.main.banner.add("The record is damaged.", "warning")
        await until(pilot, lambda: "3 Notes 1" in shown(app) and "╭─ 4 History" not in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "╭─ 4 History" in shown(app))
