"""The keys for gates, parts, pins, verdicts and undo."""

from pathlib import Path

from msgspec.structs import replace
from textual.widgets import Input

from pawtui.refresh.refresh_types import Drift
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.gate_actions import add_pin
from tests.tui.pinned_text import PIN, local_blob, local_tree, with_changed_pin, with_pin
from tests.tui.support import (
    NOW,
    UP,
    TestWorkspace,
    applied,
    is_shown,
    make_workspace,
    offline,
    paste,
    record,
    refresh,
    running,
    sha,
    shown,
    tracker,
    until,
)


async def test_satisfied_without_evidence_asks_for_a_pin(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, record(), open_source=offline)
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "s")
        await until(pilot, lambda: "sessions: satisfied" in shown(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "needs evidence to be satisfied" in shown(app))
        await paste(pilot, "up:src/session/db.ts#L3")
        await until(pilot, lambda: "? will be checked at the next refresh  src/session/db.ts#L3" in shown(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main and app.overview.gate("sessions").state == "satisfied")
        assert not app.overview.gate("sessions").counts_as_satisfied, "the file may not exist"
    entry = workspace.store.load().gates["sessions"]
    assert entry.pins == (f"loom/loom@{sha('b')}:src/session/db.ts#L3",)
    assert entry.parts == ("open", "read")
    assert (entry.by, entry.upstream, entry.downstream) == ("ben", sha("b"), sha("d"))


async def test_pasted_lines_of_a_reason_become_one_line(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "b", *"see ")
        await paste(pilot, "\n1. no counterpart\r\n  2. no export\n")
        reason = app.screen.query_one("#reason", Input)
        await until(pilot, lambda: reason.value == "see 1. no counterpart 2. no export")
        await pilot.press("!")
        assert reason.value.endswith("export!")
        # The spaces around a single line separate it from what is typed.
        await paste(pilot, " or import \n")
        await until(pilot, lambda: reason.value.endswith("export! or import "))


async def test_blocked_asks_for_a_reason(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "b", "enter")
        await until(pilot, lambda: "cannot be blocked without a reason" in shown(app))
        assert "Ctrl+S Save  Tab Next field  Esc Cancel" in shown(app)
        await paste(pilot, "old ids")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and "old ids" in shown(app))
    assert workspace.store.load().gates["sessions"].reason == "old ids"


async def test_space_sets_the_next_state_and_t_sets_untested(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "G", "space")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "satisfied")
        await until(pilot, lambda: app.overview.gate("value").state == "satisfied")
        await pilot.press("t")
        await until(pilot, lambda: workspace.store.load().log[-1].summary == "set value to untested")


async def test_satisfied_asks_before_it_ticks_parts(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "p")
        await paste(pilot, "loom/loom#5")
        await pilot.press("enter")
        await until(pilot, lambda: app.overview.gate("sessions").entry)
        await pilot.press("enter", "space")
        await until(pilot, lambda: app.overview.gate("sessions").summary == "1 of 2 parts")
        await pilot.press("escape")
        before = workspace.store.load().gates["sessions"]
        for key in ("space", "s"):
            await pilot.press(key)
            await until(pilot, lambda: "This also ticks: Read." in shown(app))
            await pilot.press("n")
            await until(pilot, lambda: app.screen is app.main)
            assert workspace.store.load().gates["sessions"] == before
        await pilot.press("s", "y")
        await until(pilot, lambda: workspace.store.load().gates["sessions"].state == "satisfied")
    assert workspace.store.load().gates["sessions"].parts == ("open", "read")


async def test_satisfied_asks_before_it_removes_the_reason_of_a_blocked_gate(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "G", "b")
        await paste(pilot, "no users yet")
        await pilot.press("enter")
        await until(pilot, lambda: app.overview.gate("value").state == "blocked")
        await pilot.press("s")
        await until(pilot, lambda: 'This removes the reason "no users yet". u: undo.' in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "satisfied")


async def test_the_evidence_dialog_lists_the_parts_that_it_ticks(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "space")
        await until(pilot, lambda: "Saving also ticks: Open, Read" in shown(app))


async def test_v_on_a_gate_shows_why_it_does_nothing(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24), notifications=True) as (app, pilot):
        await pilot.press("2", "v")
        await until(pilot, lambda: "Verdicts are for signals. s, b, t set a gate." in shown(app))
        assert app.screen is app.main
        assert "v Verdict" not in shown(app), "the footer does not show it"


async def test_parts_are_ticked_in_the_detail(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "enter", "space")
        await until(pilot, lambda: app.overview.gate("sessions").entry)
        assert "1 of 2" in shown(app)
        await pilot.press("j", "enter")
        await until(pilot, lambda: workspace.store.load().gates["sessions"].parts == ("open", "read"))


async def test_enter_shows_a_part_that_is_off_screen_before_it_ticks_it(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 10)) as (app, pilot):
        await pilot.press("2", "enter")
        await until(pilot, lambda: app.main.document_view.has_focus)
        assert not is_shown(app, "[ ] Open")
        await pilot.press("enter")
        await until(pilot, lambda: is_shown(app, "[ ] Open"))
        assert "sessions" not in workspace.store.load().gates
        await pilot.press("enter")
        await until(pilot, lambda: "sessions" in workspace.store.load().gates)
    assert workspace.store.load().gates["sessions"].parts == ("open",)


async def test_changes_are_undone_and_redone(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "G", "s")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "satisfied")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "untested")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "satisfied")
        await pilot.press("1", "u")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "untested")
        await pilot.press("u")
        await until(pilot, lambda: "no change to undo" in shown(app))


async def test_undo_and_redo_do_not_act_while_a_filter_is_typed(workspace: TestWorkspace) -> None:
    async with running(workspace) as (_app, pilot):
        await pilot.press("2", "G", "s")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "satisfied")
        changes = len(workspace.store.load().log)
        await pilot.press("slash", *"val", "ctrl+z", "ctrl+r")
        await pilot.pause(0.2)
        assert len(workspace.store.load().log) == changes
        await pilot.press("enter", "ctrl+z")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "untested")


async def test_a_pin_is_short_in_messages_and_in_the_log(workspace: TestWorkspace) -> None:
    async with running(workspace, notifications=True) as (app, pilot):
        await pilot.press("w", "right", "p")
        await paste(pilot, f"tuft/other@{sha('f')}:src/a.ts")
        await pilot.press("enter")
        await until(pilot, lambda: "Pinned a.ts to sessions." in shown(app))
        await pilot.press("escape", "L")
        await until(pilot, lambda: "pinned tuft/other@ffffffffff:src/a.ts to sessions" in shown(app))


async def test_the_pin_of_a_gate_is_no_mistake_while_it_is_typed(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "p", *"x/y")
        await pilot.pause()
        assert "is not a pin" not in shown(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "'x/y' is not a pin" in shown(app))
        await pilot.press("z")
        await until(pilot, lambda: "is not a pin" not in shown(app))


async def test_a_pin_is_added_to_a_gate(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24)) as (app, pilot):
        await pilot.press("2", "p")
        await paste(pilot, "https://github.com/loom/loom/issues/5")
        await until(pilot, lambda: "= issue  loom/loom#5" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "sessions" in workspace.store.load().gates)
    assert workspace.store.load().gates["sessions"].pins == ("loom/loom#5",)


async def test_a_verdict_overrides_the_measured_state(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("j", "v", "ctrl+s")
        await until(pilot, lambda: "The reason is empty" in shown(app))
        await pilot.press("down", "enter")
        await paste(pilot, "only tidying")
        await pilot.press("tab")
        await paste(pilot, "soon")
        await pilot.press("enter")
        await until(pilot, lambda: "The date is not valid" in shown(app))
        app.screen.query_one("#until", Input).value = "2026-12-31"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main and "by verdict" in shown(app))
    verdict = workspace.store.load().verdicts["calm"]
    assert (verdict.state, verdict.measured, str(verdict.until)) == ("partial", "unmet", "2026-12-31")


async def test_a_verdict_is_cleared(workspace: TestWorkspace) -> None:
    async with running(workspace) as (_app, pilot):
        await pilot.press("G", "v", "end", "ctrl+s")
        await until(pilot, lambda: not workspace.store.load().verdicts)


async def test_closing_records_decision_and_recommendation(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(120, 50)) as (app, pilot):
        await pilot.press("c")
        await paste(pilot, "not yet")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: workspace.store.load().reviews)
        await pilot.press("4")
        await until(pilot, lambda: "not yet" in shown(app))
        await pilot.press("c")
        await until(pilot, lambda: "Closed by ben, " in shown(app) and "Saving replaces the recomm" in shown(app))
    review = next(iter(workspace.store.load().reviews.values()))
    assert (review.decision, review.recommendation, review.by) == ("no-go", "not yet", "ben")


async def test_the_change_below_a_pin_selects_this_pin_to_renew(tmp_path: Path) -> None:
    made = with_changed_pin()
    other = f"{UP}@{sha('a')}:src/b.ts#L1"
    made = applied(made, add_pin(ActionContext(tracker(), made, Actor(by="ana", at=NOW)), "value", other))
    *before, last = made.refreshes
    moved = Drift(pin=other, state="moved", summary="moved", place=f"{UP}@{sha('b')}:src/b.ts#L2")
    made = replace(made, refreshes=(*before, replace(last, drift=(*last.drift, moved))))
    async with running(make_workspace(tmp_path, made), size=(100, 30)) as (app, pilot):
        await pilot.press("2", "G", "enter", "g")
        for _ in range(20):
            if app.main.target and app.main.target.changed_pin:
                break
            await pilot.press("j")
        await pilot.press("R")
        await until(pilot, lambda: "1 other stale pin: a renews all." in shown(app))
        assert "a All of them" in shown(app)
        await pilot.press("a")
        await until(pilot, lambda: app.screen is app.main and not app.overview.renewable_pins("gate:value"))


async def test_lines_of_a_difference_are_pinned_at_its_commit_after_a_later_refresh(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, with_pin(PIN), local_tree=local_tree, local_blob=local_blob)
    async with running(workspace, size=(100, 30)) as (app, pilot):
        await pilot.press("2", "G", "enter", "enter")
        await until(pilot, lambda: "89 lines" in shown(app))
        await pilot.press("d")
        await until(pilot, lambda: "+2 -1" in shown(app))
        later = replace(refresh(0, up="e"), id="refresh-1000", at=NOW)
        app.overview = workspace.overview_of(
            replace(app.overview.record, refreshes=(*app.overview.record.refreshes, later))
        )
        await pilot.press("g", "p")
        await until(pilot, lambda: len(workspace.store.load().gates["value"].pins) == 2)
    assert workspace.store.load().gates["value"].pins[-1] == f"{UP}@{sha('b')}:src/value.ts#L1"
