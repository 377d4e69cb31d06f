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
    tracker,
    until,
)


def test_history_omits_fields_instead_of_truncating_them() -> None:
    pane = HistoryPane()
    seen = {width: pane.row_lines(refresh(0), width)[0].plain for width in range(50, 140)}
    assert "+229 commits, 300+ files" in seen[139]
    for width, row in seen.items():
        assert "…" not in row, f"{width}: {row}"
        assert "+229" in row
        # Two refreshes of one day differ in their times.
        assert minute_text(refresh(0).moment) in row or width < 70


async def test_the_history_omits_a_commit_beside_the_states_of_many_signals(tmp_path: Path) -> None:
    many = replace(
        tracker(), signals=tuple(replace(tracker().signals[2], id=f"story-{number}") for number in range(18))
    )
    last = replace(refresh(0), signals=tuple(reading(signal.id, "met", "so") for signal in many.signals))
    async with running(make_workspace(tmp_path, Record(refreshes=(last,)), of=many), size=(80, 24)) as (app, pilot):
        await pilot.press("4")
        await until(
            pilot,
            lambda: f" 2026-11-20 12:02  {sha('b')[:10]}  {sha('d')[:10]}  +229    HOLD   {'=' * 18} " in shown(app),
        )


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
    assert pane.row_lines(status, 56)[0].plain.rstrip().endswith("A sentence of forty cells, word by word")
    longer = replace(status, title="word " * 9 + "word")
    assert len(pane.row_lines(longer, 56)[0].plain.rstrip()) == 56, "no space is kept for an empty remark"
    assert pane.row_lines(status, 78)[0].plain.endswith("word by word  skill parts do not map")
    assert pane.row_lines(stale, 56)[0].plain.startswith("[~] stale ")
    assert pane.row_lines(stale, 56)[0].plain.rstrip().endswith("…  gone"), "a doubt is always shown"


def test_the_signals_show_the_newest_weeks_beside_the_summary() -> None:
    status = make_overview(tracker(), record(), NOW.date()).signal("calm")
    year = reading("calm", "unmet", "20 commits in 28 days", weeks=(50,) * 40 + WEEKS)
    status = replace(status, reading=year, evidence=())
    titled = replace(status, title="A sentence of forty cells, word by word")
    row = SignalsPane().row_lines(SignalRow(status=titled), 78)[0].plain
    assert row.endswith(f" 20 commits i… {sparkline(WEEKS)}")
    # No title needs the space.
    row = SignalsPane().row_lines(SignalRow(status=status), 78)[0].plain
    assert f"  {status.signal.title}  20 commits in 28 days" in row
    assert row.endswith(sparkline(WEEKS))


def test_a_mark_of_a_signal_has_priority_over_the_weeks() -> None:
    status = make_overview(tracker(), record(), NOW.date()).signal("calm")
    calm = reading("calm", "unmet", "20 commits in 28 days", weeks=WEEKS)
    status = replace(status, reading=calm, evidence=(Drift(pin="x", state="gone"),))
    titled = replace(status, title="A sentence of fifty cells, which goes on word by word")
    row = SignalsPane().row_lines(SignalRow(status=titled), 78)[0].plain
    assert row.endswith("  stale evidence  20 commit…")


def test_a_signal_omits_a_summary_of_which_only_the_beginning_fits_after_its_marks() -> None:
    status = make_overview(tracker(), record(), NOW.date()).signal("calm")
    status = replace(status, evidence=(Drift(pin="x", state="gone"),))
    titled = replace(status, title="A sentence of fifty cells, which goes on word by word")
    for width in range(74, 140):
        row = SignalsPane().row_lines(SignalRow(status=titled), width)[0].plain
        shown_summary = row.partition("stale evidence")[2].partition("  ")[2].strip(" ▁▂▃▄▅▆▇█")
        assert shown_summary == "" or len(shown_summary) >= 10, f"{width}: {row}"


async def test_the_history_names_why_a_commit_is_not_an_ancestor_of_the_next(tmp_path: Path) -> None:
    past, last = refresh(1), refresh(0)
    reset = Range(from_=sha("c"), to=sha("b"), ancestor=False, commits=0, files=0, behind=2)
    made = Record(refreshes=(past, replace(last, range=replace(last.range, upstream=reset))))
    async with running(make_workspace(tmp_path, made)) as (app, pilot):
        await until(pilot, lambda: "branch reset" in shown(app))


def test_in_a_narrow_pane_the_title_of_a_signal_has_priority_over_its_summary() -> None:
    status = make_overview(tracker(), record(), NOW.date()).signal("calm")
    titled = replace(status, title="A sentence of forty cells, word by word", evidence=())
    pane = SignalsPane()
    assert pane.row_lines(SignalRow(status=titled), 53)[0].plain.rstrip().endswith("word by word")
    renewal = replace(titled, renewal_reason="its files changed")
    row = pane.row_lines(SignalRow(status=renewal), 53)[0].plain
    assert row.endswith("…  needs renewal"), "alerts are always shown"
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
