"""The header of the main screen: the heads, the age, the next step, the tracker file and the decision."""

import datetime as dt
from pathlib import Path

import pytest
from msgspec.structs import replace

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
        assert "  Tracker changed (r)" in shown(app)


async def test_a_due_review_names_the_key_of_the_next_step(tmp_path: Path) -> None:
    past = record()
    old = replace(past.refreshes[0], at=NOW - dt.timedelta(days=8))
    app = make_app(make_workspace(tmp_path, replace(past, refreshes=(old,))))
    async with app.run_test(size=(120, 36)):
        assert "Review due (r)  refreshed 8 d ago" in shown(app)


async def test_two_long_refs_cut_no_commit_on_a_narrow_screen(tmp_path: Path) -> None:
    old = replace(record().refreshes[-1], at=NOW - dt.timedelta(days=40))
    long = {
        side: replace(getattr(old, side), ref="feature/a-branch-with-a-long-name")
        for side in ("upstream", "downstream")
    }
    app = make_app(make_workspace(tmp_path, replace(record(), refreshes=(replace(old, **long),))))
    async with app.run_test(size=(80, 24)):
        second = shown(app).split("\n")[1]
    assert " up feature/… @ bbbbbbbbbb 4 h  down feature/… @ dddddddddd" in second
    assert second.rstrip().endswith("Review due (r)")


@pytest.mark.parametrize("width", [80, 120])
async def test_a_doubt_about_a_ref_is_never_cut(tmp_path: Path, width: int) -> None:
    last = record().refreshes[-1]
    last = replace(last, upstream=replace(last.upstream, doubt="v2 does not contain v2.3.2"))
    app = make_app(make_workspace(tmp_path, replace(record(), refreshes=(last,))))
    async with app.run_test(size=(width, 36)):
        second = shown(app).split("\n")[1]
    assert "  unknown: v2 does not contain v2.3.2 " in f"{second} "
    assert second.startswith(" up v2 @ bbbbbbbbbb ")


async def test_the_tracker_file_is_named_beside_the_title(workspace: TestWorkspace) -> None:
    workspace.description = "tracker: pawtui-of-ours.toml"
    async with running(workspace, size=(120, 36)) as (app, pilot):
        await until(pilot, lambda: f"{tracker().title}  {workspace.description} " in shown(app).split("\n")[0])
