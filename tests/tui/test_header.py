"""The header of the main screen: the heads, the age, the next step, the tracker file and the decision."""

import datetime as dt
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from tests.tui.support import (
    NOW,
    TestWorkspace,
    is_shown,
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


async def test_the_last_refresh_is_shown_as_far_as_no_commit_is_cut(tmp_path: Path) -> None:
    past = record()
    old = replace(past.refreshes[0], at=NOW - dt.timedelta(days=8))
    heads = "up v2 @ aaaaaaaaaa 21 d  down main @ dddddddddd 3 mo"
    due = "Review due (r)"
    workspace = make_workspace(tmp_path, replace(past, refreshes=(old,)))
    async with running(workspace, size=(80, 36)) as (app, pilot):
        for width, status in (
            (80, due),
            (90, f"{due}  refreshed 8 d ago"),
            (120, f"{due}  refreshed 8 d ago, live, 4,971 requests left"),
        ):
            await pilot.resize_terminal(width, 36)
            expected = f" {heads}{status.rjust(width - 2 - len(heads))} "
            await until(pilot, partial(is_shown, app, expected))


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


async def test_doubts_about_refs_leave_space_for_the_commits(tmp_path: Path) -> None:
    last = record().refreshes[-1]
    up = replace(last.upstream, doubt="v2 does not contain v2.3.2")
    down = replace(last.downstream, ref="maintenance/v1", doubt="maintenance/v1 does not contain v1.9.0")
    one, both = replace(last, upstream=up), replace(last, upstream=up, downstream=down)
    heads = "up v2 @ bbbbbbbbbb ?  down maintena… @ dddddddddd ?"
    for refresh, width, expected in (
        (one, 80, "up v2 @ bbbbbbbbbb ?  down main @ dddddddddd 2 mo  v2 does not contain v2.3.2"),
        (both, 80, f"{heads}  v2 does not contain v2.3…"),
        (both, 140, f"{heads}  v2 does not contain v2.3.2  maintenance/v1 does not contain v1.9.0"),
    ):
        home = tmp_path / f"{refresh is both}{width}"
        app = make_app(make_workspace(home, replace(record(), refreshes=(refresh,))))
        async with app.run_test(size=(width, 36)):
            assert shown(app).split("\n")[1].strip() == expected


async def test_the_tracker_file_is_named_beside_the_title(workspace: TestWorkspace) -> None:
    workspace.description = "tracker: pawtui-of-ours.toml"
    async with running(workspace, size=(120, 36)) as (app, pilot):
        await until(pilot, lambda: f"{tracker().title}  {workspace.description} " in shown(app).split("\n")[0])
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.size.width == 80 and "tracker:" not in shown(app).split("\n")[0])
