"""Two people at one record: what somebody else changed under an open dialog or a key is told before it is replaced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input, TextArea

from pawtui.review.actions import Actor
from pawtui.review.gate_actions import set_gate, tick_part
from pawtui.review.judgements import close_review, give_verdict
from pawtui.review.note_actions import add_note, edit_note, remove_note
from pawtui.review.record_types import Change, Record
from pawtui.tui.app import PawtuiApp
from tests.tui.support import (
    NOW,
    TestWorkspace,
    app_at,
    keep_refresh,
    record,
    refresh,
    shown,
    tracker,
    until,
    workspace,
)

ACT = Callable[[Record, Actor], Change]
TRACKER = tracker()


@pytest.fixture
def at(tmp_path: Path) -> TestWorkspace:
    return workspace(tmp_path, record())


@pytest.fixture
def app(at: TestWorkspace, monkeypatch: pytest.MonkeyPatch) -> PawtuiApp:
    """An app that does not look for other processes' writes by itself."""
    monkeypatch.setattr(PawtuiApp, "WATCH_EVERY", 3600.0)
    return app_at(at)


def elsewhere(at: TestWorkspace, make: ACT) -> None:
    """Ana acts in a process of her own."""
    workspace(at.store.path.parents[1], user="ana").commit(make)


def words(app: PawtuiApp) -> str:
    """What stands on the screen as one line without frames."""
    return " ".join(shown(app).replace("│", " ").split())


async def test_a_verdict_over_a_state_that_was_measured_anew_is_asked_again(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("v", "enter", *"as ever")
        assert "measured = met" in words(app)
        again = refresh(0, up="e", states=("unmet", "unmet", "unknown"))
        keep_refresh(at.store, replace(again, id="refresh-1000", at=NOW))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "measured unmet (before: met)" in words(app))
        assert "Ctrl+S records yours over it." in words(app)
        assert "measured x unmet" in words(app), "the new state is shown"
        assert app.screen.query_one("#reason", TextArea).text == "as ever", "nothing typed is lost"
        assert "released" not in at.store.load().verdicts
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    verdict = at.store.load().verdicts["released"]
    assert (verdict.state, verdict.measured, verdict.reason) == ("met", "unmet", "as ever")


async def test_a_gate_that_a_colleague_set_meanwhile_is_not_written_over_unseen(
    at: TestWorkspace, app: PawtuiApp
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2", "b", *"old ids")
        elsewhere(at, lambda r, w: set_gate(r, TRACKER, "sessions", "satisfied", w, pins=["loom/loom#5"]))
        await pilot.press("enter")
        await until(pilot, lambda: "ana set sessions to satisfied at" in words(app))
        assert "now [x] satisfied ana" in words(app)
        assert at.store.load().gates["sessions"].state == "satisfied"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
    assert (at.store.load().gates["sessions"].state, at.store.load().gates["sessions"].reason) == ("blocked", "old ids")


async def test_what_changed_is_in_view_on_a_short_screen(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G", "v", "enter", *"no: ")
        elsewhere(
            at, lambda r, w: give_verdict(r, TRACKER, "story", "unmet", w, reason="it is gone from the specs again")
        )
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "ana judged story unmet at" in words(app))
        await until(pilot, lambda: "(before: met). Ctrl+S records yours over it." in words(app))
        assert "^s save" in words(app)
        assert app.screen.query_one("#reason", TextArea).text.startswith("no: ")


async def test_a_key_without_a_dialog_is_refused_once_and_shows_what_is_there(
    at: TestWorkspace, app: PawtuiApp
) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "G")
        elsewhere(at, lambda r, w: set_gate(r, TRACKER, "value", "blocked", w, reason="no users"))
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
        elsewhere(at, lambda r, w: tick_part(r, TRACKER, "sessions", "open", w))
        await pilot.press("space")
        await until(pilot, lambda: "ana ticked open of sessions at" in words(app))
        assert at.store.load().gates["sessions"].parts == ("open",)


async def test_keys_typed_faster_than_the_screen_follows_are_ones_own(at: TestWorkspace, app: PawtuiApp) -> None:
    """The app learns of an act of its own by a message: a key that comes before it must not be refused for it."""
    async with app.run_test(size=(120, 36)) as pilot:
        ticks: list[ACT] = [
            lambda r, w: tick_part(r, TRACKER, "sessions", "open", w),
            lambda r, w: tick_part(r, TRACKER, "sessions", "read", w),
        ]
        for tick in ticks:
            app.main.act(tick, "gate:sessions")
        await until(pilot, lambda: len(at.store.load().log) == 6)
        assert "changed since" not in words(app)
    assert at.store.load().gates["sessions"].parts == ("open", "read")


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "removed"])
async def test_a_note_that_somebody_else_changed_or_removed_keeps_what_was_typed(
    at: TestWorkspace, app: PawtuiApp, gone: bool
) -> None:
    (note_id,) = at.store.load().notes
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", "E")
        app.screen.query_one("#text", TextArea).text = "my words"
        change: ACT = partial(_drop, note_id) if gone else partial(_rewrite, note_id)
        elsewhere(at, change)
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


async def test_a_review_is_not_closed_on_another_decision(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("c", *"wait")
        elsewhere(at, lambda r, w: set_gate(r, TRACKER, "replay", "untested", w))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "the decision is hold (before: no-go)" in words(app))
        assert "HOLD" in words(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is app.main)
    (review,) = at.store.load().reviews.values()
    assert (review.decision, review.recommendation) == ("hold", "wait")


async def test_closing_over_a_colleagues_words_is_asked_again(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("c", *"wait")
        elsewhere(at, lambda r, w: close_review(r, "no-go", "Not this year.", w))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "ana closed the review: no-go at" in words(app))
        assert [one.by for one in at.store.load().reviews.values()] == ["ana"]


async def test_undo_is_for_the_act_that_was_shown(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "G", "s")
        await until(pilot, lambda: app.overview and app.overview.gate("value").state == "satisfied")
        # The same person, in another window.
        workspace(at.store.path.parents[1]).commit(
            lambda r, w: give_verdict(r, TRACKER, "calm", "partial", w, reason="tidying")
        )
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "The change to undo changed since it was shown" in words(app))
        assert "calm" in at.store.load().verdicts
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "calm" not in at.store.load().verdicts)
    assert at.store.load().gates["value"].state == "satisfied"


async def test_agreeing_in_the_walk_is_with_what_was_shown(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("w", "right")
        await until(pilot, lambda: "step 2 of 6" in shown(app))
        elsewhere(at, lambda r, w: set_gate(r, TRACKER, "sessions", "blocked", w, reason="data loss"))
        await pilot.press("a")
        await until(pilot, lambda: "ana set sessions to blocked at" in words(app))
        assert not any(change.action.startswith("agree") for change in at.store.load().log)


async def test_a_pin_is_recorded_at_the_commit_that_was_shown(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "p", *"up:src/a.ts")
        await until(pilot, lambda: f"= loom/loom@{'b' * 10}:src/a.ts" in shown(app))
        keep_refresh(at.store, replace(refresh(0, up="e"), id="refresh-1000", at=NOW + dt.timedelta(hours=1)))
        app.screen.query_one("#pin", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "sessions" in at.store.load().gates)
    assert at.store.load().gates["sessions"].pins == (f"loom/loom@{'b' * 40}:src/a.ts",)


async def test_a_note_of_ones_own_needs_no_second_key(at: TestWorkspace, app: PawtuiApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", *"seen")
        elsewhere(at, lambda r, w: add_note(r, TRACKER, "released", "me too", w))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(at.store.load().notes) == 3)
