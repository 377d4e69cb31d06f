"""The header of the main screen: the heads, the age, the next step, the tracker file and the decision."""

import datetime as dt
from pathlib import Path

import pytest
from msgspec.structs import replace

from pawtui.tui.panes.header import Header
from tests.tui.support import (
    NOW,
    TestWorkspace,
    make_app,
    make_workspace,
    record,
    running,
    shown,
    tracker,
    until,
)


async def test_a_changed_tracker_is_named_above_all_panes(tmp_path: Path) -> None:
    past = record()
    last = replace(past.refreshes[-1], rules="of another tracker")
    app = make_app(make_workspace(tmp_path, replace(past, refreshes=(*past.refreshes[:-1], last))))
    async with app.run_test(size=(80, 24)):
        assert "Tracker changed  refreshed 2 h" in shown(app)


async def test_a_due_review_names_the_key_of_the_next_step(tmp_path: Path) -> None:
    past = record()
    old = replace(past.refreshes[0], at=NOW - dt.timedelta(days=8))
    app = make_app(make_workspace(tmp_path, replace(past, refreshes=(old,))))
    async with app.run_test(size=(120, 36)):
        assert "Review due (r)  refreshed 8 days ago" in shown(app)


async def test_a_long_ref_leaves_space_for_both_commits(tmp_path: Path) -> None:
    past = record()
    last = past.refreshes[-1]
    last = replace(last, upstream=replace(last.upstream, ref="feature/a-branch-with-a-long-name"))
    app = make_app(make_workspace(tmp_path, replace(past, refreshes=(*past.refreshes[:-1], last))))
    async with app.run_test(size=(80, 24)):
        assert "up feature/… @ bbbbbbbbbb  down main @ dddddddddd" in shown(app)


async def test_a_due_review_leaves_space_for_both_commits(tmp_path: Path) -> None:
    old = replace(record().refreshes[-1], at=NOW - dt.timedelta(days=40))
    long = {
        side: replace(getattr(old, side), ref="feature/a-branch-with-a-long-name")
        for side in ("upstream", "downstream")
    }
    app = make_app(make_workspace(tmp_path, replace(record(), refreshes=(replace(old, **long),))))
    async with app.run_test(size=(120, 36)):
        assert "up feature/… @ bbbbbbbbbb     down feature/… @ dddddddddd" in shown(app)
        assert "Review due  refreshed 40 d ago" in shown(app)


@pytest.mark.parametrize(
    ("doubt", "heads"),
    [
        ("", "up feature/… @ bbbbbbbbbb  down feature/… @ dddddddddd "),
        ("v2 does not contain v2.3.2", "up feature/… @ bbbbbbbbbb ?  down feature/… @ dddddddddd ? "),
    ],
)
async def test_two_long_refs_cut_no_commit_on_a_narrow_screen(tmp_path: Path, doubt: str, heads: str) -> None:
    old = replace(record().refreshes[-1], at=NOW - dt.timedelta(days=40))
    long = {
        side: replace(getattr(old, side), ref="feature/a-branch-with-a-long-name", doubt=doubt)
        for side in ("upstream", "downstream")
    }
    app = make_app(make_workspace(tmp_path, replace(record(), refreshes=(replace(old, **long),))))
    async with app.run_test(size=(80, 24)):
        second = shown(app).split("\n")[1]
    assert heads in second
    assert second.rstrip().endswith("Review due")


@pytest.mark.parametrize(
    ("width", "description"), [(70, ""), (80, "tracker: pawtui…"), (120, "tracker: pawtui-of-ours.toml")]
)
async def test_only_a_fragment_of_the_tracker_file_is_omitted(
    workspace: TestWorkspace, width: int, description: str
) -> None:
    workspace.description = "tracker: pawtui-of-ours.toml"
    async with running(workspace, size=(width, 36)) as (app, pilot):
        await pilot.pause()
        heading = shown(app).split("\n")[0]
        assert heading.partition("NO-GO")[0].split(f"{tracker().title}")[1].strip() == description


async def test_a_click_on_the_decision_shows_its_reasons(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.click(Header, offset=(100, 0), button=3)
        await pilot.pause()
        assert app.screen is app.main
        await pilot.click(Header, offset=(100, 0))
        await until(pilot, lambda: "Blocked: " in shown(app) and app.screen is not app.main)
