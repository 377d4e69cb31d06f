"""Words, glyphs and numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from pawtui.probes.finding import STATES
from pawtui.refresh.refresh_types import PartReading, PlanStatus, Range, RepoSnapshot, SignalReading
from pawtui.report import words
from pawtui.review.record_types import GATE_STATES
from tests.report import samples

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("before", "summary"),
    [
        (dt.timedelta(seconds=3), "just now"),
        (dt.timedelta(seconds=59), "59 seconds ago"),
        (dt.timedelta(minutes=1), "1 minute ago"),
        (dt.timedelta(minutes=59), "59 minutes ago"),
        (dt.timedelta(hours=2), "2 hours ago"),
        (dt.timedelta(hours=47), "47 hours ago"),
        (dt.timedelta(days=2), "2 days ago"),
        (dt.timedelta(days=92), "3 months ago"),
        (dt.timedelta(days=800), "2 years ago"),
        (dt.timedelta(hours=-3), "in 3 hours"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(before: dt.timedelta, summary: str) -> None:
    assert words.ago(NOW - before, NOW) == summary


def test_how_long_ago_has_a_brief_form() -> None:
    assert words.ago(NOW - dt.timedelta(minutes=5), NOW, brief=True) == "5 min ago"
    assert words.ago(NOW - dt.timedelta(days=92), NOW, brief=True) == "3 mo ago"


def test_every_state_has_a_glyph_of_its_own() -> None:
    assert len({words.STATE_GLYPH[state] for state in STATES}) == len(STATES)
    assert len(set(words.GATE_GLYPH.values())) == len(words.GATE_GLYPH) > len(GATE_STATES)


def test_a_sparkline_is_as_wide_as_its_values_and_shows_the_smallest_above_zero() -> None:
    assert words.sparkline([0, 1, 50, 100]) == "·▁▄█"
    assert words.sparkline([0, 0]) == "··"
    assert words.sparkline([]) == ""


def test_numbers_have_their_nouns() -> None:
    assert words.counted(1, "commit") == "1 commit"
    assert words.counted(1204, "commit") == "1,204 commits"
    assert words.counted(0, "entry", "entries") == "0 entries"
    assert words.counted(300, "file", at_least=True) == "at least 300 files"


def test_what_a_refresh_cost_leaves_out_what_is_not_known() -> None:
    refresh = samples.refresh()
    assert words.cost(refresh) == "41 requests (4 not modified), 4,971 left this hour"


@pytest.mark.parametrize(
    ("changes", "brief", "relation"),
    [
        ({}, "+229 commits, 562 files", "an ancestor of the head"),
        ({"files_at_least": True}, "+229 commits, 562+ files", "an ancestor of the head"),
        ({"to": samples.UP_1}, "not moved", "still the head"),
        ({"ancestor": False}, "rewritten", "not an ancestor of the head: the branch was rewritten"),
        ({"ancestor": False, "ref_before": "dev"}, "ref changed", "on another ref: dev was followed before"),
        (
            {"ancestor": False, "commits": 0, "behind": 2},
            "reset",
            "after the head: the branch was reset to an earlier commit, which took back 2 commits",
        ),
    ],
)
def test_what_lies_in_a_range_and_what_became_of_its_beginning(
    changes: dict[str, Any], brief: str, relation: str
) -> None:
    range_ = msgspec.structs.replace(samples.moved(), **changes)
    assert (words.brief_movement(range_), words.ancestry(range_)) == (brief, relation)


def test_pins_and_names_are_shortened_to_be_read() -> None:
    assert words.short_pin(f"up/stream@{samples.UP_1}:src/a.ts#L3") == "up/stream@a1a1a1a1a1:src/a.ts#L3"
    assert words.short_pin("up/stream#7") == "up/stream#7"
    assert words.short_name("gate:shadow-replay") == "shadow replay"
    assert words.short_name("review") == "review"


def test_the_strip_shows_readings_in_the_order_asked_for() -> None:
    refresh = samples.refresh(samples.reading("b", "met", "x"), samples.reading("a", "unknown", "x"))
    assert words.strip(refresh, ["a", "b", "c"]) == "? = -"


def test_where_the_plan_stands() -> None:
    assert words.plan_summary(PlanStatus(state="none")) == "none posted"
    waiting = PlanStatus(state="waiting", since=NOW, plan_by="ann")
    assert words.plan_summary(waiting) == "waiting for approval since 2026-11-20 (posted by ann)"
    assert words.plan_summary(PlanStatus(state="approved", by="bo", at=NOW)) == "approved by bo on 2026-11-20"
    assert words.plan_summary(PlanStatus(state="unknown", cause="no answer")) == "unknown: no answer"
    unclear = PlanStatus(state="unclear", by="bo", at=NOW)
    assert words.plan_summary(unclear).startswith("unclear: a comment of bo on 2026-11-20 may be about approval")
    recorded = PlanStatus(state="waiting", by="ann", at=NOW, cause="not before 2.4", recorded=True)
    assert words.plan_summary(recorded) == "waiting for approval, recorded by ann on 2026-11-20: not before 2.4"
    refused = PlanStatus(state="none", cause="the plan of eve does not count: eve may not write to the repository")
    assert "eve may not write" in words.plan_summary(refused)


def _range(**changes: Any) -> Range:
    values = {"from_": "a" * 40, "to": "b" * 40, "ancestor": False, "commits": 3, "files": 2, "behind": 2, **changes}
    return Range(**values)


@pytest.mark.parametrize(
    ("range_", "wanted"),
    [
        (_range(ref_before="dev"), "on another ref: dev was followed before"),
        (
            _range(ref_before="dev", ancestor=True, behind=0),
            "an ancestor of the head, and was the head of dev, which was followed before",
        ),
        (
            _range(commits=0),
            "after the head: the branch was reset to an earlier commit, which took back 2 commits",
        ),
        (
            _range(commits=0, behind=3, undone=("aaaaaaaaaa feat: it", "bbbbbbbbbb fix: that")),
            "after the head: the branch was reset to an earlier commit, which took back "
            "3 commits (aaaaaaaaaa feat: it; bbbbbbbbbb fix: that; 1 more)",
        ),
    ],
)
def test_what_became_of_the_previous_head(range_: Range, wanted: str) -> None:
    assert words.ancestry(range_) == wanted


def test_what_is_odd_about_a_ref() -> None:
    side = RepoSnapshot(
        repo="up/stream",
        ref="v2",
        sha="a" * 40,
        committed_at=NOW,
        doubt="v2 does not contain v2.3.2",
        missing=("next", "dev (now main)"),
        remark="quiet",
    )
    assert words.ref_doubt(side) == "unknown: v2 does not contain v2.3.2"
    assert words.ref_notes(side) == (
        "unknown: v2 does not contain v2.3.2",
        "next does not exist",
        "dev is called main now",
        "quiet",
    )
    assert words.ref_notes(RepoSnapshot(repo="a/b", ref="c", sha="d" * 40, committed_at=NOW)) == ()


def test_parts_of_a_signal() -> None:
    parts = (
        PartReading(id="a", title="Crash", state="partial", summary="no match"),
        PartReading(id="b", title="Tools", state="met"),
    )
    reading = SignalReading(id="s", state="partial", parts=parts)
    assert words.parts_met(reading) == "1 of 2 parts"
    assert [words.part_line(part) for part in parts] == ["~ partial  Crash: no match", "= met  Tools"]
    assert words.parts_met(SignalReading(id="s", state="met")) == ""
