"""The rows of the panes: what they show at each width."""

from functools import partial
from pathlib import Path
from unittest.mock import patch

from msgspec.structs import replace

from pawtui.moments import minute_text
from pawtui.refresh.refresh_types import Drift, Range
from pawtui.report.words import sparkline
from pawtui.review.overview import make_overview
from pawtui.review.record_types import Record
from pawtui.tracker.tracker_types import Signal
from pawtui.tui.panes.gates_pane import GatesPane
from pawtui.tui.panes.history_pane import HistoryPane
from pawtui.tui.panes.notes_pane import NotesPane
from pawtui.tui.panes.signals_pane import SignalRow, SignalsPane
from tests.tui.support import (
    NOW,
    WEEKS,
    TestWorkspace,
    is_shown,
    make_workspace,
    paste,
    reading,
    record,
    refresh,
    running,
    sha,
    shown,
    store_refresh,
    tracker,
    until,
)


def test_a_narrow_history_has_no_refs() -> None:
    rows = {width: HistoryPane().row_lines(refresh(0), width)[0].plain for width in (71, 95, 120)}
    start, commits = f"{minute_text(refresh(0).moment)}  ", f"{sha('b')[:10]}  {sha('d')[:10]}  +229 commits "
    assert rows[71].startswith(start + commits)
    assert rows[95].startswith(start + commits)
    assert "  +229 commits, 300+ files " in rows[120]
    assert f"{start}v2        {sha('b')[:10]}  " in rows[120]


def test_many_signals_cut_no_commit_of_the_history() -> None:
    last = refresh(0)
    heads = f"{minute_text(last.moment)}  {sha('b')[:10]}  {sha('d')[:10]}"
    for count, signs in ((25, "=" * 25), (60, "=" * 24 + "…")):
        signals = tuple(reading(str(number), "met", "") for number in range(count))
        made = Record(refreshes=(replace(last, signals=signals),))
        of_signals = replace(tracker(), signals=tuple(Signal(id=signal.id, title="", probes=()) for signal in signals))
        pane = HistoryPane()
        with patch.object(HistoryPane, "fill"):
            pane.show(make_overview(of_signals, made, NOW.date()))
        assert pane.row_lines(made.refreshes[0], 75)[0].plain.startswith(heads)
        assert pane.row_lines(made.refreshes[0], 75)[0].plain.endswith(f"  {signs}")


async def test_the_history_never_cuts_a_commit(tmp_path: Path) -> None:
    last = refresh(0)
    named = replace(last, upstream=replace(last.upstream, ref="feature/rewrite-of-the-runtime"))
    async with running(make_workspace(tmp_path, Record(refreshes=(refresh(1), named)))) as (app, pilot):
        await until(pilot, lambda: f"feature/… {sha('b')[:10]}  main      {sha('d')[:10]}  +229 commits" in shown(app))


async def test_the_history_has_the_decision_of_a_closed_review(workspace: TestWorkspace) -> None:
    async with running(workspace) as (app, pilot):
        await pilot.press("2", "b")
        await until(pilot, lambda: "Reason: what blocks the gate" in shown(app))
        await paste(pilot, "No one has started")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "[!] blocked" in shown(app) and app.screen is app.main)
        await pilot.press("c")
        await until(pilot, lambda: "Your recommendation" in shown(app))
        assert "NO-GO  4 reasons" in shown(app)
        await paste(pilot, "Wait")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "closed  NO-GO" in shown(app))
        # A filter searches the decision that is shown.
        await pilot.press("4", "slash", *"no-go")
        await until(pilot, lambda: '1 of 4 match "no-go"' in shown(app))


def test_the_title_of_a_gate_has_priority_over_its_remark() -> None:
    made = make_overview(tracker(), record(), NOW.date())
    status = replace(made.gate("replay"), title="A sentence of forty cells, word by word")
    assert status.entry is not None
    satisfied = replace(status.entry, state="satisfied")
    stale = replace(status, entry=satisfied, evidence=(Drift(pin="x", state="gone"),))
    pane = GatesPane()
    for width in (56, 66):
        assert pane.row_lines(status, width)[0].plain.rstrip().endswith("A sentence of forty cells, word by word")
    longer = replace(status, title="word " * 9 + "word")
    assert len(pane.row_lines(longer, 56)[0].plain.rstrip()) == 56, "no space is kept for an empty remark"
    assert pane.row_lines(status, 78)[0].plain.endswith("word by word  skill parts do not map")
    assert pane.row_lines(stale, 56)[0].plain.startswith("[~] stale ")
    assert pane.row_lines(stale, 56)[0].plain.rstrip().endswith("…  evidence is gone"), "a doubt is always shown"
    assert pane.row_lines(stale, 99)[0].plain.endswith("  evidence is gone"), "the reason does not count"


def test_many_alerts_leave_the_state_of_a_signal() -> None:
    status = make_overview(tracker(), record(), NOW.date()).signal("story")
    drifts = (Drift(pin="x", state="gone"), Drift(pin="y", state="unchecked", failed=True))
    row = SignalsPane().row_lines(SignalRow(status=replace(status, evidence=drifts)), 40)[0].plain
    assert row.startswith("= met ")
    assert "  by verdict  stale evidence" in row


def test_the_signals_show_the_newest_weeks_beside_the_summary() -> None:
    status = make_overview(tracker(), record(), NOW.date()).signal("calm")
    year = reading("calm", "unmet", "20 commits in 28 days", weeks=(50,) * 40 + WEEKS)
    pane = SignalsPane()
    pane.set_reactive(SignalsPane.row_height, 2)
    first, second = pane.row_lines(SignalRow(status=replace(status, reading=year, evidence=())), 46)
    assert first.plain.rstrip().endswith(status.signal.title)
    assert second.plain.strip() == f"20 commits in 28 days  {sparkline(WEEKS)}"
    stale = replace(status, reading=year, evidence=(Drift(pin="x", state="gone"),))
    assert pane.row_lines(SignalRow(status=stale), 46)[1].plain.strip().startswith("stale evidence  20 co…")
    renewal = replace(stale, renewal_reason="its files changed")
    assert pane.row_lines(SignalRow(status=renewal), 46)[1].plain.strip().startswith("needs renewal  stale evidence")


async def test_the_history_names_why_a_commit_is_not_an_ancestor_of_the_next(tmp_path: Path) -> None:
    past, last = refresh(1), refresh(0)
    reset = Range(from_=sha("c"), to=sha("b"), ancestor=False, commits=0, files=0, behind=2)
    made = Record(refreshes=(past, replace(last, range=replace(last.range, upstream=reset))))
    async with running(make_workspace(tmp_path, made)) as (app, pilot):
        await until(pilot, lambda: "branch reset" in shown(app))


def test_on_one_line_the_title_of_a_signal_has_priority_over_its_summary() -> None:
    status = make_overview(tracker(), record(), NOW.date()).signal("calm")
    titled = replace(status, title="A sentence of forty cells, word by word", evidence=())
    pane = SignalsPane()
    assert pane.row_lines(SignalRow(status=titled), 53)[0].plain.rstrip().endswith("word by word")
    renewal = replace(titled, renewal_reason="its files changed")
    row = pane.row_lines(SignalRow(status=renewal), 53)[0].plain
    assert row.endswith("…  needs renewal"), "alerts are always shown"
    both = replace(renewal, evidence=(Drift(pin="x", state="gone"),))
    for width in range(60, 99):
        assert "  needs renewal  stale evidence" in pane.row_lines(SignalRow(status=both), width)[0].plain
    short = replace(titled, title="Calm")
    assert pane.row_lines(SignalRow(status=short), 53)[0].plain.endswith(f"  {titled.summary}")


def test_a_note_shows_its_first_pin_that_is_stale_or_not_checked() -> None:
    made = record()
    (note,) = made.notes.values()
    pane, pin = NotesPane(), note.pins[0]
    for drift, words in (
        (Drift(pin=pin, state="moved"), "→ moved"),
        (Drift(pin=pin, state="unchecked", failed=True), "? not checked"),
        (Drift(pin=pin, state="fresh"), "1 pin"),
    ):
        refreshes = (*made.refreshes[:-1], replace(made.refreshes[-1], drift=(drift,)))
        with patch.object(NotesPane, "fill"):
            pane.show(make_overview(tracker(), replace(made, refreshes=refreshes), NOW.date()))
        assert pane.row_lines(note, 80)[0].plain.endswith(f"  {words}")


async def test_the_row_under_the_cursor_is_visible(tmp_path: Path) -> None:
    async with running(make_workspace(tmp_path, record(40)), size=(80, 24)) as (app, pilot):
        await pilot.press("4")
        for key in ("G", "g", "pagedown", "pageup", "up", "G", "up"):
            await pilot.press(key)
            current = app.main.body.history.current
            assert current is not None
            await until(pilot, partial(is_shown, app, f"▌ {current.moment:%Y-%m-%d}"))


async def test_the_history_counts_past_days_separately(tmp_path: Path) -> None:
    made = record()
    workspace = make_workspace(tmp_path, made)
    store_refresh(workspace.store, replace(made.refreshes[0], id="past", as_of=made.refreshes[0].at))
    async with running(workspace) as (app, pilot):
        await until(pilot, lambda: "4 refreshes, 1 past day, next review due" in shown(app))
