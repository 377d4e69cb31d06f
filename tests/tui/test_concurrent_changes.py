"""Concurrent changes: a change by another user is shown before it is overwritten."""

import datetime as dt
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input, TextArea

from pawtui.review.actions import ChangeFactory, close_review
from pawtui.review.gate_actions import set_gate, tick_part
from pawtui.review.note_actions import add_note, edit_note, remove_note
from pawtui.review.verdict_actions import give_verdict
from pawtui.tui.app import PawtuiApp
from pawtui.tui.choice_list import ChoiceList
from tests.tui.support import (
    NOW,
    TestWorkspace,
    make_app,
    make_workspace,
    offline,
    one_line,
    paste,
    record,
    refresh,
    shown,
    store_refresh,
    tracker,
    until,
)

TRACKER = tracker()


@pytest.fixture
def workspace(tmp_path: Path) -> TestWorkspace:
    return make_workspace(tmp_path, record(), open_source=offline)


@pytest.fixture
def app(workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch) -> PawtuiApp:
    """Return an app that does not watch the record for changes by other processes."""
    monkeypatch.setattr(PawtuiApp, "CHECK_EVERY", 3600.0)
    return make_app(workspace)


def commit_as_ana(workspace: TestWorkspace, make: ChangeFactory) -> None:
    """Record a change of Ana in another process."""
    make_workspace(workspace.store.path.parents[1], user="ana").record_change(make)


async def test_a_verdict_is_refused_once_after_a_new_measurement(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("v", "enter")
        await paste(pilot, "as ever")
        assert "measured = met" in one_line(app)
        again = refresh(0, up="e", states=("unmet", "unmet", "unknown"))
        store_refresh(workspace.store, replace(again, id="refresh-1000", at=NOW))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "it is unmet (before: met)" in one_line(app))
        assert "Ctrl+S saves your change anyway." in one_line(app)
        assert "measured x unmet" in one_line(app), "the new state is shown"
        assert app.screen.query_one("#reason", TextArea).text == "as ever", "the typed text stays"
        assert "released" not in workspace.store.load().verdicts
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    verdict = workspace.store.load().verdicts["released"]
    assert (verdict.state, verdict.measured, verdict.reason) == ("met", "unmet", "as ever")


async def test_a_verdict_of_a_colleague_can_be_cleared_in_the_open_dialog(
    workspace: TestWorkspace, app: PawtuiApp
) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("j", "v", "down", "enter")
        await paste(pilot, "only tidying")
        assert "- clear" not in one_line(app)
        commit_as_ana(workspace, lambda context: give_verdict(context, "calm", "met", reason="ok"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "- clear" in one_line(app))
        assert app.screen.query_one(ChoiceList).chosen == "partial", "the choice stays"


async def test_a_gate_that_a_colleague_set_is_shown_before_it_is_overwritten(
    workspace: TestWorkspace, app: PawtuiApp
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "b")
        await paste(pilot, "old ids")
        commit_as_ana(
            workspace,
            lambda context: set_gate(context, "sessions", "satisfied", pins=["loom/loom#5"]),
        )
        await pilot.press("enter")
        await until(pilot, lambda: "ana set sessions to satisfied and ticked open, read at" in one_line(app))
        assert "now [x] satisfied ana" in one_line(app)
        assert workspace.store.load().gates["sessions"].state == "satisfied"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
    assert (workspace.store.load().gates["sessions"].state, workspace.store.load().gates["sessions"].reason) == (
        "blocked",
        "old ids",
    )


async def test_the_change_of_a_colleague_is_visible_on_a_short_screen(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G", "v", "enter")
        await paste(pilot, ", no")
        commit_as_ana(
            workspace,
            lambda context: give_verdict(context, "story", "unmet", reason="it is gone from the specs again"),
        )
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "ana gave story the verdict unmet at" in one_line(app))
        await until(pilot, lambda: "(before: met). Ctrl+S saves your change anyway." in one_line(app))
        assert "Ctrl+S Save" in one_line(app)
        assert app.screen.query_one("#reason", TextArea).text.endswith(", no")


async def test_a_key_without_a_dialog_is_refused_once(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "G")
        commit_as_ana(workspace, lambda context: set_gate(context, "value", "blocked", reason="no users"))
        await pilot.press("s")
        await until(pilot, lambda: "ana set value to blocked at" in one_line(app))
        assert "Nothing was recorded: check it, then do it again." in one_line(app)
        assert "[!] blocked" in shown(app)
        assert workspace.store.load().gates["value"].state == "blocked"
        await pilot.press("s")
        await until(pilot, lambda: 'This removes the reason "no users".' in one_line(app))
        await pilot.press("y")
        await until(pilot, lambda: workspace.store.load().gates["value"].state == "satisfied")


async def test_a_part_that_a_colleague_ticked_is_not_unticked(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "enter")
        commit_as_ana(workspace, lambda context: tick_part(context, "sessions", "open"))
        await pilot.press("space")
        await until(pilot, lambda: "ana ticked part open of sessions at" in one_line(app))
        assert workspace.store.load().gates["sessions"].parts == ("open",)


async def test_fast_keys_are_not_refused_because_of_own_changes(workspace: TestWorkspace, app: PawtuiApp) -> None:
    """The app receives its own change as a message. A key before this message must not be refused."""
    async with app.run_test(size=(120, 36)) as pilot:
        ticks: list[ChangeFactory] = [
            lambda context: tick_part(context, "sessions", "open"),
            lambda context: tick_part(context, "sessions", "read"),
        ]
        for tick in ticks:
            app.record_change(tick, "gate:sessions")
        await until(pilot, lambda: len(workspace.store.load().log) == 6)
        assert "changed since" not in one_line(app)
    assert workspace.store.load().gates["sessions"].parts == ("open", "read")


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "removed"])
async def test_typed_text_stays_if_the_note_was_changed_or_removed(
    workspace: TestWorkspace, app: PawtuiApp, gone: bool
) -> None:
    (note_id,) = workspace.store.load().notes
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "E")
        app.screen.query_one("#text", TextArea).text = "my words"
        rewrite = partial(edit_note, note_id=note_id, text="her words")
        commit_as_ana(workspace, partial(remove_note, note_id=note_id) if gone else rewrite)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: f"ana {'removed' if gone else 'changed'} a note on calm at" in one_line(app))
        assert f"now {'removed' if gone else 'her words'}" in one_line(app)
        assert app.screen.query_one("#text", TextArea).text == "my words"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    (note,) = workspace.store.load().notes.values()
    assert (note.text, note.subject, note.by) == ("my words", "signal:calm", "ben" if gone else "ana")
    assert (note.id == note_id) is not gone


async def test_closing_is_refused_once_after_the_decision_changed(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("c")
        await paste(pilot, "wait")
        commit_as_ana(workspace, lambda context: set_gate(context, "replay", "untested"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "it is hold (before: no-go)" in one_line(app))
        assert "HOLD" in one_line(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    (review,) = workspace.store.load().reviews.values()
    assert (review.decision, review.recommendation) == ("hold", "wait")


async def test_closing_is_refused_once_after_a_colleague_closed(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("c")
        await paste(pilot, "wait")
        commit_as_ana(workspace, lambda context: close_review(context, "Not this year."))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "ana closed the review with no-go at" in one_line(app))
        assert [review.by for review in workspace.store.load().reviews.values()] == ["ana"]


async def test_the_close_dialog_names_the_refresh_whose_review_it_closes(
    workspace: TestWorkspace, app: PawtuiApp
) -> None:
    workspace.record_change(lambda context: close_review(context, "Wait."))
    app.overview = workspace.overview()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "Close the review of 2026-11-20" in shown(app) and "Closed by ben" in shown(app))
        later = replace(refresh(0), id="refresh-1000", at=NOW + dt.timedelta(days=7))
        store_refresh(workspace.store, later)
        await paste(pilot, " Still.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "the refresh of 2026-11-27 14:02 UTC was recorded" in one_line(app))
        assert "Close the review of 2026-11-27" in shown(app)
        assert "Closed by" not in shown(app), "the review of this refresh is open"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    assert workspace.store.load().reviews[later.id].recommendation == "Wait. Still."


async def test_undo_is_refused_once_if_the_last_change_is_a_new_one(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "G", "s")
        await until(pilot, lambda: app.overview.gate("value").state == "satisfied")
        # The same user, in another window.
        make_workspace(workspace.store.path.parents[1]).record_change(
            lambda context: give_verdict(context, "calm", "partial", reason="tidying")
        )
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "The change to undo changed since it was shown" in one_line(app))
        assert "calm" in workspace.store.load().verdicts
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "calm" not in workspace.store.load().verdicts)
    assert workspace.store.load().gates["value"].state == "satisfied"


async def test_agreeing_is_refused_once_after_the_state_changed(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("w", "right")
        await until(pilot, lambda: "Walk  2 of 6" in shown(app))
        commit_as_ana(workspace, lambda context: set_gate(context, "sessions", "blocked", reason="data loss"))
        await pilot.press("a")
        await until(pilot, lambda: "ana set sessions to blocked at" in one_line(app))
        assert not any(change.action.startswith("agree") for change in workspace.store.load().log)
        assert "Walk  2 of 6" in shown(app), "the refusal is shown at its item"


async def test_a_pin_gets_the_commit_that_was_shown(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "p")
        await paste(pilot, "up:src/a.ts")
        await until(pilot, lambda: f"src/a.ts  loom/loom@{'b' * 10}" in shown(app))
        store_refresh(workspace.store, replace(refresh(0, up="e"), id="refresh-1000", at=NOW + dt.timedelta(hours=1)))
        app.screen.query_one("#pin", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "sessions" in workspace.store.load().gates)
    assert workspace.store.load().gates["sessions"].pins == (f"loom/loom@{'b' * 40}:src/a.ts",)


async def test_a_new_note_is_not_refused_after_a_note_of_a_colleague(workspace: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n")
        await paste(pilot, "seen")
        commit_as_ana(workspace, lambda context: add_note(context, "released", "me too"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(workspace.store.load().notes) == 3)
