"""The timeline screen, and past days in the history."""

import datetime as dt
from pathlib import Path

from pawtui.demo.demo_workspace import demo_workspace
from pawtui.refresh.backfill import day_ends
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.timeline_document import timeline_document
from pawtui.tui.app import PawtuiApp
from tests.tui.support import shown, until

NOW = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)


async def test_each_week_is_shown(tmp_path: Path) -> None:
    workspace = demo_workspace(tmp_path, clock=lambda: NOW, latency=0.0)
    wanted = day_ends(dt.date(2026, 10, 2), dt.date(2026, 11, 13), 7)
    await workspace.backfill(wanted, lambda _progress: None)
    app = PawtuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: "7 past days" in shown(app))
        assert " past " in shown(app)
        assert "GO" not in shown(app).split("4 History")[1].split("7 past days")[0]
        await pilot.press("T")
        await until(pilot, lambda: "week of 2026-11-09" in shown(app))
        assert "2026-09-28 to 2026-11-09, 7 weeks" in shown(app)
        assert "default-path      x x = = = = =" in shown(app)
        assert "releases          · · v v v v v" in shown(app)
        assert "breaks            · · · b n · ·" in shown(app)
        await pilot.press("left", "left", "left")
        await until(pilot, lambda: "week of 2026-10-19" in shown(app))
        assert "release  v2.0.2" in shown(app)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "week of 2026-09-28" in shown(app))
        await pilot.press("right", "escape")
        await until(pilot, lambda: "4 History" in shown(app))


async def test_an_empty_chart_shows_the_next_command(tmp_path: Path) -> None:
    workspace = demo_workspace(tmp_path, clock=lambda: NOW, latency=0.0)
    app = PawtuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("T", "left")
        await until(pilot, lambda: "No refresh is recorded" in shown(app))
    assert "pawtui backfill --since DATE" in plain_text(timeline_document(workspace.overview()), 80)


async def test_a_chart_that_is_too_high_scrolls(tmp_path: Path) -> None:
    workspace = demo_workspace(tmp_path, clock=lambda: NOW, latency=0.0)
    await workspace.backfill(day_ends(dt.date(2026, 11, 6), dt.date(2026, 11, 13), 7), lambda _progress: None)
    app = PawtuiApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("T")
        await until(pilot, lambda: "week of 2026-11-09" in shown(app))
        await pilot.resize_terminal(80, 16)
        await until(pilot, lambda: "breaks" not in shown(app))
        lines = shown(app).splitlines()
        signals = workspace.overview().tracker.signals
        first = next(index for index, line in enumerate(lines) if line.strip().startswith(signals[0].id))
        assert lines[first + 1].strip().startswith(signals[1].id)
        assert "week of 2026-11-09" in shown(app)
        await pilot.press("shift+tab", *["down"] * 12)
        await until(pilot, lambda: "breaks            · ·" in shown(app))
        await pilot.press("left")
        await until(pilot, lambda: "week of 2026-11-02" in shown(app))
