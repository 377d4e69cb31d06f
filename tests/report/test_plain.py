"""Plain text: aligned, whole in a pipe, cut to a terminal, with a word beside every glyph."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from pawtui.refresh.model import Drift, PlanStatus
from pawtui.report import plain
from pawtui.review import actions
from pawtui.review.model import Record
from tests.report import samples
from tests.report.samples import NOW, TRACKER, UP_1, UP_2


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("a\u200db", 2), ("", 0), ("⟨U+202E⟩", 8)]
)
def test_width_counts_columns(text: str, columns: int) -> None:
    assert plain.width_of(text) == columns


def test_a_line_is_cut_at_columns_not_characters() -> None:
    assert plain.fit("日本語です", 10) == "日本語です"
    assert plain.fit("日本語です", 9) == "日本語で…"
    assert plain.fit("日本語です", 6) == "日本…"


def test_columns_line_up_whatever_their_script() -> None:
    lines = list(plain.aligned([("日本", "x"), ("abcde", "y")], indent=""))
    assert lines == ["日本   x", "abcde  y"]


def test_status_says_everything_in_words() -> None:
    record = samples.did(
        samples.blocked(samples.week()),
        lambda now, actor: actions.give_verdict(now, TRACKER, "default", "met", actor, reason="I ran it."),
    )
    text = plain.status_text(samples.seen(record), NOW)
    assert "NO-GO: 2 of 2 signals met, 0 of 2 gates satisfied (1 overruled)" in text
    assert f"up    up/stream    v2 @ {UP_2[:10]}   5 d ago" in text
    assert "refreshed 2026-11-20 14:02 UTC (2 h ago), live, 41 requests" in text
    assert "next look due 2026-11-27" in text
    assert "  = met  calm     It is calm\n                  8 commits" in text
    assert "measured unknown, overruled by mira on 2026-11-20: I ran it." in text
    assert "  [!] blocked   plan   There is a plan\n" in text
    assert "No one has started (0 of 2 parts)" in text
    assert f"  2026-11-20  v2 {UP_2[:10]}  dev d4d4d4d4d4  +229 commits, 562 files  hold  = ?" in text
    assert "Why no-go\n  - There is a plan is blocked: No one has started (0 of 2 parts)." in text


def test_a_verdict_asked_for_again_and_stale_evidence_are_said() -> None:
    record = samples.did(
        samples.week(),
        lambda now, actor: actions.give_verdict(now, TRACKER, "calm", "partial", actor, reason="Still busy."),
    )
    pin = f"up/stream@{UP_1}:src/run.ts"
    record = samples.did(
        record,
        lambda now, actor: actions.set_gate(now, TRACKER, "value", "satisfied", actor, reason="Seen", pins=[pin]),
    )
    renewal = samples.refresh(samples.reading("calm", "unmet", "99 commits"), drift=(Drift(pin=pin, state="gone"),))
    record = Record(refreshes=(*record.refreshes, renewal), verdicts=record.verdicts, gates=record.gates)
    text = plain.status_text(samples.seen(record), NOW)
    assert "verdict partial is asked for again (the reading went from met to unmet); it was given by mira" in text
    assert "[~] stale" in text
    assert "[x] satisfied" not in text
    assert f"stale evidence, so it does not count: up/stream@{UP_1[:10]}:src/run.ts gone" in text
    assert "Pins: 1 gone" in text


def test_evidence_that_a_failure_kept_from_being_checked_is_said() -> None:
    pin = f"up/stream@{UP_1}:src/run.ts"
    record = samples.did(
        samples.week(), lambda now, actor: actions.set_gate(now, TRACKER, "value", "satisfied", actor, pins=[pin])
    )
    record = samples.did(record, lambda now, actor: actions.add_note(now, TRACKER, "calm", "Seen.", actor, pins=[pin]))
    failed = samples.refresh(
        samples.reading("calm", "met", "8 commits"), drift=(Drift(pin=pin, state="unchecked", failed=True),)
    )
    text = plain.status_text(samples.seen(msgspec.structs.replace(record, refreshes=(failed,))), NOW)
    assert text.count(f"evidence that could not be checked: up/stream@{UP_1[:10]}:src/run.ts") == 2
    assert "Pins: 1 unchecked (1 of them because of a failure)" in text


def test_refreshes_of_one_day_are_told_apart() -> None:
    one = samples.refresh()
    two = samples.refresh(at=samples.FRIDAY + dt.timedelta(minutes=5))
    shown = plain.history_text(samples.seen(Record(refreshes=(one, two)))).splitlines()
    assert [line.split("  ")[0] for line in shown] == ["date (UTC)", "2026-11-20 14:07", "2026-11-20 14:02"]


def test_notes_are_listed_whole_with_their_ids() -> None:
    pin = f"up/stream@{UP_1}:src/run.ts"
    record = samples.did(
        samples.week(),
        lambda now, actor: actions.add_note(now, TRACKER, "calm", "One.\n\nTwo \x1b[2J.", actor, pins=[pin]),
    )
    (name,) = record.notes
    assert plain.notes_text(samples.seen(record)).splitlines() == [
        f"{name}  2026-11-20 14:03 UTC  mira  on signal:calm",
        "  One.",
        "",
        "  Two ␛[2J.",
        f"  pinned {pin} ? unchecked",
    ]


def test_status_fits_the_terminal_it_is_given() -> None:
    record = samples.blocked(samples.week(), "because " * 30)
    text = plain.status_text(samples.seen(record), NOW, 60)
    body = text.partition("\nSignals\n")[2]
    assert max(plain.width_of(line) for line in body.splitlines()) <= 60
    assert "…" in body
    assert "because " * 30 in plain.status_text(samples.seen(record), NOW)


def test_status_counts_the_refreshes_it_does_not_show() -> None:
    record = samples.week()
    many = msgspec.structs.replace(record, refreshes=(record.refreshes[0],) * 99 + record.refreshes[-1:])
    assert "and 95 earlier refreshes: `pawtui history`" in plain.status_text(samples.seen(many), NOW)


def test_nothing_on_record_says_what_to_do_next() -> None:
    seen = samples.seen(Record())
    assert "No refresh is on record: run `pawtui refresh`." in plain.status_text(seen, NOW)
    assert plain.history_text(seen) == "No refresh is on record: run `pawtui refresh`.\n"
    assert plain.notes_text(seen) == "Nobody has written a note yet.\n"
    assert plain.log_text(()) == "Nobody has done anything yet.\n"


def test_a_refresh_is_told_with_full_shas_and_causes() -> None:
    text = plain.refresh_text(samples.week().refreshes[-1], "Recorded.")
    assert text.startswith("Recorded.\nUpstream up/stream v2 @ " + UP_2)
    assert (
        "  the last head a1a1a1a1a1 is still an ancestor of the current head: 229 commits and 562 changed files" in text
    )
    assert "  ? unknown  default  GitHub did not answer within 10 s." in text
    assert text.endswith("4,971 left this hour, 3.2 s\n")
    assert "Plan:" not in text
    assert "\nPlan: none posted yet\n" in plain.refresh_text(samples.refresh(plan=PlanStatus(state="none")))


def test_the_log_is_newest_first() -> None:
    record = samples.did(
        samples.blocked(samples.week()), lambda now, actor: actions.add_note(now, TRACKER, "review", "x", actor)
    )
    assert plain.log_text(record.log).splitlines() == [
        "2026-11-20 14:04 UTC  mira  wrote a note on review",
        "2026-11-20 14:03 UTC  mira  set plan to blocked",
    ]
