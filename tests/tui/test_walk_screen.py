"""The walk screen: items, decisions, refusals, messages and undo."""

import datetime as dt
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from pawtui.refresh.refresh_types import Drift
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.gate_actions import set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import Record
from pawtui.review.undo import undo
from pawtui.review.verdict_actions import give_verdict
from pawtui.review.walk import agree
from pawtui.tui.document_view import DocumentView
from pawtui.tui.screens.export_screen import ExportScreen
from tests.tui.support import (
    NOW,
    UP,
    TestWorkspace,
    applied,
    highlighted_command,
    is_shown,
    make_app,
    make_workspace,
    one_line,
    paste,
    record,
    record_slowly,
    refresh,
    running,
    sha,
    shown,
    tracker,
    until,
)


async def test_space_never_sets_a_gate_in_the_walk(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("w")
        for number in range(1, 7):
            await until(pilot, partial(is_shown, app, f"Walk  {number} of 6"))
            await pilot.press("space", "right")
        await until(pilot, lambda: "Walk  at the end" in shown(app))
        await pilot.press("space")
    made = workspace.store.load()
    assert {name: entry.state for name, entry in made.gates.items()} == {
        "sessions": "untested",
        "replay": "blocked",
        "value": "untested",
    }
    assert made.gates["sessions"].parts == ("open",), "Space only ticks the marked part"


async def test_a_toast_replaces_the_last_one_and_covers_only_the_footer(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(80, 24), notifications=True) as (app, pilot):
        await pilot.press("2", "G")
        await until(pilot, lambda: "╭─ value " in shown(app))
        before = shown(app).split("\n")
        await pilot.press("s")
        await until(pilot, lambda: shown(app).split("\n")[-1].strip() == "Set value to satisfied.")
        await pilot.press("t", "t")
        await until(pilot, lambda: shown(app).split("\n")[-1].strip() == "Set value to untested.")
        await pilot.press("v", "v", "v")
        await until(pilot, lambda: "Verdicts are for signals" in shown(app).split("\n")[-1])
        after = shown(app).split("\n")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        # The keys of the next screen are not covered.
        await until(pilot, lambda: not app.screen.query("Toast"))
    assert [old for old, other in zip(before[3:], after[3:], strict=True) if old.startswith("╭") and old != other] == []
    assert after[-2].startswith("╰"), "the pane above is not covered"


async def test_u_undoes_at_every_item_of_the_walk(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("w", "right", "p")
        await paste(pilot, "loom/loom#5")
        await pilot.press("enter")
        await until(pilot, lambda: "sessions" in workspace.store.load().gates and "u Undo" in shown(app))
        await pilot.press("left")
        await until(pilot, lambda: "The runtime is calm" in shown(app))
        await pilot.press("u")
        await until(pilot, lambda: "sessions" not in workspace.store.load().gates)
        await pilot.press("ctrl+r", "right")
        await until(pilot, lambda: "sessions" in workspace.store.load().gates)
        await pilot.press("t")
        await until(pilot, lambda: workspace.store.load().log[-1].summary == "set sessions to untested")


async def test_untested_asks_before_a_reason_is_lost(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "j", "t")
        await until(pilot, lambda: 'This removes the reason "skill parts do not map". u: undo.' in shown(app))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is app.main)
        assert workspace.store.load().gates["replay"].state == "blocked"
        await pilot.press("t", "y")
        await until(pilot, lambda: workspace.store.load().gates["replay"].state == "untested")
        await until(pilot, lambda: app.screen is app.main)


async def test_untested_asks_before_all_ticks_are_lost(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "p")
        await paste(pilot, "loom/loom#5")
        await pilot.press("enter")
        await until(pilot, lambda: app.overview.gate("sessions").entry)
        await pilot.press("s", "y")
        await until(pilot, lambda: workspace.store.load().gates["sessions"].parts == ("open", "read"))
        await until(pilot, lambda: app.overview.gate("sessions").state == "satisfied")
        await pilot.press("t")
        await until(pilot, lambda: "This removes all 2 ticks. u: undo." in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
    assert workspace.store.load().gates["sessions"].state == "satisfied"


@pytest.mark.parametrize("key", ["space", "enter"])
async def test_an_invisible_part_is_shown_before_it_is_ticked(workspace: TestWorkspace, key: str) -> None:
    async with running(workspace, size=(80, 12)) as (app, pilot):
        await pilot.press("w", "right")
        await until(pilot, lambda: "Sessions survive" in shown(app))
        assert "[ ] Open" not in shown(app)
        await pilot.press(key)
        await until(pilot, lambda: "[ ] Open" in shown(app))
        assert "sessions" not in workspace.store.load().gates
        await pilot.press(key)
        await until(pilot, lambda: "[x] Open" in shown(app))


def with_stale_note() -> Record:
    """Return a record whose signal `calm` has a verdict, and a note with stale evidence."""
    made = record()
    (note,) = made.notes.values()
    ana = Actor(by="ana", at=NOW - dt.timedelta(hours=3))
    made = applied(made, give_verdict(ActionContext(tracker(), made, ana), "calm", "met", reason="tidying"))
    # The stale evidence counts because this note is newer than the verdict.
    return applied(made, add_note(ActionContext(tracker(), made, ana), "signal:calm", "seen again", pins=note.pins))


async def test_a_refused_agreement_shows_the_reason_and_the_remedy(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, with_stale_note())
    async with running(workspace, size=(80, 24), notifications=True) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: "Walk  1 of 6" in shown(app))
        assert "next n: note with another pin; or v: verdict" in one_line(app)
        await pilot.press("a")
        refused = "Cannot agree: evidence changed. n: note with another pin."
        await until(pilot, lambda: shown(app).split("\n")[-1].strip() == refused)
        assert "Walk  1 of 6" in shown(app)
        await pilot.press("right", "a")
        await until(pilot, lambda: "Walk  3 of 6, 1 decided" in shown(app))


async def test_a_repeated_key_agrees_once_with_an_item(
    workspace: TestWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = record_slowly(workspace, monkeypatch)
    async with running(workspace) as (app, pilot):
        await pilot.press("w", "right", "a", "a")
        released.set()
        await until(pilot, lambda: "Walk  3 of 6, 1 decided" in shown(app))
        await app.workers.wait_for_complete()
        await pilot.press("a")
        await until(pilot, lambda: "Walk  4 of 6, 2 decided" in shown(app))
    agreed = [change.summary for change in workspace.store.load().log if change.summary.startswith("agreed that")]
    assert len(agreed) == len(set(agreed)) == 2


async def test_keys_that_would_be_refused_are_not_shown(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: "evidence changed" in shown(app))
        footer = shown(app).split("\n")[-1]
        assert "Agree" not in footer
        assert "Renew" not in footer, "the new place of the pin is not known"
        await pilot.press("right")
        await until(pilot, lambda: "a Agree" in shown(app).split("\n")[-1])


async def test_an_item_with_other_stale_evidence_stays_after_renewing(tmp_path: Path) -> None:
    made, pin = record(), f"{UP}@{sha('a')}:src/old.ts"
    last = made.refreshes[-1]
    pins = [pin, *(drift.pin for drift in last.drift)]
    made = applied(
        made, add_note(ActionContext(tracker(), made, Actor(by="ana", at=NOW)), "signal:calm", "moved", pins=pins)
    )
    moved = Drift(pin=pin, state="moved", place=f"{UP}@{sha('b')}:src/new.ts")
    made = replace(made, refreshes=(*made.refreshes[:-1], replace(last, drift=(*last.drift, moved))))
    workspace = make_workspace(tmp_path, made)
    async with running(workspace) as (app, pilot):
        await pilot.press("w", "R")
        await until(pilot, lambda: "Renew pins of calm" in shown(app))
        assert "All of them" not in shown(app), "no other pin is stale"
        await pilot.press("y")
        await until(pilot, lambda: any(change.action == "renew" for change in app.overview.record.log))
        assert "Walk  1 of 6, 0 decided" in shown(app), "other evidence is stale"
        assert "evidence changed" in shown(app)


async def test_the_cursor_starts_at_a_stale_pin_before_the_parts_of_a_gate(tmp_path: Path) -> None:
    made, pin = record(), f"{UP}@{sha('a')}:src/old.ts"
    ana = Actor(by="ana", at=NOW - dt.timedelta(days=3))
    made = applied(made, set_gate(ActionContext(tracker(), made, ana), "sessions", "blocked", reason="ids", pins=[pin]))
    last = replace(made.refreshes[-1], drift=(*made.refreshes[-1].drift, Drift(pin=pin, state="moved")))
    made = replace(made, refreshes=(*made.refreshes[:-1], last))
    async with running(make_workspace(tmp_path, made), size=(80, 24)) as (app, pilot):
        await pilot.press("w", "right")
        await until(pilot, lambda: "Evidence to renew" in shown(app) and "─ sessions ─" in shown(app))
        target = app.screen.query_one(DocumentView).target
        assert target is not None
        assert (target.copy, target.pin_of) == (pin, "gate:sessions")


async def test_an_item_whose_verdict_needs_renewal_shows_both_keys(tmp_path: Path) -> None:
    made = record()
    ana = Actor(by="ana", at=NOW - dt.timedelta(hours=1))
    made = applied(
        made, give_verdict(ActionContext(tracker(), made, ana), "released", "partial", reason="not by default")
    )
    later = refresh(0, states=("unmet", "unmet", "unknown"))
    later = replace(later, drift=tuple(Drift(pin=pin, state="fresh") for pin in made.pins))
    made = replace(made, refreshes=(*made.refreshes, replace(later, id="refresh-1000", at=NOW)))
    workspace = make_workspace(tmp_path, made)
    async with running(workspace) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: 'a: accept the measured "unmet"; or v: new verdict' in shown(app))
        await pilot.press("a")
        await until(pilot, lambda: "released" not in workspace.store.load().verdicts)


async def test_the_end_lists_missing_items_and_goes_back_to_an_item(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(120, 40)) as (app, pilot):
        await pilot.press("w", *["right"] * 6)
        await until(pilot, lambda: "Walk  at the end" in shown(app))
        seen = one_line(app)
        assert "Decision NO-GO 4 reasons" in seen
        assert '- Blocked: "The shadow replay maps": skill parts do not map' in seen
        await pilot.press("enter")
        await until(pilot, lambda: "Walk  4 of 6" in shown(app))
        await pilot.press(*["right"] * 3, "G", "enter")
        await until(pilot, lambda: "Walk  6 of 6" in shown(app))


async def test_a_skipped_item_is_read_also_if_the_walk_is_left_through_the_palette(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await until(pilot, partial(is_shown, app, "* 1 changed"))
        await pilot.press("w", "right", "right", "ctrl+p")
        app.screen.query_one(Input).value = "go to gate value"
        await until(pilot, lambda: "Go to gate value" in highlighted_command(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and "changed" not in shown(app).partition("Gates")[0])


async def test_a_decision_of_another_session_with_the_same_name_is_shown_at_the_item(tmp_path: Path) -> None:
    workspace, other = make_workspace(tmp_path, record()), make_workspace(tmp_path)
    async with running(workspace) as (app, pilot):
        await pilot.press("w", *["right"] * 3)
        await until(pilot, lambda: "Walk  4 of 6" in shown(app))
        other.record_change(lambda context: set_gate(context, "replay", "blocked", reason="elsewhere"))
        app.check_record()
        await until(pilot, lambda: "set replay to blocked, by ben" in shown(app))
        assert "Walk  4 of 6, 1 decided" in shown(app)
        await pilot.press("a")
        await until(pilot, lambda: "Walk  5 of 6, 1 decided" in shown(app))


async def test_a_decision_that_is_redone_in_a_later_session_decides_its_item(tmp_path: Path) -> None:
    earlier = make_workspace(tmp_path, record())
    earlier.record_change(lambda context: agree(context, "gate:replay"))
    earlier.record_change(undo)
    async with running(make_workspace(tmp_path)) as (app, pilot):
        await pilot.press("w", *["right"] * 3)
        await until(pilot, lambda: "Walk  4 of 6, 0 decided" in shown(app))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Walk  5 of 6, 1 decided" in shown(app))


async def test_an_undo_goes_back_to_the_item_of_the_decision(workspace: TestWorkspace) -> None:
    async with running(workspace, notifications=True) as (app, pilot):
        await pilot.press("w", *["right"] * 3, "a")
        await until(pilot, lambda: "Walk  5 of 6, 1 decided" in shown(app))
        await pilot.press("u")
        await until(pilot, lambda: "Walk  4 of 6, 0 decided" in shown(app))
        await until(pilot, lambda: "Undid: agreed that replay" in shown(app))


async def test_a_verdict_decides_an_item_and_the_end_shows_the_closed_review(workspace: TestWorkspace) -> None:
    async with running(workspace, size=(120, 60)) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: "Walk  1 of 6" in shown(app))
        assert "evidence changed" in shown(app), "stale evidence comes first"
        await pilot.press("v")
        await until(pilot, lambda: "Verdict on" in shown(app) and app.screen.query("#reason"))
        await pilot.press("enter", *"so", "ctrl+s")
        await until(pilot, lambda: "Walk  2 of 6, 1 decided" in shown(app))
        await pilot.press("right", "left", "right", *["a"] * 4)
        await until(pilot, lambda: "Walk  at the end" in shown(app))
        assert "6 items" in shown(app)
        await pilot.press("c")
        await until(pilot, lambda: "Close the review" in shown(app))
        await paste(pilot, "not yet")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "c: replace the recommendation" in shown(app))
        assert "closed  not yet (ben)" in shown(app)
        assert workspace.store.load().reviews


async def test_a_walk_is_continued(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("w", "right", "a")
        await until(pilot, lambda: "Walk  3 of 6" in shown(app))
        await pilot.press("escape")
    second = make_app(make_workspace(workspace.store.path.parent.parent))
    async with second.run_test(size=(120, 36)) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: "Walk  1 of 6, 1 decided" in shown(second))
        await pilot.press("right", "right")
        await until(pilot, lambda: "Walk  3 of 6" in shown(second))


async def test_ticking_one_part_or_pinning_does_not_leave_the_item(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("w", "right")
        await until(pilot, lambda: "Sessions survive" in shown(app))
        await pilot.press("space")
        await until(pilot, lambda: "1 of 2" in shown(app))
        assert "Walk  2 of 6" in shown(app)
        await pilot.press("p")
        await paste(pilot, "loom/loom#5")
        await pilot.press("enter")
        await until(pilot, lambda: "Walk  2 of 6, 0 decided, 1 skipped" in shown(app) and "loom/loom#5" in shown(app))
        await pilot.press("j", "space")
        await until(pilot, lambda: "Walk  3 of 6" in shown(app))
    assert workspace.store.load().gates["sessions"].state == "satisfied"
