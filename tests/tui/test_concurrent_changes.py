"""Concurrent changes: a change by another user is shown before it is overwritten."""

import datetime as dt
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input, TextArea

from pawtui.review.actions import Actor
from pawtui.review.basis import ChangeFactory
from pawtui.review.gate_actions import set_gate, tick_part
from pawtui.review.note_actions import add_note, edit_note, remove_note
from pawtui.review.record_types import Change, Record
from pawtui.review.signal_actions import close_review, give_verdict
from pawtui.tui.app import PawtuiApp
from tests.tui.support import (
    NOW,
    TestWorkspace,
    app_at,
    paste,
    record,
    refresh,
    shown,
    store_refresh,
    tracker,
    until,
    workspace,
)

TRACKER = tracker()


@pytest.fixture
def at(tmp_path: Path) -> TestWorkspace:
    return workspace(tmp_path, record())


@pytest.fixture
def app(at: TestWorkspace, monkeypatch: pytest.MonkeyPatch) -> PawtuiApp:
    """Return an app that does not watch the record for changes by other processes."""
    monkeypatch.setattr(PawtuiApp, "WATCH_EVERY", 3600.0)
    return app_at(at)


def commit_as_ana(at: TestWorkspace, make: ChangeFactory) -> None:
    """Commit a change of Ana in another process."""
    workspace(at.store.path.parents[1], user="ana").commit(make)


def words(app: PawtuiApp) -> str:
    """Return the text of the screen as one line without frames."""
    return " ".join(shown(app).replace("│", " ").split())


async def test_a_verdict_is_refused_once_after_a_new_measurement(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("v", "enter")
        await paste(pilot, "as ever")
        assert "measured = met" in words(app)
        again = refresh(0, up="e", states=("unmet", "unmet", "unknown"))
        store_refresh(at.store, replace(again, id="refresh-1000", at=NOW))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "measured unmet (before: met)" in words(app))
        assert "Ctrl+S saves your change anyway." in words(app)
        assert "measured x unmet" in words(app), "the new state is shown"
        assert app.screen.query_one("#reason", TextArea).text == "as ever", "the typed text stays"
        assert "released" not in at.store.load().verdicts
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    verdict = at.store.load().verdicts["released"]
    assert (verdict.state, verdict.measured, verdict.reason) == ("met", "unmet", "as ever")


async def test_a_gate_that_a_colleague_set_is_shown_before_it_is_overwritten(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "b")
        await paste(pilot, "old ids")
        commit_as_ana(at, lambda r, w: set_gate(r, TRACKER, "sessions", "satisfied", w, pins=["loom/loom#5"]))
        await pilot.press("enter")
        await until(pilot, lambda: "ana set sessions to satisfied at" in words(app))
        assert "now [x] satisfied ana" in words(app)
        assert at.store.load().gates["sessions"].state == "satisfied"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
    assert (at.store.load().gates["sessions"].state, at.store.load().gates["sessions"].reason) == ("blocked", "old ids")


async def test_the_foreign_change_is_visible_on_a_short_screen(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G", "v", "enter", *"no: ")
        commit_as_ana(
            at, lambda r, w: give_verdict(r, TRACKER, "story", "unmet", w, reason="it is gone from the specs again")
        )
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "ana gave story the verdict unmet at" in words(app))
        await until(pilot, lambda: "(before: met). Ctrl+S saves your change anyway." in words(app))
        assert "^s save" in words(app)
        assert app.screen.query_one("#reason", TextArea).text.startswith("no: ")


async def test_a_key_without_a_dialog_is_refused_once(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "G")
        commit_as_ana(at, lambda r, w: set_gate(r, TRACKER, "value", "blocked", w, reason="no users"))
        await pilot.press("s")
        await until(pilot, lambda: "ana set value to blocked at" in words(app))
        assert "Nothing was recorded: check it, then do it again." in words(app)
        assert "[!] blocked" in shown(app)
        assert at.store.load().gates["value"].state == "blocked"
        await pilot.press("s")
        await until(pilot, lambda: at.store.load().gates["value"].state == "satisfied")


async def test_a_part_that_a_colleague_ticked_is_not_unticked(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "enter")
        commit_as_ana(at, lambda r, w: tick_part(r, TRACKER, "sessions", "open", w))
        await pilot.press("space")
        await until(pilot, lambda: "ana ticked part open of sessions at" in words(app))
        assert at.store.load().gates["sessions"].parts == ("open",)


async def test_fast_keys_are_not_refused_because_of_own_changes(at: TestWorkspace, app: PawtuiApp) -> None:
    """The app receives its own change as a message. A key before this message must not be refused."""
    async with app.run_test(size=(120, 36)) as pilot:
        ticks: list[ChangeFactory] = [
            lambda r, w: tick_part(r, TRACKER, "sessions", "open", w),
            lambda r, w: tick_part(r, TRACKER, "sessions", "read", w),
        ]
        for tick in ticks:
            app.main.commit(tick, "gate:sessions")
        await until(pilot, lambda: len(at.store.load().log) == 6)
        assert "changed since" not in words(app)
    assert at.store.load().gates["sessions"].parts == ("open", "read")


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "removed"])
async def test_typed_text_stays_if_the_note_was_changed_or_removed(
    at: TestWorkspace, app: PawtuiApp, gone: bool
) -> None:
    (note_id,) = at.store.load().notes
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "E")
        app.screen.query_one("#text", TextArea).text = "my words"
        change: ChangeFactory = partial(_drop, note_id) if gone else partial(_rewrite, note_id)
        commit_as_ana(at, change)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: f"ana {'removed' if gone else 'changed'} a note on signal:calm at" in words(app))
        assert f"now {'removed' if gone else 'her words'}" in words(app)
        assert app.screen.query_one("#text", TextArea).text == "my words"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    (note,) = at.store.load().notes.values()
    assert (note.text, note.subject, note.by) == ("my words", "signal:calm", "ben" if gone else "ana")
    assert (note.id == note_id) is not gone


def _drop(note_id: str, record: Record, actor: Actor) -> Change:
    return remove_note(record, note_id, actor)


def _rewrite(note_id: str, record: Record, actor: Actor) -> Change:
    return edit_note(record, note_id, "her words", actor)


async def test_closing_is_refused_once_after_the_decision_changed(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("c", *"wait")
        commit_as_ana(at, lambda r, w: set_gate(r, TRACKER, "replay", "untested", w))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "the decision is hold (before: no-go)" in words(app))
        assert "HOLD" in words(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    (review,) = at.store.load().reviews.values()
    assert (review.decision, review.recommendation) == ("hold", "wait")


async def test_closing_is_refused_once_after_a_colleague_closed(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("c", *"wait")
        commit_as_ana(at, lambda r, w: close_review(r, "no-go", "Not this year.", w))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "ana closed the review: no-go at" in words(app))
        assert [review.by for review in at.store.load().reviews.values()] == ["ana"]


async def test_undo_is_refused_once_if_the_last_change_is_a_new_one(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "G", "s")
        await until(pilot, lambda: app.overview and app.overview.gate("value").state == "satisfied")
        # The same user, in another window.
        workspace(at.store.path.parents[1]).commit(
            lambda r, w: give_verdict(r, TRACKER, "calm", "partial", w, reason="tidying")
        )
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "The change to undo changed since it was shown" in words(app))
        assert "calm" in at.store.load().verdicts
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "calm" not in at.store.load().verdicts)
    assert at.store.load().gates["value"].state == "satisfied"


async def test_agreeing_is_refused_once_after_the_state_changed(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("w", "right")
        await until(pilot, lambda: "step 2 of 6" in shown(app))
        commit_as_ana(at, lambda r, w: set_gate(r, TRACKER, "sessions", "blocked", w, reason="data loss"))
        await pilot.press("a")
        await until(pilot, lambda: "ana set sessions to blocked at" in words(app))
        assert not any(change.action.startswith("agree") for change in at.store.load().log)


async def test_a_pin_gets_the_commit_that_was_shown(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "p")
        await paste(pilot, "up:src/a.ts")
        await until(pilot, lambda: f"= loom/loom@{'b' * 10}:src/a.ts" in shown(app))
        store_refresh(at.store, replace(refresh(0, up="e"), id="refresh-1000", at=NOW + dt.timedelta(hours=1)))
        app.screen.query_one("#pin", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "sessions" in at.store.load().gates)
    assert at.store.load().gates["sessions"].pins == (f"loom/loom@{'b' * 40}:src/a.ts",)


async def test_an_own_change_of_a_note_is_not_refused(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", *"seen")
        commit_as_ana(at, lambda r, w: add_note(r, TRACKER, "released", "me too", w))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(at.store.load().notes) == 3)
