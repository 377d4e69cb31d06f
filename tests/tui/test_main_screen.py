"""The main screen: its content at each size, and its keys."""

import datetime as dt
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.content import Content
from textual.events import Key
from textual.filter import Monochrome, NoColor

from pawtui.probes.probe_facts import CommitFacts, SoakFacts
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.review.record_types import Note, Record
from pawtui.tui.app import PawtuiApp
from pawtui.tui.panes.body import PaneTabs
from tests.tui.support import (
    NOW,
    TestWorkspace,
    cells,
    highlighted_command,
    is_shown,
    make_app,
    make_workspace,
    paste,
    record,
    refresh,
    running,
    sha,
    shown,
    tracker,
    until,
)


async def test_the_main_screen_shows_all_panes(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.pause()
        seen = shown(app)
    for words in (
        "tuft follows loom v2",
        "NO-GO",
        "2/3 signals, 0/3 gates",
        "v2 @ bbbbbbbbbb",
        "4,971 requests left",
        "1 Signals",
        "2 Gates",
        "3 Notes",
        "4 History",
        "= met",
        "x unmet",
        "by verdict",
        "[!] blocked",
        "0 of 2 parts",
        "≠ changed",
        "+229 commits, 300+ files",
    ):
        assert words in seen


async def test_the_first_start_shows_the_next_action(tmp_path: Path) -> None:
    async with running(make_workspace(tmp_path)) as (app, pilot):
        await pilot.pause()
        seen = shown(app)
    assert "No refresh is recorded. Start with r." in seen
    assert "Press r to measure both repositories" in seen
    assert "Press n on a signal or gate" in seen
    assert "no refresh yet" in seen


async def test_panes_are_tabs_on_a_narrow_screen_and_enter_opens_the_detail_at_full_width(
    workspace: TestWorkspace,
) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        for key, words in (("4", "2026-11-13"), ("3", "2.2 rejects"), ("2", "Sessions survive"), ("1", "Gates")):
            await pilot.press(key)
            await until(pilot, partial(is_shown, app, words))
            assert shown(app).count("╭") == 2, "one pane and the detail"
        assert "refreshed 2 h" in shown(app), "the time is complete"
        await pilot.press("j", "enter")
        await until(pilot, lambda: shown(app).count("╭") == 1)
        assert "Week by week" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: shown(app).count("╭") == 2)
        assert app.main.subject == "signal:calm"


@pytest.mark.frames
async def test_a_click_on_a_tab_shows_its_pane_and_marks_the_tab(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: _marked_tab(app) == " 1 Signals 3 ")
        await pilot.click(PaneTabs, offset=(16, 0), button=3)
        assert app.main.body.pane == "signals", "only the left button"
        await pilot.click(PaneTabs, offset=(16, 0))
        await until(pilot, lambda: _marked_tab(app) == " 2 Gates 3 ")
        assert app.main.subject == "gate:sessions"


def _marked_tab(app: PawtuiApp) -> str:
    return "".join(character for character, style in cells(app)[2] if style.reverse)


async def test_tab_cycles_through_panes_and_detail(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        visited = []
        for _ in range(6):
            await pilot.press("tab")
            visited.append(app.focused.id if app.focused else "")
        await pilot.press("shift+tab")
        assert app.main.body.signals.has_focus
    assert visited == ["gates", "notes", "history", "detail", "signals", "gates"]


async def test_o_opens_exactly_the_marked_evidence_and_y_copies_its_pin(workspace: TestWorkspace) -> None:
    opened: list[str] = []
    app = make_app(workspace, opened)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("o")
        await until(pilot, lambda: opened)
        await pilot.press("enter", "j", "o", "y")
        await until(pilot, lambda: len(opened) == 2)
        await pilot.press("k", "y")
    assert opened == [
        f"https://github.com/loom/loom/commit/{sha('c')}",
        f"https://github.com/loom/loom/blob/{sha('b')}/src/runner/llm.ts",
    ]
    assert app.clipboard == f"loom/loom@{sha('c')}"


async def test_chart_and_surfaces_are_readable_without_colour(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(120, 50)) as (app, pilot):
        await pilot.press("j", "enter")
        seen = shown(app)
    assert "runner" in seen
    assert "54" in seen
    assert "31" in seen
    assert "08-28" in seen
    assert "█" in seen


async def test_a_filter_shows_the_matching_rows(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "slash", *"replay", "enter")
        await pilot.pause()
        assert [status.gate.id for status in app.main.body.gates.items] == ["replay"]
        assert "1 of 3 match" in shown(app)
        assert app.main.subject == "gate:replay"
        await pilot.press("b", *"late", "enter")
        await until(pilot, lambda: app.overview.gate("replay").summary == "late")
        await pilot.pause()
        assert "1 of 3 match" in shown(app), "also after a change"
        await pilot.press("escape")
        await pilot.pause()
        assert len(app.main.body.gates.items) == 3
        assert "of 3 satisfied" in shown(app)


async def test_a_filter_in_a_full_screen_detail_shows_the_list(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "enter", "slash", *"zzz")
        await until(pilot, lambda: '0 of 3 match "zzz"' in shown(app))


async def test_the_palette_goes_to_a_gate(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("ctrl+p")
        await paste(pilot, "go to gate replay")
        await until(pilot, lambda: "Go to gate replay" in highlighted_command(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.main.subject == "gate:replay")


async def test_a_tracker_without_signals_or_gates_still_opens(tmp_path: Path) -> None:
    bare = replace(tracker(), signals=(), gates=())
    async with running(make_workspace(tmp_path, Record(refreshes=(refresh(0),)), of=bare)) as (app, pilot):
        await pilot.press("j", "enter", "2", "j", "space", "o", "y")
        assert "No signals in the tracker." in shown(app)
        assert "Nothing selected." in shown(app)


@pytest.mark.frames
async def test_the_app_runs_at_every_size(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        for size in ((1, 1), (20, 5), (100, 30), (180, 50)):
            await pilot.resize_terminal(*size)
            await pilot.press("j", "2", "enter", "j")
            await pilot.resize_terminal(80, 24)
            await pilot.press("1")
            await until(pilot, lambda: "The runtime is calm" in shown(app))


async def test_one_click_moves_the_cursor(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.pause()
        await pilot.click("#gates", offset=(5, 4))
        await until(pilot, lambda: app.main.subject == "gate:replay")


@pytest.mark.frames
async def test_only_visible_rows_of_ten_thousand_notes_are_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = record()
    note = next(iter(made.notes.values()))
    notes = {f"n{number:05}": replace(note, id=f"n{number:05}", text=f"note {number}") for number in range(10_000)}
    workspace = make_workspace(tmp_path)
    async with running(workspace) as (app, pilot):
        painted: list[str] = []
        row_lines = app.main.body.notes.row_lines

        def counting(item: Note, width: int) -> list[Content]:
            painted.append(item.id)
            return row_lines(item, width)

        monkeypatch.setattr(app.main.body.notes, "row_lines", counting)
        app.overview = workspace.overview_of(replace(made, notes=notes))
        await pilot.pause()
        assert 0 < len(painted) < 40
        await pilot.press("3", "G")
        await until(pilot, lambda: "note 0" in shown(app))
        assert len(painted) < 120


async def test_no_color_removes_colours(workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("TEXTUAL_THEME", raising=False)
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.pause()
        kinds = {type(kind) for kind in app.get_line_filters()}
    assert app.theme == "ansi-dark"
    assert NoColor in kinds
    assert Monochrome not in kinds


async def test_a_fast_key_acts_on_the_row_under_the_cursor(
    workspace: TestWorkspace,
) -> None:
    opened: list[str] = []
    app = make_app(workspace, opened)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        for key in ("j", "o"):
            app.post_message(Key(key, key))
        await until(pilot, lambda: opened)
    assert opened == [f"https://github.com/loom/loom/commit/{sha('b')}"], "not the evidence of the previous row"


async def test_a_fast_key_acts_on_the_pane_of_the_key_before_it(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.pause()
        for key in ("2", "G"):
            app.post_message(Key(key, key))
        await until(pilot, lambda: app.main.body.gates.cursor == 2)
        assert app.main.body.signals.cursor == 0


async def test_both_conditions_of_a_soak_window_have_dates(tmp_path: Path) -> None:
    facts = SoakFacts(
        mode="both",
        days=28,
        releases=7,
        minors=1,
        anchor="v2.0.0",
        anchor_at=dt.datetime(2026, 10, 19, 12, tzinfo=dt.UTC),
        age_days=32,
        age_on=dt.date(2026, 11, 16),
        quiet_days=14,
        quiet_on=dt.date(2026, 12, 4),
        releases_closed=True,
        last_break=CommitFacts(sha=sha("e"), subject="feat!: [/rename]", at=dt.datetime(2026, 11, 6, tzinfo=dt.UTC)),
        met_on=dt.date(2026, 12, 4),
    )
    made = record()
    last = made.refreshes[-1]
    probe = replace(last.signals[0].probes[0], kind="soak", facts=facts)
    signals = (replace(last.signals[0], probes=(probe,)), *last.signals[1:])
    plan = PlanStatus(state="waiting", url="https://github.com/tuft/tuft/issues/1#c1", since=NOW, plan_by="mira")
    made = Record(refreshes=(replace(last, signals=signals, plan=plan),))
    async with running(make_workspace(tmp_path, made), size=(120, 60)) as (app, pilot):
        await pilot.pause()
        seen = shown(app)
        await pilot.press("S")
        await until(pilot, lambda: "waiting for approval since 2026-11-20 (posted by mira)" in shown(app))
    for words in (
        "since v2.0.0 (2026-10-19); needs",
        "███████░░░░░░░  14 of 28 days; enough",
        "32 of 28 days; enough",
        "7 releases, 1 new minor: enough",
        "eeeeeeeeee  feat!: [/rename]",
        "closes      2026-12-04, if nothing breaks before",
    ):
        assert words in seen


async def test_the_first_refresh_is_not_compared_with_itself(workspace: TestWorkspace) -> None:
    async with running(workspace, notifications=True) as (app, pilot):
        await pilot.press("4", "G", "d")
        await until(pilot, lambda: "Select a later one to compare" in shown(app))
        assert app.screen is app.main
        await pilot.press("k", "d")
        await until(pilot, lambda: "2026-10-30 12:02 to 2026-11-06 12:02" in shown(app))
